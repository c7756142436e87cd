"""Packets -> pictures and sound."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, cast

import av
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from vigie.adapters.mp4.copying import CLOCK, Clock
from vigie.events import Encoding
from vigie.ports import Reel

TICK = Fraction(1, CLOCK)
Frame = av.VideoFrame | av.AudioFrame


def frames(reel: Reel, begins_s: float) -> Iterator[Frame]:
    """Yield what can be decoded, each kind in the order of its time: `pts` in ticks since `begins_s`.

    Raises ValueError where there is no decoder for it.
    """
    decoders = {encoding.kind: _decoder(encoding) for encoding in reel.encodings}
    clock = Clock(begins_s)
    for packet in reel.packets:
        yield from _decoded(decoders[packet.kind], clock.dated(packet, TICK))
    for decoder in decoders.values():
        yield from _decoded(decoder, None)


def _decoder(encoding: Encoding) -> VideoCodecContext | AudioCodecContext:
    made = cast("VideoCodecContext | AudioCodecContext", av.CodecContext.create(encoding.codec, "r"))
    made.extradata = encoding.extradata or None
    made.thread_count = 1  # lives are watched beside it
    return made


def _decoded(decoder: VideoCodecContext | AudioCodecContext, packet: "av.Packet[Any] | None") -> list[Frame]:
    try:
        return list(decoder.decode(packet))
    except av.FFmpegError:  # damaged: the next ones may be whole
        return []
