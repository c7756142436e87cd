"""One EventSub WebSocket of one account, which carries the rooms of many channels.

Several teams may have connected the same account, each with a consent of its own: each hears what its own allows.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog

from vigie.adapters.gated import Refusal
from vigie.adapters.twitch import frames, parse
from vigie.adapters.twitch.authority import TwitchAuthority, identify
from vigie.adapters.twitch.frames import Move, Revocation
from vigie.adapters.twitch.helix import Helix
from vigie.adapters.twitch.inbox import Inbox, Once
from vigie.adapters.twitch.link import Link, open_link
from vigie.adapters.twitch.parse import Notice, Unreadable
from vigie.adapters.twitch.settings import TwitchSettings
from vigie.adapters.twitch.troubles import first, refused
from vigie.adapters.twitch.wishes import WISHES, Wish, granted
from vigie.events import ActivityReceived
from vigie.ports import Identity, Keys, PortError

log = structlog.get_logger(__name__)

SUBSCRIBE_S = 30.0
GRACE_S = 0.3
"""For a request under way when a session ends: one cancelled inside httpcore 1.0 may leave its sockets unclosed."""
DRAIN_S = 2.0
"""A connection that was moved is read on for so long: what was on its way still comes."""


@dataclass(eq=False, slots=True)
class Seat:
    """One reader of a room: teams share the account and its connection, not what each was allowed."""

    keys: Keys
    kinds: frozenset[str]
    """What it may hear of."""
    inbox: Inbox = field(default_factory=Inbox)


@dataclass(eq=False, slots=True)
class Room:
    """A channel whose chat is read, by one reader or more."""

    seats: set[Seat] = field(default_factory=set)
    subscriptions: dict[str, str] = field(default_factory=dict)
    """Kind -> id: of what any of the readers may hear of."""
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    once: Once = field(default_factory=Once)

    def unheard(self) -> list[str]:
        """Return the kinds that no reader is left for."""
        return [kind for kind in self.subscriptions if not any(kind in seat.kinds for seat in self.seats)]


@dataclass(frozen=True, slots=True)
class Reader:
    """The account that reads: who it is, and what it asks with."""

    user_id: str
    login: str
    helix: Helix
    authority: TwitchAuthority


class Session:
    """Lives while there are rooms; `start`, then `joined` for each reader, then `close`."""

    def __init__(self, settings: TwitchSettings, reader: Reader) -> None:
        self._settings = settings
        self._reader = reader
        self._rooms: dict[str, Room] = {}
        self._once = Once()
        self._leaving: asyncio.Queue[tuple[str, Keys]] = asyncio.Queue()
        self._session_id: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        # not in a task group of a reader: it outlives the one that came first; `close` ends it
        self._running = asyncio.create_task(self._run())

    @property
    def is_over(self) -> bool:
        """Whether its connection broke."""
        return self._running.done()

    @property
    def is_empty(self) -> bool:
        """Whether nobody reads."""
        return not self._rooms

    def has_place_for(self, channel_id: str) -> bool:
        """Whether a room more can be carried, or this one is."""
        used = len(self._rooms) * len(WISHES) + self._leaving.qsize()
        return channel_id in self._rooms or used + len(WISHES) <= self._settings.most_subscriptions

    async def close(self) -> None:
        """End the connection, and with it all subscriptions."""
        self._forget_leaving()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await self._leaving.join()
        self._running.cancel()
        await asyncio.wait([self._running])
        await self._reader.helix.close()
        if not self._running.cancelled():
            self._running.result()

    @asynccontextmanager
    async def joined(self, channel_id: str, identity: Identity, keys: Keys) -> AsyncIterator[Inbox]:
        """Yield where what `identity` allows of a room comes in. Raises PortError when Twitch refuses."""
        seat = Seat(keys, _kinds(identity))
        room = self._rooms.setdefault(channel_id, Room())
        room.seats.add(seat)
        try:
            await self._open(channel_id, room, seat)
            yield seat.inbox
        finally:
            room.seats.discard(seat)
            if not room.seats:
                del self._rooms[channel_id]
            self._give_back(room, keys)

    # ── subscriptions ──

    async def _open(self, channel_id: str, room: Room, seat: Seat) -> None:
        """Subscribe to what a reader may hear of and none before it might, in the reader's name."""
        try:
            async with asyncio.timeout(SUBSCRIBE_S), room.opening:
                await asyncio.shield(self._session_id)
                if missing := seat.kinds - room.subscriptions.keys():
                    await self._leaving.join()  # the same, asked for while it is being given up, would be refused
                    helix = self._reader.helix.of(seat.keys)
                    await self._subscribe(channel_id, room, [wish for wish in WISHES if wish.kind in missing], helix)
        except TimeoutError as error:
            raise PortError("Twitch EventSub: not subscribed in time.", retryable=True) from error

    async def _subscribe(self, channel_id: str, room: Room, wishes: Sequence[Wish], helix: Helix) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for wish in wishes:
                    tasks.create_task(self._wish(wish, channel_id, room, helix))
        except BaseExceptionGroup as group:
            raise group.split(PortError)[1] or first(group) from None

    async def _wish(self, wish: Wish, channel_id: str, room: Room, helix: Helix) -> None:
        asked = wish.asked(channel_id, self._reader.user_id, self._session_id.result())
        try:
            room.subscriptions[wish.kind] = await helix.subscribe(asked)
        except Refusal as error:
            if wish.is_needed or error.retryable:
                raise refused(error, self._reader.login) from error
            log.info("twitch.not_subscribed", kind=wish.kind, status=error.status)

    def _give_back(self, room: Room, keys: Keys) -> None:
        """Let what nobody hears any more be ended, in the name of who left."""
        for kind in room.unheard():
            number = room.subscriptions.pop(kind)
            if number and not self.is_over:
                self._leaving.put_nowait((number, keys))

    def _forget_leaving(self) -> None:
        while not self._leaving.empty():
            self._leaving.get_nowait()
            self._leaving.task_done()

    async def _give_up(self) -> None:
        """End the subscriptions that nobody hears any more."""
        while True:
            number, keys = await self._leaving.get()
            try:
                await self._reader.helix.of(keys).unsubscribe(number)
            except PortError as error:
                log.info("twitch.not_unsubscribed", error=str(error))
            finally:
                self._leaving.task_done()

    # ── the connection ──

    async def _run(self) -> None:
        """Listen until the connection breaks or the consent is taken back; every reader is told."""
        trouble = PortError("Twitch EventSub: the connection ended.", retryable=True)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._give_up())
                group.create_task(self._keep_valid())
                group.create_task(self._listen(group))
        except* PortError as troubles:
            trouble = first(troubles)
        finally:
            self._break(trouble)

    def _break(self, trouble: PortError) -> None:
        """Let whoever waits for something know that it will not come."""
        if not self._session_id.done():
            self._session_id.set_exception(trouble)
            self._session_id.exception()  # nobody may be waiting for it
        self._forget_leaving()
        for room in self._rooms.values():
            for seat in room.seats:
                seat.inbox.fail(trouble)

    async def _keep_valid(self) -> None:
        """Look once an hour whether people still consent, as Twitch asks; a reader without a consent is told."""
        while True:
            await asyncio.sleep(self._settings.pace.validate_s)
            valid = set[str]()
            for seat in [seat for room in self._rooms.values() for seat in room.seats]:
                if trouble := await self._consent(seat, valid):
                    seat.inbox.fail(trouble)

    async def _consent(self, seat: Seat, valid: set[str]) -> PortError | None:
        """Return why a reader may not read on, if that is known; `valid` are the tokens that were seen to be."""
        try:
            if await seat.keys.token() in valid:
                return None
            identity = await identify(self._reader.authority, seat.keys)
            if identity.platform_id != self._reader.user_id:
                return PortError("Another Twitch account was chosen to read this chat.", retryable=True)
            valid.add(await seat.keys.token())
        except PortError as error:
            log.info("twitch.not_validated", error=str(error))
            return error if error.permanent else None
        return None

    async def _listen(self, group: asyncio.TaskGroup) -> None:
        link = await open_link(self._settings.eventsub_url, self._settings.pace.patience)
        try:
            self._session_id.set_result(link.session_id)
            while True:
                move = await self._read(link)
                draining = group.create_task(self._drain(link))  # the old connection tells until there is the new one
                link = await open_link(move.url, self._settings.pace.patience)
                asyncio.get_running_loop().call_later(DRAIN_S, draining.cancel)
        finally:
            await link.close()

    async def _read(self, link: Link) -> Move:
        """Tell the rooms what comes, until the connection is to be followed elsewhere. Raises PortError."""
        while True:
            frame = await link.read()
            if isinstance(frame, Move):
                return frame
            if isinstance(frame, Notice):
                self._tell(frame)
            elif isinstance(frame, Revocation):
                self._revoke(frame)
            elif frame is None:
                log.info("twitch.unreadable")

    async def _drain(self, link: Link) -> None:
        try:
            with suppress(PortError):
                while True:
                    await self._read(link)
        finally:
            await link.close()

    def _tell(self, notice: Notice) -> None:
        room = self._rooms.get(notice.channel_id)
        if room is None or not self._once.is_new(notice.message_id):
            return
        try:
            told = parse.items(notice)
        except Unreadable as error:
            log.info("twitch.unreadable", kind=notice.kind, error=str(error))
            return
        new = [item for item in told if not isinstance(item, ActivityReceived) or room.once.is_new(item.message_id)]
        for seat in room.seats:
            if notice.kind in seat.kinds:
                seat.inbox.put(new)

    def _revoke(self, revocation: Revocation) -> None:
        room = self._rooms.get(revocation.channel_id)
        if room is None:
            return
        room.subscriptions.pop(revocation.kind, None)
        if any(wish.is_needed and wish.kind == revocation.kind for wish in WISHES):
            for seat in room.seats:
                seat.inbox.fail(frames.revoked(revocation))


def _kinds(identity: Identity) -> frozenset[str]:
    return frozenset(wish.kind for wish in granted(identity.scopes))
