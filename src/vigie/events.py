"""What can happen: frozen values, nothing else.

Two families. *Media items* are what one pull of a live yields, in stream order, between an adapter and `watch`. *Domain
events* are what the areas publish on `runtime.bus` inside the transaction that makes them true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SAMPLE_RATE = 16_000
"""Samples a second of all audio inside Vigie: s16le, mono."""
SAMPLE_BYTES = 2


class Event:
    """Anything that can happen."""

    __slots__ = ()


# ── media items ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MediaOpened(Event):
    """A source answered; its streams are known."""

    protocol: str
    """`file`, `hls`, `flv`, `rtmp`, ..."""
    is_live: bool
    """False for a recording, which is read as fast as it can be decoded."""
    has_audio: bool
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class AudioReceived(Event):
    """A stretch of decoded sound."""

    pts_s: float
    """Time of the first sample on the stream's own clock; continuous inside one epoch of the origin."""
    pcm: bytes
    """s16le, mono, 16 kHz; never empty."""


@dataclass(frozen=True, slots=True)
class CaptionReceived(Event):
    """Words the platform itself put on the stream."""

    pts_s: float
    end_pts_s: float
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class MediaEnded(Event):
    """The source said that there is nothing more: end of a file, `EXT-X-ENDLIST`.

    A mere end of bytes is a PortError.
    """


MediaItem = MediaOpened | AudioReceived | CaptionReceived | MediaEnded


# ── domain events ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Acted(Event):
    """A person, or Vigie itself, did something that must be accounted for.

    `governance` chains it in the same transaction.
    """

    workspace_id: int | None
    """None for acts on the installation."""
    actor_id: int | None
    """None for Vigie itself."""
    verb: str
    """`alert.decided`, `channel.added`, `transcript.read`, ..."""
    subject_type: str = ""
    subject_id: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)
    """JSON values: what changed, and why. Erasable; the entry itself holds no personal data."""


@dataclass(frozen=True, slots=True)
class LiveEvent(Event):
    """Something that happened in one live of one workspace."""

    workspace_id: int
    live_id: int


@dataclass(frozen=True, slots=True)
class LiveStarted(LiveEvent):
    """A live is on air and its media was opened."""

    channel_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LiveStateChanged(LiveEvent):
    """The ring of a live changed: ok, lag, no sound, no recognizer, reconnecting, ..."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class LiveEnded(LiveEvent):
    """A live is over, or is no longer watched."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class GapRecorded(LiveEvent):
    """A stretch of a live was not received. Offsets are seconds since the live started."""

    gap_id: int
    from_s: float
    to_s: float
    cause: str


@dataclass(frozen=True, slots=True)
class UtteranceSettled(LiveEvent):
    """What was said between two moments is known, or is known not to be."""

    utterance_id: int
    seq: int
    start_s: float
    end_s: float
    text: str
    source: str
    """`asr` or `captions`."""
    language: str
    state: str
    """`done`, `skipped` or `failed`."""


@dataclass(frozen=True, slots=True)
class TextAssessed(LiveEvent):
    """A text was judged, or could not be. `spans` are offsets into the text, in characters."""

    assessment_id: int
    of: str
    """`utterance` or `chat`."""
    ref_id: int
    seq: int
    text: str
    category: str
    score: float
    hateful: bool
    reach: str
    target: str
    spans: tuple[tuple[int, int], ...]
    justification: str
    analyst: str
    state: str


@dataclass(frozen=True, slots=True)
class AlertRaised(LiveEvent):
    """A moment waits for a human."""

    alert_id: int
    assessment_id: int
    seq: int
    score: float


@dataclass(frozen=True, slots=True)
class AlertChanged(LiveEvent):
    """A human did something with an alert."""

    alert_id: int
    state: str
