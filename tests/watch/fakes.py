"""A media source that follows a script, a sink that remembers, and a database that is away for a while."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from asgiref.sync import sync_to_async
from django.db import Error, OperationalError, connection

from vigie.events import (
    AudioReceived,
    Encoding,
    LiveStateChanged,
    MediaEnded,
    MediaItem,
    MediaOpened,
    Packet,
    PacketsReceived,
    RoomItem,
)
from vigie.events import Kind as EncodedKind
from vigie.ports import (
    Handle,
    LiveRef,
    MediaLocation,
    MediaSink,
    PlacedAudio,
    PlacedCaption,
    PlacedPackets,
    PortError,
    Room,
    Sighting,
)
from vigie.runtime import bus

OPENED = MediaOpened("hls", is_live=True, has_audio=True)
RECORDING = MediaOpened("file", is_live=False, has_audio=True)
ENDED = MediaEnded()
SECOND = bytes(32_000)

Step = MediaItem | PortError | asyncio.Event | Callable[[], None]


def sound(pts_s: float, seconds: int = 1) -> list[MediaItem]:
    """Return that much silence, a second a chunk."""
    return [AudioReceived(pts_s + number, SECOND) for number in range(seconds)]


AS_SHOWN = Encoding(EncodedKind.PICTURE, "h264", b"sets", width=720, height=1280)
AS_HEARD = Encoding(EncodedKind.SOUND, "aac", b"", rate=48_000, layout="stereo")
KEYFRAME_EVERY = 4


def footage(pts_s: float, seconds: int = 1, *, first: int = 0) -> list[MediaItem]:
    """Return that much sound, a second a chunk, each after its packets: two of pictures, one of sound.

    Every fourth picture is a keyframe, counted from the number `first`.
    """
    items: list[MediaItem] = []
    for number in range(seconds):
        at_s = pts_s + number
        shown = [
            Packet(EncodedKind.PICTURE, at_s + part / 2, at_s + part / 2, 0.5, is_key, b"picture")
            for part, is_key in ((part, (first + 2 * number + part) % KEYFRAME_EVERY == 0) for part in (0, 1))
        ]
        heard = Packet(EncodedKind.SOUND, at_s, at_s, 1.0, is_keyframe=True, data=b"sound")
        items += [PacketsReceived((AS_SHOWN, AS_HEARD), (*shown, heard)), AudioReceived(at_s, SECOND)]
    return items


class ScriptedMedia:
    """Each connection brings what the script says; an event in it is waited for, a function called, an error raised.

    After the last connection of the script the source hangs.
    """

    def __init__(self, *connections: Sequence[Step], resolving: Sequence[PortError | None] = ()) -> None:
        self._connections = list(connections)
        self._resolving = list(resolving)
        self.resumed_from: list[float | None] = []
        self.were_live: list[bool] = []
        self.rooms: list[Room | None] = []
        self.asked_for_packets: list[bool] = []
        self.hung = asyncio.Event()

    async def resolve(self, source: str, room: Room | None = None, *, with_packets: bool = False) -> MediaLocation:
        self.rooms.append(room)
        self.asked_for_packets.append(with_packets)
        trouble = self._resolving.pop(0) if self._resolving else None
        if trouble:
            raise trouble
        return MediaLocation(source, "hls", is_live=True, title="A title", with_packets=with_packets)

    async def stream(
        self, location: MediaLocation, *, from_pts_s: float | None = None, was_live: bool = False
    ) -> AsyncGenerator[MediaItem, None]:
        del location
        self.resumed_from.append(from_pts_s)
        self.were_live.append(was_live)
        for step in self._connections.pop(0) if self._connections else []:
            if isinstance(step, PortError):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif callable(step):
                step()
            else:
                yield step
                if isinstance(step, MediaEnded):
                    return
        self.hung.set()
        await asyncio.Event().wait()


@dataclass(eq=False)
class Memory:
    """A sink factory whose sinks remember everything."""

    opened: list[LiveRef] = field(default_factory=list)
    heard: list[PlacedAudio] = field(default_factory=list)
    captions: list[PlacedCaption] = field(default_factory=list)
    encoded: list[PlacedPackets] = field(default_factory=list)
    asked_for: list[int] = field(default_factory=list)
    closed: int = 0
    paused: asyncio.Event = field(default_factory=asyncio.Event)
    got_sound: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, live: LiveRef) -> MediaSink:
        self.opened.append(live)
        return self

    async def wants(self, workspace_id: int) -> bool:
        """Want packets, and remember who was asked for."""
        self.asked_for.append(workspace_id)
        return True

    async def audio(self, audio: PlacedAudio) -> None:
        self.heard.append(audio)
        self.got_sound.set()

    async def caption(self, caption: PlacedCaption) -> None:
        self.captions.append(caption)

    async def packets(self, packets: PlacedPackets) -> None:
        self.encoded.append(packets)

    async def pause(self) -> None:
        self.paused.set()

    async def close(self) -> None:
        self.closed += 1

    def times(self, kind: EncodedKind) -> list[float]:
        """When the packets of a kind are decoded, in seconds since the live started."""
        placed = [(each, packet) for each in self.encoded for packet in each.packets if packet.kind is kind]
        return [round(packet.dts_s + each.shift_s, 2) for each, packet in placed]

    @property
    def stretches(self) -> list[tuple[int, float, float]]:
        """Epoch, begin and end of what was heard, chunks that follow on joined."""
        joined: list[tuple[int, float, float]] = []
        for audio in self.heard:
            end_s = audio.offset_s + len(audio.pcm) / 32_000
            if joined and joined[-1][0] == audio.epoch:
                joined[-1] = (audio.epoch, joined[-1][1], round(end_s, 2))
            else:
                joined.append((audio.epoch, round(audio.offset_s, 2), round(end_s, 2)))
        return joined


@asynccontextmanager
async def states() -> AsyncIterator[asyncio.Queue[str]]:
    """Yield the states that lives turn to while the block runs, as they are told."""
    loop, turned = asyncio.get_running_loop(), asyncio.Queue[str]()

    def note(event: LiveStateChanged) -> None:
        loop.call_soon_threadsafe(turned.put_nowait, event.state)

    bus.follow(LiveStateChanged, note)
    try:
        yield turned
    finally:
        bus.unfollow(LiveStateChanged, note)


RoomStep = RoomItem | PortError | asyncio.Event | Callable[[], None]


class ScriptedChat:
    """A chat source that follows a script, as `ScriptedMedia` does; after its last connection it hangs."""

    def __init__(self, *connections: Sequence[RoomStep]) -> None:
        self._connections = list(connections)
        self.asked: list[Room] = []
        self.hung = asyncio.Event()

    async def chat(self, room: Room) -> AsyncGenerator[RoomItem, None]:
        self.asked.append(room)
        for step in self._connections.pop(0) if self._connections else []:
            if isinstance(step, PortError):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif callable(step):
                step()
            else:
                yield step
        self.hung.set()
        await asyncio.Event().wait()


class ScriptedProbe:
    """A probe that gives one answer a call."""

    most = 2

    def __init__(self, *answers: Sequence[Sighting] | PortError) -> None:
        self._answers = list(answers)
        self.asked: list[list[Handle]] = []

    async def probe(self, channels: Sequence[Handle]) -> list[Sighting]:
        self.asked.append(list(channels))
        answer = self._answers.pop(0)
        if isinstance(answer, PortError):
            raise answer
        return list(answer)


@dataclass
class Away:
    """A database that takes no statement about a table, so many times."""

    table: str
    times: int
    error: type[Error] = OperationalError

    def __call__(
        self, execute: Callable[..., object], sql: str, params: object, many: object, context: object
    ) -> object:
        if self.times and f'"{self.table}"' in sql:
            self.times -= 1
            raise self.error("the server closed the connection")
        return execute(sql, params, many, context)


@asynccontextmanager
async def away(database: Away) -> AsyncIterator[Away]:
    """Let the database be away for those who write off the event loop while the block runs."""
    await sync_to_async(lambda: connection.execute_wrappers.append(database))()
    try:
        yield database
    finally:
        await sync_to_async(lambda: connection.execute_wrappers.remove(database))()
