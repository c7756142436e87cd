"""The bytes of an FLV (Adobe Flash Video File Format 10.1, annex E): header and tags for AAC and H.264. Pure."""

from collections.abc import Iterable
from fractions import Fraction

from vigie.simulators.media.recording import Sample, Track

AUDIO_TAG, VIDEO_TAG = 8, 9
CONFIGURATION, CODED = 0, 1
AAC = b"\xaf"
"""AAC; its real rate and channels are in the configuration, whatever these bits say."""
AVC_KEY, AVC_INTER = b"\x17", b"\x27"
TAG_HEADER_BYTES = 11


def file_header(tracks: Iterable[Track]) -> bytes:
    """Return what a connection begins with."""
    flags = sum(4 if track.is_audio else 1 for track in tracks)
    return b"FLV\x01" + bytes([flags]) + (9).to_bytes(4) + (0).to_bytes(4)


def configuration_tag(track: Track, at_ms: int) -> bytes:
    """Return the decoder's parameters, as they come before the first frame and wherever they change."""
    if track.is_audio:
        return _tag(AUDIO_TAG, at_ms, AAC + bytes([CONFIGURATION]) + track.configuration)
    return _tag(VIDEO_TAG, at_ms, AVC_KEY + bytes([CONFIGURATION, 0, 0, 0]) + track.configuration)


def frame_tag(sample: Sample, shift: Fraction) -> bytes:
    """Return a frame, with `shift` seconds added to its timestamps."""
    at_ms = milliseconds(sample.dts, sample.track, shift)
    if sample.track.is_audio:
        return _tag(AUDIO_TAG, at_ms, AAC + bytes([CODED]) + sample.data)
    later_ms = (milliseconds(sample.pts, sample.track, shift) - at_ms).to_bytes(3, signed=True)
    kind = AVC_KEY if sample.is_key else AVC_INTER
    return _tag(VIDEO_TAG, at_ms, kind + bytes([CODED]) + later_ms + sample.data)


def milliseconds(ticks: int, track: Track, shift: Fraction) -> int:
    """Return a timestamp as FLV counts it."""
    return round(1000 * (shift + ticks * track.time_base))


def _tag(kind: int, at_ms: int, payload: bytes) -> bytes:
    clock = (at_ms & 0xFFFFFF).to_bytes(3) + (at_ms >> 24 & 0xFF).to_bytes(1)  # the high byte comes last
    header = bytes([kind]) + len(payload).to_bytes(3) + clock + bytes(3)
    return header + payload + (TAG_HEADER_BYTES + len(payload)).to_bytes(4)
