"""The simulated TikTok: site, webcast service, signing service and push server at one address."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import uvicorn

from vigie.simulators.hosting import Hosted, breakable
from vigie.simulators.tiktok.accounts import Account, State
from vigie.simulators.tiktok.animation import Animation
from vigie.simulators.tiktok.app import TikTokApp
from vigie.simulators.tiktok.book import Asked, Book, Delivered, Interrupted
from vigie.simulators.tiktok.faults import Fault
from vigie.simulators.tiktok.happenings import Action, Comment, Control, Gift, Happening, Viewer, ViewerCount, viewer
from vigie.simulators.tiktok.rooms import Rooms

SOMEBODY = viewer(1)


class TikTokServer(Hosted):
    """Plays TikTok for an unmodified client. `with` and `async with` start and stop it.

    The client's requests to www.tiktok.com and webcast.tiktok.com go to the same path here, the signing service is
    `url("sign")`. `media_url(handle)` is the start of the addresses of a live's media: `.flv`, `.m3u8` and
    `/audio.flv` are appended to it. All methods are safe to call from any thread, also before it is started.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        media_url: Callable[[str], str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        super().__init__(host=host, port=port)
        self._media_url = media_url or (lambda handle: self.url(f"pull/{handle}"))
        self._book = Book()
        self._animation = Animation(seed)
        self._rooms = Rooms(seed, now_ms=lambda: time.time_ns() // 1_000_000)
        self._app = TikTokApp(self._rooms, self._book, media_url=lambda account: self._media_url(account.handle))

    # ── accounts ───────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, account: Account) -> Account:
        """Let an account exist; return it with the ids it has now. Raises ValueError when its handle is taken."""
        return self._rooms.add(account).account

    def account(self, handle: str) -> Account:
        """Return an account as it is now. Raises KeyError for an unknown handle, as all methods do."""
        return self._rooms[handle].account

    def go_live(self, handle: str, *, room_id: int = 0) -> int:
        """Start another live; return its id."""
        self._rooms[handle].begin(room_id or self._rooms.next_live())
        return self.account(handle).room_id

    def go_offline(self, handle: str, *, is_told: bool = True, action: Action = Action.ENDED) -> None:
        """End the live; connections stay open, and hear of it if `is_told`."""
        self._turn(handle, State.OFFLINE, action if is_told else None)

    def pause(self, handle: str, *, is_told: bool = True) -> None:
        """Pause the live."""
        self._turn(handle, State.PAUSED, Action.PAUSED if is_told else None)

    def resume(self, handle: str, *, is_told: bool = True) -> None:
        """Go on with a paused live."""
        self._turn(handle, State.LIVE, Action.RESUMED if is_told else None)

    def rename(self, handle: str, new: str, *, redirects: bool = False) -> None:
        """Give an account another handle; its numeric id stays, the old handle is unknown or leads to the new one."""
        if self._rooms.named(new):
            raise ValueError(f"@{new} is taken.")
        self._rooms[handle].change(handle=new, old_handle=handle, redirects=redirects)

    # ── what happens in a live ─────────────────────────────────────────────────────────────────────────────────────

    def publish(
        self, handle: str, *happenings: Happening, message_id: int | None = None, at: datetime | None = None
    ) -> list[int]:
        """Tell all connections in one frame; return the ids of the messages.

        `message_id` is that of the first, the next ones count on from it; `at` is when it happened, now without it.
        """
        at_ms = None if at is None else int(at.timestamp() * 1000)
        return self._rooms[handle].publish(happenings, message_id=message_id, at_ms=at_ms)

    def say(
        self,
        handle: str,
        text: str,
        *,
        viewer: Viewer = SOMEBODY,
        message_id: int | None = None,
        at: datetime | None = None,
    ) -> int:
        """Let a viewer comment; return the id of the message."""
        return self.publish(handle, Comment(viewer, text), message_id=message_id, at=at)[0]

    def gift(self, handle: str, gift: Gift, *, steps: tuple[int, ...] = ()) -> list[int]:
        """Let a viewer give: after the growing counts of a streak's `steps`, one frame each, `gift` as it is."""
        streak = [replace(gift, count=step, is_end=False) for step in steps]
        return [self.publish(handle, step)[0] for step in [*streak, gift]]

    def count_viewers(self, handle: str, now: int, total: int = 0) -> int:
        """Tell how many watch; return the id of the message."""
        return self.publish(handle, ViewerCount(now, total or now))[0]

    def animate(self, handle: str, pace: float, *, speaks: bool = True) -> None:
        """Let an audience do `pace` things a second while the account is live, nothing more with 0.

        What the broadcaster says meanwhile is captioned, unless somebody else captions it.

        What it does, and in which order, depends only on the server's seed and the account's numeric id.
        """
        self._animation.set_pace(self._rooms[handle], pace, speaks=speaks)

    # ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def break_live(self, handle: str, fault: Fault) -> None:
        """Let something go wrong with one broadcaster: with the open connections at once, or from now on."""
        self._rooms[handle].strike(fault)

    def break_all(self, fault: Fault) -> None:
        """Let something go wrong with everything; `times` counts the whole server's answers, then."""
        self._rooms.break_all(fault)

    def mend(self, handle: str = "*") -> None:
        """Let nothing go wrong any more with one broadcaster, or with anything. What is stalled stays so."""
        self._rooms.mend(handle)

    # ── the books ──────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def requests(self) -> list[Asked]:
        """All requests so far, handshakes of the push server among them."""
        return self._book.asked()

    def delivered(self, handle: str) -> list[Delivered]:
        """Return the messages that left this process on a connection, in order; twice what was sent twice.

        A RST can still lose the last of them on the way; `acknowledged` has none that was lost.
        """
        return self._book.delivered(self.account(handle).user_id)

    def acknowledged(self, handle: str) -> list[Delivered]:
        """Return those messages that the clients said to have received."""
        return self._book.acknowledged(self.account(handle).user_id)

    def interrupted(self, handle: str) -> list[Interrupted]:
        """Return which of its push connections were broken, how and when, in order."""
        return self._book.interrupted(self.account(handle).user_id)

    def connections(self, handle: str) -> int:
        """Return how many push connections are open."""
        return self._rooms[handle].connections

    def wait_for_connections(self, handle: str, wanted: int, *, timeout_s: float = 10) -> None:
        """Block until so many push connections are open, stalled ones among them. Raises TimeoutError."""
        self._rooms[handle].wait_for(wanted, timeout_s)

    # ── hosting ────────────────────────────────────────────────────────────────────────────────────────────────────

    def config(self) -> uvicorn.Config:
        """Return how it is served: connections can be broken off at will, and are never pinged, as TikTok does not."""
        return breakable(self._app.asgi(), has_sockets=True, deflates=False)

    def closing(self) -> None:
        """Let the audiences fall silent."""
        self._animation.stop()

    def _turn(self, handle: str, state: State, action: Action | None) -> None:
        room = self._rooms[handle]
        room.change(state=state)
        if action is not None:
            room.publish([Control(action)])
