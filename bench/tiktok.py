"""TikTok: what reading chats costs, beside the unmodified client on the same frames, in the same run.

`comments_per_core_s`: comments read a second of processor time, from the bytes of a frame to what a listener gets;
small ones (a name and a text) and rich ones (three portraits, two badges: 3 kB), ten a frame and one a frame.

`resident_kb_per_connection` and `connected_comments_per_core_s`: whole connections to the simulated TikTok, which runs
in a process of its own, as ours and the peer each do: signed, entered, heard and acknowledged. Memory is that of the
whole process over the number of connections; `further_kb` is what each of them adds to a process that has opened and
closed some before (without TLS, which the simulator does not speak).
"""

import asyncio
import ctypes
import gc
import gzip
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing.connection import Connection

import structlog
from TikTokLive import TikTokLiveClient
from TikTokLive.client.ws.ws_utils import extract_webcast_push_frame, extract_webcast_response_message
from TikTokLive.events import CommentEvent, ConnectEvent
from TikTokLive.proto import (
    CommonMessageData,
    ProtoMessageFetchResult,
    User,
    WebcastChatMessage,
    WebcastPushFrame,
)
from TikTokLiveProto.v3.webcast.im import PushHeader
from TikTokLiveProto.v3.webcast.model.base import ImageModel
from TikTokLiveProto.v3.webcast.model.base.user import BadgeStruct, ImageBadge
from TikTokLiveProto.v3.webcast.model.data import BadgeSceneType, UserIdentity
from TikTokLiveProto.v3.webcast.shared.message import BaseProtoMessage

from bench import Result, measured, resident_mb
from bench._lives import FIRST_ROOM, SPAWN, simulated
from vigie.adapters.gated import Rebased
from vigie.adapters.tiktok.client import TikTok
from vigie.adapters.tiktok.decode import Decoder
from vigie.adapters.tiktok.settings import APP_URL, WEBCAST_URL, TikTokSettings
from vigie.adapters.web.client import WebMedia
from vigie.events import ActivityReceived
from vigie.ports import Handle, PortError, Room

PEER = f"TikTokLive {version('TikTokLive')}"
AT_MS = 1_790_000_000_000
STEPS, PEER_STEPS = (1, 50, 500), (1, 50)
DEADLINE_S = 120.0
WARM_UP = 5
AT_ONCE = 20
"""Connections that are being opened."""


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Measure parsing at four kinds of frames, then whole connections."""
    for is_rich in (False, True):
        for per_frame in (10, 1):
            yield parsing(is_rich=is_rich, per_frame=per_frame, comments=400 if quick else 4000)
    comments = 1000 if quick else 10_000
    ours = apart(our_listeners, STEPS, comments)
    theirs = apart(their_listeners, PEER_STEPS, comments)
    yield from connected(ours, theirs)


# ── parsing ──


def parsing(*, is_rich: bool, per_frame: int, comments: int) -> Result:
    """Return how many comments a core reads in a second, ours and the peer. Raises ValueError when they differ."""
    frames = [frame(number, is_rich=is_rich, per_frame=per_frame) for number in range(comments // per_frame)]
    if ours_read(frames) != asyncio.run(peer_read(frames)):
        raise ValueError("Ours and the peer's do not read the same.")
    with measured() as theirs:
        asyncio.run(peer_read(frames))
    times = 10  # ours is done too soon to be measured
    with measured() as ours:
        for _ in range(times):
            ours_read(frames)
    return Result(
        "comments_per_core_s",
        comments * times / ours.cpu_s,
        "1/s",
        peer=PEER,
        peer_value=comments / theirs.cpu_s,
        details={
            "comment_bytes": len(comment(0, is_rich=is_rich)),
            "per_frame": per_frame,
            "comments": comments,
            "cpu_s_per_1000": round(1000 * ours.cpu_s / (comments * times), 5),
            "peer_cpu_s_per_1000": round(1000 * theirs.cpu_s / comments, 5),
        },
    )


def ours_read(frames: Sequence[bytes]) -> list[tuple[str, str, str]]:
    """Return who said what, by our decoder."""
    decoder, now = Decoder(), datetime.now(UTC)
    items = [item for data in frames for item in decoder.frame(data, now)[0]]
    return [(item.message_id, item.chatter.login, item.text) for item in items if isinstance(item, ActivityReceived)]


async def peer_read(frames: Sequence[bytes]) -> list[tuple[str, str, str]]:
    """Return who said what, by what the peer's client does with a frame before it calls its listeners."""
    client, read = TikTokLiveClient("bench"), list[tuple[str, str, str]]()
    for data in frames:
        response = extract_webcast_response_message(extract_webcast_push_frame(data))
        read += [
            (str(event.common.msg_id), event.user.display_id, event.content)
            async for event in client._parse_webcast_response(response)  # noqa: SLF001 -- its parsing, and nothing else
            if isinstance(event, CommentEvent)
        ]
    return read


def frame(number: int, *, is_rich: bool, per_frame: int) -> bytes:
    """Return a compressed push frame with so many comments."""
    numbers = range(number * per_frame, (number + 1) * per_frame)
    messages = [
        BaseProtoMessage(method="WebcastChatMessage", payload=comment(it, is_rich=is_rich), msg_id=it + 1)
        for it in numbers
    ]
    result = ProtoMessageFetchResult(messages=messages, need_ack=True, internal_ext="fetch_id:1", cursor="c", now=AT_MS)
    return bytes(
        WebcastPushFrame(
            log_id=number,
            payload_type="msg",
            payload_encoding="pb",
            headers=[PushHeader(key="compress_type", value="gzip")],
            payload=gzip.compress(bytes(result)),
        )
    )


def comment(number: int, *, is_rich: bool) -> bytes:
    """Return a comment; a rich one has what TikTok sends along: portraits, badges, an identity."""
    chatter = User(id=6_800 + number, display_id=f"viewer{number}", nickname=f"Viewer {number}")
    message = WebcastChatMessage(
        common=CommonMessageData(msg_id=number + 1, room_id=FIRST_ROOM, create_time=AT_MS + number),
        user=chatter,
        content=f"bonjour à tous, {number} fois merci",
    )
    if is_rich:
        chatter.avatar_thumb, chatter.avatar_medium, chatter.avatar_large = (image(number + size) for size in range(3))
        chatter.badge_list = [
            BadgeStruct(scene_type=scene, display=True, image=ImageBadge(image=image(number)))
            for scene in (BadgeSceneType.FANS, BadgeSceneType.USER_GRADE)
        ]
        message.user_identity = UserIdentity(is_follower_of_anchor=True)
    return bytes(message)


def image(number: int) -> ImageModel:
    """Return a picture as TikTok names it: three addresses of 190 characters."""
    name = f"tos-maliva-avt-0068/{number:032x}~tplv-tiktokx-cropcenter:100:100.webp"
    signed = f"x-expires=1790000000&x-signature={number:027x}%3D&s=CHAT&idc=maliva"
    return ImageModel(
        url_list=[f"https://p{host}-sign.tiktokcdn.example/{name}?{signed}" for host in (16, 19, 77)], uri=name
    )


# ── whole connections ──


@dataclass(frozen=True, slots=True)
class Held:
    """What so many open connections took."""

    connections: int
    resident_mb: float
    """The whole process."""
    further_kb: float
    """What each connection adds."""
    comments: int
    cpu_s: float

    def told(self) -> dict[str, object]:
        """Return the details of its figures."""
        return {"comments": self.comments, "cpu_s": round(self.cpu_s, 3), "further_kb": round(self.further_kb, 1)}


def connected(ours: Sequence[Held], theirs: Sequence[Held]) -> Iterator[Result]:
    """Yield the figures of each step, beside the peer's where it went along."""
    peers = {held.connections: held for held in theirs}
    for held in ours:
        peer = peers.get(held.connections)
        details = {"connections": held.connections, **held.told()}
        details |= {f"peer_{name}": value for name, value in (peer.told() if peer else {}).items()}
        for metric, unit, figure in (
            ("resident_kb_per_connection", "kB", _resident_kb),
            ("connected_comments_per_core_s", "1/s", _comments_per_core_s),
        ):
            value, peer_value = figure(held), figure(peer) if peer else None
            yield Result(metric, value, unit, peer=PEER if peer else "", peer_value=peer_value, details=details)


def _resident_kb(held: Held) -> float:
    return 1000 * held.resident_mb / held.connections


def _comments_per_core_s(held: Held) -> float:
    return held.comments / held.cpu_s


class Ears:
    """What all listeners hear."""

    def __init__(self) -> None:
        self._opened = self._heard = 0
        self._word = ""
        self._changed = asyncio.Event()

    def open(self) -> None:
        """Note a connection that is open."""
        self._opened += 1
        self._changed.set()

    def expect(self, word: str) -> None:
        """Count from now on who says that; what TikTok tells anew of earlier does not count."""
        self._word, self._heard = word, 0

    def hear(self, text: str) -> None:
        """Note a comment."""
        self._heard += text == self._word
        self._changed.set()

    async def until_opened(self, count: int) -> None:
        """Return once so many connections are open."""
        await self._until(lambda: self._opened >= count)

    async def until_heard(self, count: int) -> None:
        """Return once so many comments were heard."""
        await self._until(lambda: self._heard >= count)

    async def _until(self, is_done: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not is_done():
                self._changed.clear()
                await self._changed.wait()


Listen = Callable[[int, Ears], Awaitable[None]]
"""Number of a room, and who hears -> listens until it is cancelled."""
Listeners = Callable[[str], AbstractAsyncContextManager[Listen]]
"""Address of the simulator -> what listens to it."""


def apart(listeners: Listeners, steps: Sequence[int], comments: int) -> list[Held]:
    """Return what a fresh process took at each step, hearing about so many comments."""
    with ProcessPoolExecutor(1, mp_context=SPAWN, initializer=keep_quiet) as pool:
        return pool.submit(hold, listeners, steps, comments).result()


def keep_quiet() -> None:
    """Print nothing but figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))


def hold(listeners: Listeners, steps: Sequence[int], comments: int) -> list[Held]:
    """Open the connections of one step after the other, and let comments be heard on all of them."""
    with simulated(max(*steps, WARM_UP)) as pipe:
        return asyncio.run(_hold(pipe, listeners, steps, comments))


async def _hold(pipe: Connection, listeners: Listeners, steps: Sequence[int], comments: int) -> list[Held]:
    costs, ears = list[Held](), Ears()
    async with listeners(pipe.recv()) as listen:
        await _warm_up(pipe, listen)
        before_mb = settled_mb()
        async with asyncio.TaskGroup() as group:
            tasks = list[asyncio.Task[None]]()
            for step in steps:
                tasks += [group.create_task(_listening(listen, room, ears)) for room in range(len(tasks), step)]
                await ears.until_opened(step)
                each = max(comments // step, 4)
                with measured() as spent:
                    await _say(pipe, f"step {step}", step, each, ears)
                now_mb = settled_mb()
                costs.append(Held(step, now_mb, 1000 * (now_mb - before_mb) / step, each * step, spent.cpu_s))
            for task in tasks:
                task.cancel()
    return costs


async def _listening(listen: Listen, room: int, ears: Ears) -> None:
    await listen(room, ears)


async def _warm_up(pipe: Connection, listen: Listen) -> None:
    """Open, use and close some connections: what is loaded once is not counted for each."""
    ears = Ears()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_listening(listen, room, ears)) for room in range(WARM_UP)]
        await ears.until_opened(WARM_UP)
        await _say(pipe, "warm up", WARM_UP, 10, ears)
        for task in tasks:
            task.cancel()


async def _say(pipe: Connection, word: str, rooms: int, comments: int, ears: Ears) -> None:
    """Let so many comments be made in each of the first rooms, and return when all are heard."""
    ears.expect(word)
    pipe.send((word, rooms, comments))
    await ears.until_heard(rooms * comments)


def settled_mb() -> float:
    """Return what this process holds, less what only waits to be used again."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return resident_mb()


class OpenGate:
    """Lets everything through."""

    async def enter(self, key: str, *, cost: float = 1.0) -> None:
        """Wait for nothing."""

    async def leave(self, key: str, trouble: PortError | None) -> None:
        """Note nothing."""


@asynccontextmanager
async def our_listeners(url: str) -> AsyncIterator[Listen]:
    """Yield our chat source."""
    opening = asyncio.Semaphore(AT_ONCE)
    settings = TikTokSettings(app_url=url.rstrip("/"), webcast_url=f"{url}webcast", sign_url=f"{url}sign")
    tiktok = TikTok(settings, OpenGate(), WebMedia())

    async def listen(room: int, ears: Ears) -> None:
        async with aclosing(tiktok.chat.chat(Room(Handle(f"live{room}"), str(FIRST_ROOM + room)))) as items:
            async with opening:
                await anext(items)
            ears.open()
            async for item in items:
                if isinstance(item, ActivityReceived):
                    ears.hear(item.text)

    try:
        yield listen
    finally:
        await tiktok.close()


@asynccontextmanager
async def their_listeners(url: str) -> AsyncIterator[Listen]:
    """Yield the unmodified client, one a connection, as it is made for; its requests go to the simulator."""
    opening = asyncio.Semaphore(AT_ONCE)
    transport = Rebased({APP_URL: url, WEBCAST_URL: f"{url}webcast"})

    async def listen(room: int, ears: Ears) -> None:
        web = {
            "httpx_kwargs": {"transport": transport},
            "signer_kwargs": {"sign_api_base": f"{url}sign", "sign_api_key": "key"},
        }
        client = TikTokLiveClient(f"live{room}", web_kwargs=web)
        client.add_listener(ConnectEvent, lambda _: ears.open())
        client.add_listener(CommentEvent, lambda event: ears.hear(event.content))
        async with opening:
            task = await client.start(fetch_live_check=False, room_id=FIRST_ROOM + room)
        try:
            await asyncio.wait([task])
        finally:
            await client.disconnect()

    try:
        yield listen
    finally:
        await transport.aclose()
