"""One broadcaster on the simulated TikTok: the account, its open connections, and what is remembered of its live."""

from collections import deque
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from itertools import count
from threading import Condition
from typing import Protocol

from vigie.simulators.tiktok.accounts import Account, State
from vigie.simulators.tiktok.faults import BREAKING, FRAMED, Fault, Faults, Kind
from vigie.simulators.tiktok.frames import Frame, corrupt_frame, garbage_frame
from vigie.simulators.tiktok.happenings import (
    Action,
    Broken,
    Control,
    Happening,
    Like,
    MessageKind,
    Unknown,
    ViewerCount,
)
from vigie.simulators.tiktok.messages import Message, Stamp, write

REMEMBERED = 50
"""Comments that a live can replay."""


class Listener(Protocol):
    """An open push connection, as its room sees it."""

    def offer(self, frame: Frame) -> None:
        """Send a frame in its turn."""
        ...

    def strike(self, fault: Fault) -> None:
        """Break in the way of the fault, after what was offered before."""
        ...


class Room:
    """Safe to use from any thread."""

    def __init__(self, account: Account, *, everywhere: Faults, ids: "count[int]", now_ms: Callable[[], int]) -> None:
        self.account = account
        self.faults = Faults()
        self.viewers = 0
        self.likes = 0
        self._everywhere = everywhere
        self._ids = ids
        self._now_ms = now_ms
        self._log_ids = count(1)
        self._lock = Condition()
        self._listeners: list[Listener] = []
        self._remembered: deque[Message] = deque(maxlen=REMEMBERED)

    @property
    def connections(self) -> int:
        """How many push connections are open."""
        return len(self._listeners)

    def wait_for(self, connections: int, timeout_s: float) -> None:
        """Return once so many are open. Raises TimeoutError."""
        with self._lock:
            if not self._lock.wait_for(lambda: len(self._listeners) == connections, timeout_s):
                raise TimeoutError(f"@{self.account.handle} has {len(self._listeners)} connections, not {connections}.")

    def publish(
        self, happenings: Sequence[Happening], *, message_id: int | None = None, at_ms: int | None = None
    ) -> list[int]:
        """Tell all connections in one frame; return the ids of the messages.

        `message_id` is that of the first, the next ones count on from it.
        """
        first = count(message_id) if message_id is not None else self._ids
        with self._lock:
            at_ms = self._now_ms() if at_ms is None else at_ms
            messages = tuple(write(it, Stamp(next(first), self.account.room_id, at_ms)) for it in happenings)
            self._remember(happenings, messages)
            for frame in self._framed(messages) if self._listeners else ():
                for listener in self._listeners:
                    listener.offer(frame)
        return [message.message_id for message in messages]

    def change(self, **changes: object) -> None:
        """Replace parts of the account."""
        with self._lock:
            self.account = replace(self.account, **changes)  # type: ignore[arg-type] # the caller names fields

    def begin(self, room_id: int) -> None:
        """Start another live; connections to the one before are closed."""
        with self._lock:
            for listener in self._listeners:
                listener.strike(Fault(Kind.CLOSE, code=1000))
            self.change(state=State.LIVE, room_id=room_id)
            self._remembered.clear()
            self.viewers = self.likes = 0

    def enter(self, listener: Listener, history: int) -> None:
        """Let a connection listen; it first gets the last comments."""
        with self._lock:
            self._listeners.append(listener)
            self._lock.notify_all()
            is_replay = self._taken({Kind.REPLAY}) is not None
            wanted = REMEMBERED if is_replay else history
            past = tuple(self._remembered)[max(0, len(self._remembered) - wanted) :]
            if past:
                listener.offer(Frame(next(self._log_ids), past, is_history=not is_replay))
            if self.account.state is State.OFFLINE:
                listener.offer(Frame(next(self._log_ids), (self._written(Control(Action.ENDED)),)))
            fault = self._taken(BREAKING)
        if fault:
            listener.strike(fault)

    def leave(self, listener: Listener) -> None:
        """Forget a connection."""
        with self._lock:
            self._listeners.remove(listener)
            self._lock.notify_all()

    def strike(self, fault: Fault) -> None:
        """Let something go wrong: with the open connections at once, or from now on."""
        if fault.kind not in BREAKING:
            self.faults.add(fault)
            return
        if fault.times:
            self.faults.add(fault)
        with self._lock:
            struck = list(self._listeners)
        for listener in struck:
            listener.strike(fault)

    def _taken(self, kinds: Container[Kind]) -> Fault | None:
        def is_one(fault: Fault) -> bool:
            return fault.kind in kinds

        return self.faults.take(is_one) or self._everywhere.take(is_one)

    def _remember(self, happenings: Sequence[Happening], messages: Sequence[Message]) -> None:
        self._remembered.extend(message for message in messages if message.kind is MessageKind.COMMENT)
        for happening in happenings:
            if isinstance(happening, ViewerCount):
                self.viewers = happening.now
            elif isinstance(happening, Like):
                self.likes = max(self.likes + happening.count, happening.total)

    def _framed(self, messages: tuple[Message, ...]) -> list[Frame]:
        """Return what is sent for some messages: usually one frame."""
        fault = self._taken(FRAMED)
        kind = fault.kind if fault else None
        if kind in {Kind.UNKNOWN, Kind.BROKEN}:
            messages = (*messages, self._written(Unknown() if kind is Kind.UNKNOWN else Broken()))
        sent = [Frame(next(self._log_ids), messages, is_plain=kind is Kind.PLAIN)]
        if kind is Kind.DUPLICATE:
            return [*sent, Frame(next(self._log_ids), messages)]
        if kind is Kind.CORRUPT:
            return [corrupt_frame(next(self._log_ids)), *sent]
        return [garbage_frame(), *sent] if kind is Kind.GARBAGE else sent

    def _written(self, happening: Happening) -> Message:
        return write(happening, Stamp(next(self._ids), self.account.room_id, self._now_ms()))
