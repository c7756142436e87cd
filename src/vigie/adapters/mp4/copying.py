"""One reel into an MP4 as it is: not a byte of its packets changes, only their clock begins anew."""

from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import av
from av.container import OutputContainer
from av.video.stream import VideoStream

from vigie.events import Encoding, Kind, Packet
from vigie.ports import Reel

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

CLOCK = 90_000
"""Ticks a second of pictures: those of MPEG-TS, so that its times stay exact; a sample is the tick of sound."""
RATE = 48_000
LAYOUT = "stereo"
"""Of sound whose encoding does not say: its own packets do."""
TAGS = {"hevc": "hvc1"}
"""Safari plays no other."""
LONGEST_GAP_S = 0.1
"""Chromium leaves gaps of sound out (156, seen 2026-11): what follows is heard too early. 0.1 s is not noticed."""
OPTIONS = {"movflags": "faststart"}


def copy(reel: Reel, path: Path) -> None:
    """Write a reel to an MP4 of which the first picture is at 0; without pictures, the first sound.

    Raises ValueError where MP4 does not hold such packets, and OSError.
    """
    with av.open(path, "w", format="mp4", options=OPTIONS) as container:
        kinds = {packet.kind for packet in reel.packets}
        streams = {each.kind: add_stream(container, each) for each in reel.encodings if each.kind in kinds}
        clock = Clock(begins_s([reel]))
        for packet in reel.packets:
            copied = clock.dated(packet, streams[packet.kind].time_base or Fraction(1, CLOCK))
            copied.stream = streams[packet.kind]
            container.mux(copied)


def has_gap(reel: Reel) -> bool:
    """Return whether a copy would play out of step, because sound is missing inside."""
    sounds = [packet for packet in reel.packets if packet.kind is Kind.SOUND]
    return any(after.pts_s - before.pts_s - before.duration_s > LONGEST_GAP_S for before, after in pairwise(sounds))


def begins_s(reels: Sequence[Reel]) -> float:
    """Return when the first picture is shown, or the first sound heard where there are none. Raises ValueError."""
    pictures = [packet.pts_s for reel in reels for packet in reel.packets if packet.kind is Kind.PICTURE]
    return min(pictures or [packet.pts_s for reel in reels for packet in reel.packets])


class Clock:
    """Gives packets their times in a file; those of a kind only grow."""

    def __init__(self, begins_s: float) -> None:
        """Begin at that moment of the live."""
        self._begins_s = begins_s
        self._last: dict[Kind, int] = {}

    def dated(self, packet: Packet, time_base: Fraction) -> "av.Packet[Any]":
        """Return the packet for FFmpeg."""
        dts = round((packet.dts_s - self._begins_s) / time_base)
        dts = max(dts, self._last.get(packet.kind, dts - 1) + 1)
        self._last[packet.kind] = dts
        made = av.Packet(packet.data)
        made.time_base = time_base
        made.dts = dts
        made.pts = max(round((packet.pts_s - self._begins_s) / time_base), dts)
        made.duration = round(packet.duration_s / time_base)
        made.is_keyframe = packet.is_keyframe
        return made


def add_stream(container: OutputContainer, encoding: Encoding) -> "VideoStream | AudioStream":
    """Return a stream of a file for packets that are encoded already. Raises ValueError where it does not hold them.

    PyAV (18.1) makes one from the stream of another file only: that is a file in memory that is never written.
    """
    with av.open(BytesIO(), "w", format="matroska") as other:
        template = cast("VideoStream | AudioStream", other.add_stream(encoding.codec))
        stream = container.add_stream_from_template(template, opaque=True)
    context = stream.codec_context
    context.extradata = encoding.extradata or None
    if encoding.codec in TAGS:
        context.codec_tag = TAGS[encoding.codec]
    if isinstance(stream, VideoStream):
        stream.codec_context.width, stream.codec_context.height = encoding.width, encoding.height
        stream.codec_context.framerate = Fraction(0)
        stream.time_base = Fraction(1, CLOCK)
    else:
        rate = encoding.rate or RATE
        stream.codec_context.sample_rate, stream.codec_context.layout = rate, encoding.layout or LAYOUT
        stream.time_base = Fraction(1, rate)
    return stream
