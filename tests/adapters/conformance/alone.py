"""What is nonsense to adapters that talk to nobody, and what they make of it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from vigie.adapters.audio.client import FlacCodec
from vigie.adapters.langdetect.client import FastTextIdentifier
from vigie.adapters.mp4.client import Mp4Files
from vigie.adapters.silero.client import WINDOW, SileroVoiceActivity
from vigie.adapters.sphinx.client import SphinxRecognizer
from vigie.adapters.whisper.client import FILES, WhisperRecognizer
from vigie.events import Encoding, Kind, Packet
from vigie.ports import Float32Array, Reel, SpeechClip

NOISE: Float32Array = np.array([2.0, -2.0, 1e30, -1e30] * WINDOW * 8, np.float32)


def sound(_: Path) -> object:
    """Decode what is no FLAC."""
    return FlacCodec().decode(b"no flac at all")


def language(_: Path) -> object:
    """Read what is no text."""
    return FastTextIdentifier().identify("\x00\ud800 \uffff ⣿⣿")


def video(folder: Path) -> object:
    """Write what no live sends."""
    encodings = tuple(Encoding(kind, codec, b"\x00") for kind, codec in zip(Kind, ("h264", "aac"), strict=True))
    packets = tuple(Packet(kind, 1e9, -1e9, -1.0, is_keyframe=True, data=b"\xff") for kind in Kind)
    Mp4Files().write([Reel(encodings, packets)], folder / "clip.mp4")
    return Mp4Files().probe(folder / "clip.mp4")


def voice(_: Path) -> object:
    """Listen to what no microphone gives."""
    found = SileroVoiceActivity().begin().probabilities(NOISE)
    return [float(share) for share in found]


def words(_: Path) -> object:
    """Recognize what no microphone gives."""
    return SphinxRecognizer().transcribe([SpeechClip(NOISE, "en")])


def model(folder: Path) -> object:
    """Recognize with what is no model."""
    for name in FILES:
        (folder / name).write_bytes(b"\x00 no model")
    recognizer = WhisperRecognizer(folder)
    try:
        return recognizer.transcribe([SpeechClip(np.zeros(16_000, np.float32), "fr")])
    finally:
        recognizer.close()


ALONE_WITH: Mapping[tuple[str, str], Callable[[Path], object]] = {
    ("audio", "AudioCodec"): sound,
    ("langdetect", "LanguageIdentifier"): language,
    ("mp4", "VideoFiles"): video,
    ("silero", "VoiceActivity"): voice,
    ("sphinx", "Recognizer"): words,
    ("whisper", "Recognizer"): model,
}
