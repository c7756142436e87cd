"""Reels of different encodings into one MP4: decoded, and encoded again on one canvas and one clock."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import OutputContainer

from vigie.adapters.mp4.copying import LAYOUT, OPTIONS, RATE, begins_s
from vigie.adapters.mp4.decoding import TICK, frames
from vigie.adapters.mp4.drawing import Canvas
from vigie.events import Kind
from vigie.ports import Reel

PICTURES_A_SECOND, KEY_EVERY = 30, 60
"""What the encoder reckons with; each picture keeps its own time."""
X264 = {"preset": "veryfast", "crf": "20"}
THREADS = 2
FORMAT, CHANNELS = "fltp", 2
TOLERANCE = RATE // 25
"""Samples by which sound may be beside its time before it is put right: streams date in milliseconds."""


def encode(reels: Sequence[Reel], path: Path) -> None:
    """Write H.264 and AAC that begin with the first picture of the first reel, or with its sound where it has none.

    Pictures are drawn as large as they fit on the canvas of the largest; where none comes, the last one stands, and
    where no sound comes, there is silence. What cannot be decoded is left out. Raises ValueError where nothing can be
    decoded, and OSError.
    """
    starts_s = begins_s(reels[:1])
    with av.open(path, "w", format="mp4", options=OPTIONS) as container:
        kinds = {packet.kind for reel in reels for packet in reel.packets}
        pictures = _Pictures(container, _canvas(reels)) if Kind.PICTURE in kinds else None
        sound = _Sound(container) if Kind.SOUND in kinds else None
        for reel in reels:
            for frame in frames(reel, starts_s):
                if isinstance(frame, av.VideoFrame) and pictures:
                    pictures.write(frame)
                elif isinstance(frame, av.AudioFrame) and sound:
                    sound.write(frame)
        ended = [each.end() for each in (pictures, sound) if each]
        if not any(ended):
            raise ValueError("Nothing of these reels can be decoded.")


def _canvas(reels: Sequence[Reel]) -> Canvas:
    encodings = [encoding for reel in reels for encoding in reel.encodings if encoding.kind is Kind.PICTURE]
    largest = max(encodings, key=lambda encoding: encoding.width * encoding.height)
    return Canvas(largest.width, largest.height)


class _Pictures:
    """Encodes pictures; each is shown until the next one."""

    def __init__(self, container: OutputContainer, canvas: Canvas) -> None:
        self._container = container
        self._canvas = canvas
        self._stream = container.add_stream("libx264", rate=PICTURES_A_SECOND, options=X264)
        self._stream.width, self._stream.height, self._stream.pix_fmt = canvas.width, canvas.height, "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = TICK
        self._stream.codec_context.gop_size = KEY_EVERY
        self._stream.codec_context.thread_count = THREADS
        self._last: int | None = None
        self._lasts = 0

    def write(self, frame: av.VideoFrame) -> None:
        """Encode a picture; one that is not later than the last is left out."""
        pts = frame.pts or 0
        if self._last is None and pts > 0:
            self._encode(self._canvas.black(), 0, pts)
        if pts > (-1 if self._last is None else self._last):
            self._encode(self._canvas.drawn(frame), pts, frame.duration)

    def end(self) -> bool:
        """Encode what waits; return whether there was any picture."""
        packets = self._stream.encode(None)
        for packet in packets:
            if packet.pts == self._last:
                packet.duration = self._lasts  # x264 does not know how long the last one is shown
        self._container.mux(packets)
        return self._last is not None

    def _encode(self, frame: av.VideoFrame, pts: int, duration: int) -> None:
        frame.pts, frame.time_base, frame.duration, frame.pict_type = pts, TICK, duration, 0
        self._container.mux(self._stream.encode(frame))
        self._last, self._lasts = pts, duration


class _Sound:
    """Encodes sound, 48 kHz stereo, without a gap."""

    def __init__(self, container: OutputContainer) -> None:
        self._container = container
        self._stream = container.add_stream("aac", rate=RATE, layout=LAYOUT, format=FORMAT)
        self._form: tuple[object, ...] = ()
        self._resampler = AudioResampler(FORMAT, LAYOUT, RATE)
        self._samples = 0

    def write(self, frame: av.AudioFrame) -> None:
        """Encode a stretch of sound at its time, after silence where that is later than the last one's end."""
        frame.time_base = TICK
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:
            self._resampler, self._form = AudioResampler(FORMAT, LAYOUT, RATE), form
        for resampled in self._resampler.resample(frame):
            self._place(resampled)

    def end(self) -> bool:
        """Encode what waits; return whether there was any sound."""
        self._container.mux(self._stream.encode(None))
        return self._samples > 0

    def _place(self, frame: av.AudioFrame) -> None:
        at = round((frame.pts or 0) * (frame.time_base or TICK) * RATE)
        if at > self._samples + TOLERANCE:
            self._be_silent(at - self._samples)
        if at >= self._samples - TOLERANCE:
            self._encode(frame)

    def _be_silent(self, samples: int) -> None:
        for start in range(0, samples, RATE):
            zeros = np.zeros((CHANNELS, min(RATE, samples - start)), np.float32)
            self._encode(av.AudioFrame.from_ndarray(zeros, FORMAT, LAYOUT))

    def _encode(self, frame: av.AudioFrame) -> None:
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._samples, Fraction(1, RATE)
        self._samples += frame.samples
        self._container.mux(self._stream.encode(frame))
