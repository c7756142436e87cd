"""EventSub over WebSockets: sessions that outlive their sockets (https://dev.twitch.tv/docs/eventsub/handling-websocket-events)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from vigie.simulators.twitch.messages import Message, notification, revocation
from vigie.simulators.twitch.world import World


class Outlet(Protocol):
    """The socket of a session."""

    def put(self, message: Message) -> None:
        """Write a message when its turn comes. Safe to call from any thread."""
        ...


@dataclass(eq=False, slots=True)
class Subscription:
    """Something a session hears of."""

    subscription_id: str
    kind: str
    version: str
    condition: Mapping[str, str]
    session: "Session"
    user_id: str
    """Whose token asked for it."""
    cost: int = 0
    created_at: datetime | None = None
    status: str = "enabled"

    def told(self) -> dict[str, Any]:
        """Return it as Twitch tells it."""
        connected_at = precise(self.session.connected_at)
        return {
            "id": self.subscription_id,
            "status": self.status,
            "type": self.kind,
            "version": self.version,
            "condition": dict(self.condition),
            "created_at": precise(self.created_at),
            "transport": {
                "method": "websocket",
                "session_id": self.session.session_id,
                "connected_at": connected_at,
            },
            "cost": self.cost,
        }

    def facets(self) -> dict[str, set[str]]:
        """Return what lists can be filtered by."""
        return {
            "type": {self.kind},
            "status": {self.status},
            "user_id": set(self.condition.values()),
            "subscription_id": {self.subscription_id},
        }

    def hears(self, kind: str, about: Mapping[str, str]) -> bool:
        """Tell whether an event about these users is for it."""
        return kind == self.kind and all(about.get(name, value) == value for name, value in self.condition.items())


@dataclass(eq=False, slots=True)
class Session:
    """What a client has after its welcome; a reconnect gives it another socket."""

    session_id: str
    connected_at: datetime
    keepalive_s: int
    outlet: Outlet | None = None
    """None once it is over."""
    user_id: str = ""
    subscriptions: list[Subscription] = field(default_factory=list)

    @property
    def is_connected(self) -> bool:
        """Tell whether it has a socket."""
        return self.outlet is not None

    def add(self, subscription: Subscription) -> None:
        """Let it hear of something."""
        self.user_id = subscription.user_id
        self.subscriptions.append(subscription)

    def remove(self, subscription: Subscription) -> None:
        """Let it hear of something no more."""
        self.subscriptions.remove(subscription)


class Sessions:
    """Every session of a server. Whoever calls holds the lock of its world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}

    def open(self, keepalive_s: int) -> Session:
        """Return a new session, which has no socket yet."""
        session = Session(f"AgoQ{self._world.new_id().replace('-', '')}EgZjZWxsLWM", self._world.now(), keepalive_s)
        self._sessions[session.session_id] = session
        return session

    def find(self, session_id: str) -> Session | None:
        """Return a session, over or not."""
        return self._sessions.get(session_id)

    def connected(self) -> list[Session]:
        """Return those that have a socket, oldest first."""
        return [session for session in self._sessions.values() if session.is_connected]

    def of_user(self, user_id: str) -> list[Subscription]:
        """Return what a user's tokens subscribed to on sessions that are not over."""
        return [one for session in self.connected() for one in session.subscriptions if one.user_id == user_id]

    def publish(self, kind: str, about: Mapping[str, str], event: Mapping[str, Any]) -> None:
        """Notify whoever subscribed."""
        for session in self.connected():
            for one in session.subscriptions:
                if one.hears(kind, about) and session.outlet:
                    message = notification(
                        self._world.new_id(), self._world.now(), subscription=one.told(), event=dict(event)
                    )
                    session.outlet.put(message)

    def revoke(self, user_id: str, *, status: str, kind: str = "") -> int:
        """End the subscriptions that a user's tokens asked for, or about the user, say why, and return how many."""
        revoked = 0
        for session in self.connected():
            for one in list(session.subscriptions):
                touched = one.user_id == user_id or user_id in one.condition.values()
                if touched and kind in {"", one.kind} and session.outlet:
                    one.status = status
                    session.remove(one)
                    session.outlet.put(revocation(self._world.new_id(), self._world.now(), subscription=one.told()))
                    revoked += 1
        return revoked


def precise(at: datetime | None) -> str:
    """Return a moment as EventSub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else ""
