"""Encoded packets decoded again: what they show, when, and how often a decoder stumbles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from io import BytesIO

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from tests.adapters.web.films import DARKEST, STEP
from vigie.events import Encoding, Kind, MediaItem, Packet, PacketsReceived

MILLISECOND = Fraction(1, 1000)


@dataclass
class Replayed:
    """What a decoder made of packets."""

    sizes: list[tuple[int, int]] = field(default_factory=list)
    """Of the pictures, in pixels, each time they change."""
    pictures: list[tuple[float, float]] = field(default_factory=list)
    """When each is shown, and which second of a film it shows."""
    sound_s: float = 0.0
    errors: int = 0

    def add(self, frame: object) -> None:
        """Look at a frame."""
        if isinstance(frame, AudioFrame):
            self.sound_s += frame.samples / frame.sample_rate
        if isinstance(frame, VideoFrame):
            size = frame.width, frame.height
            self.sizes += [] if self.sizes[-1:] == [size] else [size]
            brightness = float(frame.to_ndarray(format="gray").mean())
            self.pictures.append((float((frame.pts or 0) * MILLISECOND), (brightness - DARKEST) / STEP))


def batches_of(items: Iterable[MediaItem]) -> list[PacketsReceived]:
    """Return the batches among media items."""
    return [item for item in items if isinstance(item, PacketsReceived)]


def packets_of(items: Iterable[MediaItem], kind: Kind | None = None) -> list[Packet]:
    """Return the packets among media items, of one kind or of both."""
    return [each for batch in batches_of(items) for each in batch.packets if kind in {each.kind, None}]


def replayed(batches: Sequence[PacketsReceived]) -> Replayed:
    """Return what a decoder for each encoding makes of batches."""
    found, decoders = Replayed(), dict[Kind, tuple[Encoding, av.CodecContext]]()
    for batch in batches:
        encodings = {each.kind: each for each in batch.encodings}
        for packet in batch.packets:
            encoding = encodings[packet.kind]
            if packet.kind not in decoders or decoders[packet.kind][0] != encoding:
                if packet.kind in decoders:
                    _decode(decoders[packet.kind][1], None, found)
                decoders[packet.kind] = encoding, _decoder(encoding)
            _decode(decoders[packet.kind][1], _packet(packet), found)
    for _, decoder in decoders.values():
        _decode(decoder, None, found)
    return found


def as_mp4(batch: Sequence[PacketsReceived]) -> Replayed:
    """Return what is in the MP4 that packets of one encoding make, put there without any decoder."""
    file, found = BytesIO(), Replayed()
    with av.open(file, "w", format="mp4") as container:
        streams = {each.kind: _mux_stream(container, each) for each in batch[-1].encodings}
        for packet in packets_of(batch):
            copied = _packet(packet)
            copied.stream = streams[packet.kind]
            container.mux(copied)
    with av.open(BytesIO(file.getvalue()), "r") as written:
        for frame in written.decode():
            found.add(frame)
    return found


def _mux_stream(container: "av.container.OutputContainer", encoding: Encoding) -> "av.stream.Stream":
    if encoding.kind is Kind.PICTURE:
        return container.add_mux_stream(encoding.codec, width=encoding.width, height=encoding.height)
    return container.add_mux_stream(encoding.codec, rate=encoding.rate)


def _decoder(encoding: Encoding) -> av.CodecContext:
    decoder = av.CodecContext.create(encoding.codec, "r")
    decoder.extradata = encoding.extradata or None
    decoder.thread_count = 1
    if isinstance(decoder, AudioCodecContext):
        decoder.sample_rate, decoder.layout = encoding.rate, encoding.layout
    return decoder


def _packet(packet: Packet) -> "av.Packet[av.stream.Stream]":
    made: av.Packet[av.stream.Stream] = av.Packet(packet.data)
    made.time_base, made.is_keyframe = MILLISECOND, packet.is_keyframe
    made.pts, made.dts = round(packet.pts_s * 1000), round(packet.dts_s * 1000)
    made.duration = round(packet.duration_s * 1000)
    return made


def _decode(decoder: av.CodecContext, packet: "av.Packet[av.stream.Stream] | None", found: Replayed) -> None:
    try:
        for frame in decoder.decode(packet):  # type: ignore[attr-defined] # of the contexts of pictures and of sound
            found.add(frame)
    except av.FFmpegError:
        found.errors += 1
