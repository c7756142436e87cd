"""What the areas need from outside: small Protocols, their values, and the one error an adapter may raise."""

from vigie.ports.accounts import AccountAuthority, Gate, Grant, Identity, Keys
from vigie.ports.contract import ALONE, Clause, Manifest
from vigie.ports.media import (
    AudioCodec,
    Fence,
    LiveRef,
    MediaLocation,
    MediaSink,
    MediaSinkFactory,
    MediaSource,
    PlacedAudio,
    PlacedCaption,
    Reach,
)
from vigie.ports.platforms import Airing, ChatSource, Handle, LiveProbe, Room, Sighting
from vigie.ports.risk import HIGH, MEDIUM, Analyst, LanguageIdentifier, Span, TextToAssess, Verdict
from vigie.ports.speech import (
    LANGUAGES,
    Float32Array,
    ModelHub,
    Phrase,
    Recognizer,
    SpeechClip,
    Transcript,
    VoiceActivity,
    VoiceDetector,
)
from vigie.ports.trouble import NotLive, PortError
from vigie.ports.webhooks import Answer, WebhookSender

__all__ = [
    "ALONE",
    "HIGH",
    "LANGUAGES",
    "MEDIUM",
    "AccountAuthority",
    "Airing",
    "Analyst",
    "Answer",
    "AudioCodec",
    "ChatSource",
    "Clause",
    "Fence",
    "Float32Array",
    "Gate",
    "Grant",
    "Handle",
    "Identity",
    "Keys",
    "LanguageIdentifier",
    "LiveProbe",
    "LiveRef",
    "Manifest",
    "MediaLocation",
    "MediaSink",
    "MediaSinkFactory",
    "MediaSource",
    "ModelHub",
    "NotLive",
    "Phrase",
    "PlacedAudio",
    "PlacedCaption",
    "PortError",
    "Reach",
    "Recognizer",
    "Room",
    "Sighting",
    "Span",
    "SpeechClip",
    "TextToAssess",
    "Transcript",
    "Verdict",
    "VoiceActivity",
    "VoiceDetector",
    "WebhookSender",
]
