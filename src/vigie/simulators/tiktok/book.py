"""What was asked and what was handed over: the books that tests compare a client's own account with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from vigie.simulators.tiktok.faults import Kind, Route
from vigie.simulators.tiktok.frames import Frame
from vigie.simulators.tiktok.happenings import MessageKind


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that arrived."""

    route: Route
    handles: tuple[str, ...]
    """Whom it is about; empty where nobody known was named."""
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(repr=False)
    """In lower case."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that was written to a push connection."""

    message_id: int
    kind: MessageKind
    connection: str
    """Address and port of the client, and a number: no two connections have the same."""
    log_id: int
    """Of the frame: what the client acknowledges."""
    is_history: bool = False


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A push connection that was broken on purpose: from then on it brought nothing."""

    kind: Kind
    connection: str
    at: datetime


class Book:
    """Written by the server, read by tests. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: list[Asked] = []
        self._delivered: dict[int, list[Delivered]] = {}
        self._acknowledged: set[tuple[str, int]] = set()
        self._interrupted: dict[int, list[Interrupted]] = {}

    def note(self, asked: Asked) -> None:
        """Write down a request."""
        with self._lock:
            self._asked.append(asked)

    def asked(self) -> list[Asked]:
        """Return all requests in order."""
        with self._lock:
            return list(self._asked)

    def hand_over(self, user_id: int, connection: str, frame: Frame) -> None:
        """Write down what a frame brings to a connection."""
        messages = [
            Delivered(message.message_id, message.kind, connection, frame.log_id, frame.is_history)
            for message in frame.messages
        ]
        with self._lock:
            self._delivered.setdefault(user_id, []).extend(messages)

    def take_back(self, user_id: int, connection: str, frames: Iterable[Frame]) -> None:
        """Strike out what broke before it had left."""
        lost = {(connection, frame.log_id) for frame in frames}
        if not lost:
            return
        with self._lock:
            kept = [it for it in self._delivered.get(user_id, ()) if (it.connection, it.log_id) not in lost]
            self._delivered[user_id] = kept

    def acknowledge(self, connection: str, log_id: int) -> None:
        """Write down that a client has a frame."""
        with self._lock:
            self._acknowledged.add((connection, log_id))

    def delivered(self, user_id: int) -> list[Delivered]:
        """Return what was written of one broadcaster's lives, in order."""
        with self._lock:
            return list(self._delivered.get(user_id, ()))

    def interrupt(self, user_id: int, interrupted: Interrupted) -> None:
        """Write down that a connection was broken."""
        with self._lock:
            self._interrupted.setdefault(user_id, []).append(interrupted)

    def interrupted(self, user_id: int) -> list[Interrupted]:
        """Return how one broadcaster's connections were broken, in order."""
        with self._lock:
            return list(self._interrupted.get(user_id, ()))

    def acknowledged(self, user_id: int) -> list[Delivered]:
        """Return what the clients said to have received of it."""
        with self._lock:
            known = self._acknowledged
            return [it for it in self._delivered.get(user_id, ()) if (it.connection, it.log_id) in known]
