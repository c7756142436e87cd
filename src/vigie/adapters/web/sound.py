"""A container -> chunks of 16 kHz mono sound with their time on the container's clock. Pictures pass by."""

from collections.abc import Iterator
from typing import cast

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Discard

from vigie.adapters.web.packets import Packets
from vigie.adapters.web.pictures import Pictures
from vigie.events import SAMPLE_BYTES, SAMPLE_RATE, AudioReceived

CHUNK_SAMPLES = SAMPLE_RATE // 2
JUMP_S = 0.1
"""A frame dated that far from the end of the one before it begins a new chunk."""
MOST_BROKEN = 500
"""So many broken packets in a row are no media any more."""


def first_audio(container: InputContainer) -> AudioStream | None:
    """Return the stream to listen to, the others switched off; None where there is none."""
    stream = next(iter(container.streams.audio), None)
    for other in container.streams:
        if other is not stream:
            other.discard = Discard.all
    return stream


def sound(
    container: InputContainer, stream: AudioStream, pictures: Pictures | None = None, copies: Packets | None = None
) -> Iterator[AudioReceived]:
    """Yield the sound of `stream` in chunks of 0.5 s, shorter where its clock jumps; show `pictures` theirs.

    What can be decoded of both is copied into `copies`.

    A broken packet is left out. Raises av.FFmpegError when nothing but broken packets comes.
    """
    chunks = Chunks()
    for frame in _frames(container, stream, pictures, copies):
        yield from chunks.add(frame)
    yield from chunks.flush()


def _frames(
    container: InputContainer, stream: AudioStream, pictures: Pictures | None, copies: Packets | None
) -> Iterator[AudioFrame]:
    packets = _packets(container, stream, pictures, copies)
    broken, has_decoded = 0, False
    trouble: av.FFmpegError | None = None
    while broken <= MOST_BROKEN:
        try:
            packet = next(packets, None)
            frames = packet.decode() if packet else None
            if packet and frames is not None and copies:
                copies.add_sound(stream, packet, frames)
        except av.error.InvalidDataError as error:
            trouble = error
            broken += 1
            packets = _packets(container, stream, pictures, copies)  # the error ended the iterator, not the container
            continue
        if frames is None:
            break
        if frames:
            broken, has_decoded = 0, True
            yield from frames
    if trouble and (broken > MOST_BROKEN or not has_decoded):
        raise trouble


def _packets(
    container: InputContainer, stream: AudioStream, pictures: Pictures | None, copies: Packets | None
) -> "Iterator[av.Packet[AudioStream]]":
    """Yield the packets of `stream`; those of the pictures go to them."""
    if pictures is None or pictures.stream is None:
        yield from container.demux(stream)
        return
    for packet in container.demux(stream, pictures.stream):
        if packet.stream.index != stream.index:
            pictures.take(packet)
            if copies:
                copies.add_picture(pictures.stream, packet)
        else:
            pictures.heard(packet)
            yield cast("av.Packet[AudioStream]", packet)


class Chunks:
    """Resamples frames and gathers them. Each jump of the clock, and each change of format, begins anew."""

    def __init__(self) -> None:
        self._resampler: av.AudioResampler | None = None
        self._format = ("", "", 0)
        self._next_s = 0.0

    def add(self, frame: AudioFrame) -> Iterator[AudioReceived]:
        """Yield the chunks that `frame` completes."""
        if frame.pts is None and frame.time_base:
            frame.pts = round(self._next_s / frame.time_base)
        pts_s = frame.time or 0.0
        described = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None or described != self._format or abs(pts_s - self._next_s) > JUMP_S:
            yield from self.flush()
            self._resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE, frame_size=CHUNK_SAMPLES)
            self._format = described
        yield from map(_chunk, self._resampler.resample(frame))
        self._next_s = pts_s + frame.samples / frame.sample_rate

    def flush(self) -> Iterator[AudioReceived]:
        """Yield what is left."""
        if self._resampler is not None:
            yield from map(_chunk, self._resampler.resample(None))


def _chunk(frame: AudioFrame) -> AudioReceived:
    return AudioReceived(frame.time or 0.0, bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES])
