"""The frames of an EventSub WebSocket, and what its close codes mean. Pure.

Sources: dev.twitch.tv/docs/eventsub/websocket-reference and .../handling-websocket-events (read 2026-11).
"""

from dataclasses import dataclass, field

from vigie.adapters.twitch.parse import Notice, Object, Unreadable, inner, loaded, moment, text
from vigie.ports import PortError

SHORTEST_KEEPALIVE_S, LONGEST_KEEPALIVE_S = 1.0, 600.0
CLOSED = {
    4000: "Twitch has trouble of its own.",
    4001: "Twitch was sent what it did not ask for.",
    4002: "Twitch got no answer to a ping.",
    4003: "nothing was subscribed to in time.",
    4004: "Twitch moved the connection, and was not followed in time.",
    4005: "Twitch had to wait too long.",
    4006: "the network between us broke.",
    4007: "Twitch does not know the address it gave.",
}


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first frame of a connection."""

    session_id: str = field(repr=False)
    keepalive_s: float
    """So often a frame comes, whatever happens."""


@dataclass(frozen=True, slots=True)
class Keepalive:
    """Nothing happened."""


@dataclass(frozen=True, slots=True)
class Move:
    """The connection is to be followed to another address, within 30 s."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Revocation:
    """A subscription is over."""

    kind: str
    channel_id: str
    status: str
    """`authorization_revoked`, `user_removed`, `version_removed`, `moderator_removed`, `chat_user_banned`."""


Frame = Welcome | Keepalive | Move | Revocation | Notice


def read(said: str | bytes) -> Frame:
    """Return what a frame says. Raises Unreadable."""
    frame = loaded(said)
    metadata, payload = inner(frame, "metadata"), inner(frame, "payload")
    subscription, session = inner(payload, "subscription"), inner(payload, "session")
    kind = text(metadata, "message_type")
    if kind == "notification":
        return Notice(
            text(metadata, "message_id"),
            moment(metadata, "message_timestamp"),
            text(subscription, "type"),
            _channel(subscription),
            inner(payload, "event"),
        )
    if kind == "session_keepalive":
        return Keepalive()
    if kind == "session_welcome":
        return Welcome(text(session, "id"), _keepalive_s(session))
    if kind == "session_reconnect":
        return Move(text(session, "reconnect_url"))
    if kind == "revocation":
        return Revocation(text(subscription, "type"), _channel(subscription), text(subscription, "status"))
    raise Unreadable("an unknown kind of frame")


def _channel(subscription: Object) -> str:
    return text(inner(subscription, "condition"), "broadcaster_user_id")


def _keepalive_s(session: Object) -> float:
    told = session.get("keepalive_timeout_seconds")
    if not isinstance(told, int | float) or not SHORTEST_KEEPALIVE_S <= told <= LONGEST_KEEPALIVE_S:
        raise Unreadable("keepalive_timeout_seconds is out of range")
    return float(told)


def closed(code: int | None) -> PortError:
    """Return what it means that a connection was closed; every one may be opened again."""
    reason = CLOSED.get(code or 0, f"the connection broke ({code or 1006}).")
    return PortError(f"Twitch EventSub: {reason}", retryable=True)


REVOKED = {
    "authorization_revoked": "the person took back their consent: connect the Twitch account again.",
    "user_removed": "the account is gone.",
    "chat_user_banned": "the connected account is banned from this chat.",
}


def revoked(revocation: Revocation) -> PortError:
    """Return what it means for a room that it is told no more."""
    reason = REVOKED.get(revocation.status, f"it tells no more ({revocation.status}).")
    return PortError(f"Twitch ends {revocation.kind}: {reason}", permanent=True)
