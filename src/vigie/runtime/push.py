"""Fragments of pages, pushed to whoever looks at a topic.

`push` may be called from any thread: it renders, then hands the frame over to the one loop that owns the sockets
(`attach`). Frames of a topic are gathered for 200 ms. A program without one attached (a command) pushes to nobody.

On the wire: the page sends `{"follow": ["live:12", ...]}`; it gets `{"topic", "sender", "seq", "items": [{"target",
"swap", "html"}]}`. `seq` grows by one a frame for each (topic, sender); a frame without items repeats the last
number, so that a page finds out that it missed the last frame too. Delivery is at most once.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import translation
from redis import RedisError

log = structlog.get_logger(__name__)

GATHER_S = 0.2
SEND_S = 5.0
MOST_GATHERED = 500
"""Items a topic gathers while the channel layer takes nothing."""
ACCESS = "access"
"""The Channels group of every open page."""
REPEAT_S = 10.0
"""How long after the last frame of a topic its number is told once more."""
FOLLOWED_S = 30
"""How long a topic counts as followed after a page said so; open pages say it again in time (`AGAIN_S`)."""
AGAIN_S = 10.0

Item = dict[str, str]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a page. Rendered once a language, whatever the number of readers.

    The template sees only `context`: no request, no reader. Times go out as `<time datetime>` and are put into the
    reader's zone by the page.
    """

    target: str
    """Id of the element it concerns."""
    swap: str
    """`append`, `prepend`, `replace` or `remove`."""
    template: str = ""
    context: Mapping[str, object] = field(default_factory=dict)


def group_name(topic: str, language: str) -> str:
    """Return the Channels group of a topic's readers in one language."""
    return f"{topic.replace(':', '.')}.{language}"


def push(topic: str, fragment: Fragment) -> None:
    """Show `fragment` to everyone on `topic` (`live:12`, `alerts:3`) within about 200 ms.

    From any thread; never blocks.
    """
    if _pusher is not None:
        _pusher.add(topic, {language: _render(fragment, language) for language, _ in settings.LANGUAGES})


def note_followed(topics: Iterable[str]) -> None:
    """Let every process know that some page follows these topics, for `FOLLOWED_S` seconds."""
    try:
        cache.set_many({_followed(topic): True for topic in topics}, FOLLOWED_S)
    except (OSError, RedisError) as error:
        log.warning("push.not_noted", error=str(error))


def is_followed(topic: str) -> bool:
    """Return whether a page of any process may be looking at a topic: else there is nothing to render.

    True for up to `FOLLOWED_S` after the last page left, and where that cannot be known. Never false for a page that
    was told what it follows.
    """
    if _pusher is None:
        return False
    try:
        return bool(cache.get(_followed(topic), default=False))
    except (OSError, RedisError) as error:
        log.warning("push.not_known", error=str(error))
        return True


def _followed(topic: str) -> str:
    return f"followed:{topic}"


def tell_access_changed(user_id: int | None = None) -> None:
    """Let open pages, of one person or of all, find out what may still be followed. From any thread; never blocks."""
    if _pusher is not None:
        _pusher.tell_access_changed(user_id)


def _render(fragment: Fragment, language: str) -> Item:
    html = ""
    if fragment.template:
        with translation.override(language):
            html = render_to_string(fragment.template, dict(fragment.context))
    return {"target": fragment.target, "swap": fragment.swap, "html": html}


class Pusher:
    """Gathers frames from any thread and sends them on one loop, one after the other.

    What the channel layer does not take within SEND_S is dropped and counted, as is what a topic gathers beyond
    MOST_GATHERED meanwhile; pages see by the numbers that they missed something, and ask.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send on `loop`, once `run` does."""
        self.sender = secrets.token_hex(4)
        self.dropped = 0
        self._loop = loop
        self._lock = Lock()
        self._waiting: dict[str, list[dict[str, Item]]] = {}
        self._seq: dict[str, int] = defaultdict(int)
        self._due: asyncio.Queue[Callable[[], Coroutine[None, None, None]]] = asyncio.Queue()
        """At most a frame and a repetition a topic."""

    async def run(self) -> None:
        """Send what is due until cancelled."""
        while True:
            send = await self._due.get()
            await send()

    def add(self, topic: str, item: dict[str, Item]) -> None:
        """Put an item, rendered in each language, into the next frame of `topic`."""
        with self._lock:
            gathered = self._waiting.setdefault(topic, [])
            gathered.append(item)
            if len(gathered) > MOST_GATHERED:
                del gathered[1]
                self.dropped += 1
            if len(gathered) > 1 or self._loop.is_closed():
                return
        self._loop.call_soon_threadsafe(self._loop.call_later, GATHER_S, self._plan, topic)

    def tell_access_changed(self, user_id: int | None) -> None:
        """Send the word to every open page, whichever process holds its socket."""
        message: dict[str, object] = {"type": "access.changed", "user_id": user_id}
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._due.put_nowait, partial(self._deliver, ACCESS, message))

    def _plan(self, topic: str) -> None:
        self._due.put_nowait(partial(self._send, topic))

    async def _send(self, topic: str) -> None:
        with self._lock:
            items = self._waiting.pop(topic, [])
        if items:
            self._seq[topic] += 1 if len(items) < MOST_GATHERED else 2  # a hole: some were dropped, perhaps
        for language, _ in settings.LANGUAGES:
            frame = {
                "topic": topic,
                "sender": self.sender,
                "seq": self._seq[topic],
                "items": [item[language] for item in items],
            }
            await self._deliver(group_name(topic, language), {"type": "push.frame", "frame": frame})
        if items:
            self._loop.call_later(REPEAT_S, self._repeat, topic, self._seq[topic])

    def _repeat(self, topic: str, seq: int) -> None:
        if self._seq[topic] == seq:
            self._plan(topic)

    async def _deliver(self, group: str, message: dict[str, object]) -> None:
        try:
            async with asyncio.timeout(SEND_S):
                await get_channel_layer().group_send(group, message)
        except (OSError, RedisError) as error:
            self.dropped += 1
            log.warning("push.dropped", group=group, dropped=self.dropped, error=str(error) or "time-out")


_pusher: Pusher | None = None


@asynccontextmanager
async def attached() -> AsyncIterator[None]:
    """Send what is pushed while the block runs: the running loop owns the sockets of this process."""
    pusher = attach(asyncio.get_running_loop())
    async with asyncio.TaskGroup() as group:
        sending = group.create_task(pusher.run())
        try:
            yield
        finally:
            detach()
            sending.cancel()


def attach(loop: asyncio.AbstractEventLoop) -> Pusher:
    """Gather what is pushed from now on, for whoever runs the pusher on `loop`."""
    global _pusher  # noqa: PLW0603 -- one loop owns the sockets of a process
    _pusher = Pusher(loop)
    return _pusher


def detach() -> None:
    """Push to nobody from now on."""
    global _pusher  # noqa: PLW0603 -- one loop owns the sockets of a process
    _pusher = None
