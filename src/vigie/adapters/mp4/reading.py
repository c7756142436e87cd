"""What a video file is, by decoding all of it; a picture of it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import TypeVar, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from vigie.ports import VideoFacts

OPTIONS = {
    "protocol_whitelist": "file",
    # what a program of another machine saved must not lead to other files, as playlists do
    "format_whitelist": "avi,flv,live_flv,matroska,webm,mov,mp4,mpeg,mpegts,ogg,aac,mp3,wav",
}
STRICT = {"err_detect": "explode"}
MOST_WIDE = 640
QUALITY = 4
"""Of JPEG, 2 (best) to 31."""

Frame = av.VideoFrame | av.AudioFrame
Known = TypeVar("Known", VideoStream, AudioStream)


def probe(path: Path) -> VideoFacts:
    """Return what a file is. Raises av.FFmpegError, and ValueError where there is nothing to see or hear."""
    tally = _Tally()
    with _opened(path) as container:
        streams = [*_known(container.streams.video)[:1], *_known(container.streams.audio)[:1]]
        for stream in streams:
            stream.codec_context.options = STRICT
        for packet in container.demux(streams):
            tally.errors += packet.is_corrupt
            try:
                decoded = packet.decode()
            except av.FFmpegError:
                tally.errors += 1
            else:
                for frame in decoded:
                    tally.add(cast("Frame", frame))
    return tally.facts()


class _Tally:
    """Counts what was decoded."""

    def __init__(self) -> None:
        self.errors = 0
        self._size = (0, 0)
        self._has_sound = False
        self._starts_s = float("inf")
        self._last: dict[type[Frame], Frame] = {}

    def add(self, frame: Frame) -> None:
        """Count a picture or sound."""
        self.errors += frame.is_corrupt
        if isinstance(frame, av.VideoFrame):
            self._size = max(self._size, (frame.width, frame.height))
        else:
            self._has_sound = True
        if frame.time is not None:
            self._starts_s = min(self._starts_s, frame.time)
            self._last[type(frame)] = frame

    def facts(self) -> VideoFacts:
        """Return the sum. Raises ValueError where nothing was decoded."""
        if self._size == (0, 0) and not self._has_sound:
            raise ValueError("nothing to see or hear")
        ends_s = [(frame.time or 0.0) + _duration_s(frame) for frame in self._last.values()]
        duration_s = max(ends_s, default=0.0) - min(self._starts_s, *ends_s)
        return VideoFacts(duration_s, *self._size, has_sound=self._has_sound, errors=self.errors)


def poster(path: Path, at_s: float) -> bytes:
    """Return a picture near a moment, JPEG. Raises av.FFmpegError, and ValueError where there are no pictures."""
    with _opened(path) as container:
        pictures = _known(container.streams.video)
        if not pictures:
            raise ValueError("no pictures")
        frame = _near(container, pictures[0], at_s)
    width = min(frame.width, MOST_WIDE) // 2 * 2
    height = max(2, round(frame.height * width / frame.width) // 2 * 2)
    return _jpeg(frame.reformat(width, height, "yuvj420p"))


def _near(container: InputContainer, pictures: VideoStream, at_s: float) -> av.VideoFrame:
    """Return the picture that is shown at a moment, or the last one before it that can be decoded."""
    starts = container.start_time or 0
    for from_s in (min(max(at_s, 0.0), 1e9), 0.0):  # where nothing can be decoded there, from the beginning
        container.seek(int(from_s * av.time_base) + starts)
        found = None
        for frame in _decoded(container, pictures):
            if found and frame.time is not None and frame.time - starts / av.time_base > at_s:
                break
            found = frame
        if found:
            return found
    raise ValueError("no picture can be decoded")


def _decoded(container: InputContainer, pictures: VideoStream) -> Iterator[av.VideoFrame]:
    """Yield the pictures from where the file is; what is damaged is left out."""
    for packet in container.demux(pictures):
        with suppress(av.FFmpegError):
            yield from packet.decode()


def _known(streams: Iterable[Known]) -> list[Known]:
    """Return the streams for which there is a decoder: those of others have no context."""
    return [stream for stream in streams if cast("object | None", stream.codec_context)]


def _jpeg(frame: av.VideoFrame) -> bytes:
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
    encoder.time_base, encoder.thread_count = Fraction(1), 1
    encoder.qmin = encoder.qmax = QUALITY
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def _duration_s(frame: Frame) -> float:
    if isinstance(frame, av.AudioFrame):
        return frame.samples / frame.sample_rate
    return float(frame.duration * (frame.time_base or 0))


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    with av.open(path, options=OPTIONS) as container:
        yield container
