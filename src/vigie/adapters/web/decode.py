"""Decoding beside the event loop: a thread for each container, its bytes in, its sound out."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from vigie.adapters.web import containers
from vigie.adapters.web.mpegclock import MpegClock
from vigie.adapters.web.packets import Packets
from vigie.adapters.web.pictures import Pace, Pictures
from vigie.adapters.web.pipes import TURN, Closed, Outlet, Pipe, resting
from vigie.adapters.web.sound import first_audio, sound
from vigie.adapters.web.threads import beside
from vigie.events import AudioReceived, Encoding, KeyframeReceived, Kind, MediaItem, MediaOpened
from vigie.ports import PortError

STOP_S = 0.5
DECLARING = {"flac", "mov,mp4,m4a,3gp,3g2,mj2", "w64", "wav"}
LOOK_AGAIN_S = 15.0
"""A live without sound is opened again after that time: a microphone may have been switched on."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Media that one decoder can read from beginning to end, and what is known of it beforehand."""

    protocol: str
    name: str
    """What the source is called in messages."""
    is_live: bool
    is_announced: bool = True
    """Whether MediaOpened is put out first."""
    shift_s: float | None = None
    """Added to the container's pts; None: a recording, told from its own start."""
    resume_s: float | None = None
    """Where to begin in a recording."""
    clock: MpegClock | None = None
    """Counts the turns of the pts."""
    pace: Pace = field(default_factory=Pace, compare=False)
    """How often a picture is taken; stretches of one connection share it."""
    encodings: dict[Kind, Encoding] | None = None
    """Those of the connection so far, where its packets are wanted too; its stretches share them."""
    has_sound: bool = True
    """False: its pictures are wanted alone, beside the sound of other stretches on the same clock."""
    has_pictures: bool = True
    """False: other stretches bring them."""


def none_yet(*, with_packets: bool) -> dict[Kind, Encoding] | None:
    """Return what is known of the encodings when a connection begins: nothing; None where nobody wants to know."""
    return {} if with_packets else None


def declared_length_s(stream: AudioStream) -> float | None:
    """Return how long a recording says it is; None where FFmpeg only guesses it from the bit rate."""
    if stream.container.format.name in DECLARING and stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return None


class Decoding:
    """Decodes one container into an outlet: `async with`, write its bytes, leave.

    Leaving waits until everything was delivered, and raises the PortError of what could not be decoded. Leaving by a
    PortError delivers what there is and lets that error pass. Leaving otherwise, by a cancellation, stops at once.
    """

    def __init__(self, outlet: Outlet, stretch: Stretch, opener: Callable[[], InputContainer] | None = None) -> None:
        """Decode what will be written, or what `opener` opens."""
        self._outlet = outlet
        self._stretch = stretch
        self._pipe = Pipe()
        self._opener = opener or (lambda: containers.open_pipe(self._pipe))
        self._turn: AbstractContextManager[object] = nullcontext() if opener else TURN
        self._waiting = nullcontext if opener else resting

    async def __aenter__(self) -> Self:
        """Start the thread."""
        self._work = beside(self._run, name="decoder")
        self._work.add_done_callback(_look_at)
        return self

    async def write(self, data: bytes) -> None:
        """Decode these bytes next. Raises PortError when what was written is no media."""
        try:
            await self._pipe.write(data)
        except Closed:
            await asyncio.wait([self._work])
            self._work.result()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the thread end."""
        try:
            if error is None or isinstance(error, PortError):
                self._pipe.end()
                await asyncio.wait([self._work])
        finally:
            self._pipe.abandon()
            await asyncio.wait([self._work], timeout=STOP_S)
            self._work.cancel()  # one that hangs in a connection is left alone: it has time-outs of its own
        if error is None:
            self._work.result()

    def _run(self) -> None:
        try:
            with self._turn, self._opener() as container:
                self._deliver(container)
        except Closed:
            pass
        except av.FFmpegError as error:
            raise containers.port_error(error, self._stretch.name) from error
        finally:
            self._pipe.abandon()

    def _put(self, item: MediaItem) -> None:
        with self._waiting():
            self._outlet.put_from_thread(item)

    def _deliver(self, container: InputContainer) -> None:
        stretch, stream = self._stretch, first_audio(container)
        if stretch.is_announced:
            length_s = declared_length_s(stream) if stream and stretch.shift_s is None else None
            self._put(MediaOpened(stretch.protocol, stretch.is_live, stream is not None, length_s))
        if stream is None and stretch.has_sound:
            if stretch.is_live:
                raise PortError(f"{stretch.name}: no sound.", retryable=True, retry_after_s=LOOK_AGAIN_S)
            return
        if stretch.resume_s:
            container.seek(int(stretch.resume_s * av.time_base) + (container.start_time or 0))
        shift_s = -(container.start_time or 0) / av.time_base if stretch.shift_s is None else stretch.shift_s
        pictures, copies = self._beside(container, shift_s)
        if stream and stretch.has_sound:
            self._hear(sound(container, stream, pictures, copies), shift_s, copies)
        elif pictures and copies:
            _look(container, pictures, copies)

    def _beside(self, container: InputContainer, shift_s: float) -> tuple[Pictures | None, Packets | None]:
        """Return what takes the pictures, and what takes packets, where they are wanted."""
        stretch, clock = self._stretch, self._stretch.clock

        def show(picture: KeyframeReceived) -> None:
            at_s = picture.pts_s + shift_s
            self._put(replace(picture, pts_s=clock.unwrapped(at_s) if clock else at_s))

        def dated(pts_s: float) -> float:
            return clock.near(pts_s + shift_s) if clock else pts_s + shift_s

        copies = None if stretch.encodings is None else Packets(self._put, stretch.encodings, dated)
        pictures = Pictures(container, stretch.pace, show, skips=copies is None) if stretch.has_pictures else None
        return pictures, copies

    def _hear(self, chunks: Iterator[AudioReceived], shift_s: float, copies: Packets | None) -> None:
        of_sound = self._stretch.clock.of_sound if self._stretch.clock else float
        for chunk in chunks:
            pts_s = of_sound(chunk.pts_s + shift_s)
            if copies:
                copies.flush()
            self._put(replace(chunk, pts_s=pts_s))
        if copies:
            copies.flush()


def _look(container: InputContainer, pictures: Pictures, copies: Packets) -> None:
    """Take the pictures alone."""
    if pictures.stream is None:
        return
    for packet in container.demux(pictures.stream):
        pictures.take(packet)
        copies.add_picture(pictures.stream, packet)
    copies.flush()


def _look_at(work: "asyncio.Future[None]") -> None:
    """Trouble of a decoder that nobody waits for any more is none: without a look, asyncio would log it."""
    if not work.cancelled():
        work.exception()
