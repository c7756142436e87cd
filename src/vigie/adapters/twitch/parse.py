"""What Helix and EventSub say -> values and room items. Pure; raises Unreadable for what is not as documented.

Sources: dev.twitch.tv/docs/api/reference, dev.twitch.tv/docs/eventsub/eventsub-subscription-types (read 2026-11).
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vigie.events import (
    ActivityKind,
    ActivityReceived,
    Badge,
    Chatter,
    MessagesRemoved,
    ModeratorActed,
    RoomEnded,
    RoomItem,
)

Object = Mapping[str, Any]

LONGEST_TEXT = 2_000
"""Characters of one message; Twitch allows 500."""
MOST = 10**9
"""Nothing that Twitch counts comes near it."""
ANONYMOUS = Chatter("274598607", "ananonymousgifter", "AnAnonymousGifter")
"""The account by which Twitch itself stands for who gives without a name."""

_LOGIN, _ID = re.compile(r"[a-z0-9_]{1,25}"), re.compile(r"[0-9]{1,20}")
_BADGES = {
    "broadcaster": Badge.BROADCASTER,
    "moderator": Badge.MODERATOR,
    "lead_moderator": Badge.MODERATOR,
    "subscriber": Badge.SUBSCRIBER,
    "founder": Badge.SUBSCRIBER,
    "vip": Badge.VIP,
}
_SUBSCRIPTIONS = {"sub", "resub", "gift_paid_upgrade", "prime_paid_upgrade", "pay_it_forward"}
_GIVEN = "sub"
"""What is given by who gives subscriptions to others."""


class Unreadable(ValueError):
    """Not as documented."""


@dataclass(frozen=True, slots=True)
class Account:
    """A Twitch account."""

    id: str
    login: str


@dataclass(frozen=True, slots=True)
class OnAir:
    """A broadcast that is on air."""

    account: Account
    id: str
    title: str
    viewers: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that EventSub tells of one channel."""

    message_id: str
    at: datetime
    kind: str
    """`channel.chat.message`, `stream.offline`, ..."""
    channel_id: str
    event: Object


def is_login(name: str) -> bool:
    """Return whether an account may be called that: one name that may not makes Helix refuse all of a request."""
    return _LOGIN.fullmatch(name) is not None


def is_id(number: str) -> bool:
    """Return whether an account may have that number."""
    return _ID.fullmatch(number) is not None


# ── Helix ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def rows(body: bytes) -> list[Object]:
    """Return the rows of an answer of Helix."""
    data = loaded(body).get("data")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise Unreadable("an answer without rows")
    return data


def account(row: Object) -> Account:
    """Return an account of GET /users."""
    return Account(text(row, "id"), text(row, "login"))


def on_air(row: Object) -> OnAir | None:
    """Return a broadcast of GET /streams; None for one that Twitch itself says is broken."""
    if row.get("type") != "live":
        return None
    return OnAir(
        Account(text(row, "user_id"), text(row, "user_login")),
        text(row, "id"),
        words(row, "title"),
        number(row, "viewer_count"),
        moment(row, "started_at"),
    )


def loaded(body: bytes | str) -> Object:
    """Return a JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(found, dict):
        raise Unreadable("not an object")
    return found


def text(row: Object, name: str) -> str:
    """Return a text that must be there."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise Unreadable(f"{name} is missing")
    return value


def words(row: Object, name: str) -> str:
    """Return a text that people wrote, empty where there is none; what no database keeps of it is replaced."""
    value = row.get(name)
    found = value if isinstance(value, str) else ""
    return found[:LONGEST_TEXT].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def number(row: Object, name: str) -> int:
    """Return a count that must be there."""
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise Unreadable(f"{name} is not a count")
    return value


def moment(row: Object, name: str) -> datetime:
    """Return a moment, UTC; Twitch writes nine decimals, of which six are kept."""
    try:
        found = datetime.fromisoformat(text(row, name))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{name} is no moment") from error


def inner(row: Object, name: str) -> Object:
    """Return an object inside another, empty where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


# ── EventSub ───────────────────────────────────────────────────────────────────────────────────────────────────────


def items(notice: Notice) -> list[RoomItem]:
    """Return what a notice tells of its room, in order; nothing for kinds that tell nothing."""
    read = _READERS.get(notice.kind)
    return read(notice) if read else []


def _message(notice: Notice) -> list[RoomItem]:
    event = notice.event
    said = ActivityReceived(
        ActivityKind.MESSAGE, text(event, "message_id"), notice.at, chatter(event), text=_written(event)
    )
    if not event.get("cheer"):
        return [said]
    bits = number(inner(event, "cheer"), "bits")
    return [said, ActivityReceived(ActivityKind.GIFT, f"{said.message_id}.bits", notice.at, said.chatter, value=bits)]


def _notification(notice: Notice) -> list[RoomItem]:
    """Return what a notice in the chat stands for; of any other kind, what was written with it.

    Twitch's own sentence (`system_message`) names third persons in the open: it is never kept.
    """
    event, kind = notice.event, text(notice.event, "notice_type")
    if kind == "raid":
        return _activity(notice, ActivityKind.RAID, number(inner(event, "raid"), "viewer_count"))
    if kind == "sub_gift":
        is_told = inner(event, kind).get("community_gift_id")  # already, all together
        return [] if is_told else _activity(notice, ActivityKind.GIFT, 1, given=_GIVEN)
    if kind == "community_sub_gift":
        return _activity(notice, ActivityKind.GIFT, number(inner(event, kind), "total"), given=_GIVEN)
    if kind in _SUBSCRIPTIONS:
        return _activity(notice, ActivityKind.SUBSCRIPTION, 1)
    return _activity(notice, ActivityKind.MESSAGE, 1) if _written(event) else []


def _activity(notice: Notice, kind: ActivityKind, count: int, *, given: str = "") -> list[RoomItem]:
    event, what = notice.event, given or _written(notice.event)
    return [ActivityReceived(kind, text(event, "message_id"), notice.at, chatter(event), text=what, count=count)]


def chatter(event: Object) -> Chatter:
    """Return who wrote."""
    if event.get("chatter_is_anonymous"):
        return ANONYMOUS
    listed = event.get("badges")
    names = [badge.get("set_id") for badge in listed if isinstance(badge, dict)] if isinstance(listed, list) else []
    login = text(event, "chatter_user_login")
    return Chatter(
        text(event, "chatter_user_id"),
        login,
        words(event, "chatter_user_name") or login,
        frozenset(_BADGES[name] for name in names if isinstance(name, str) and name in _BADGES),
    )


def _written(event: Object) -> str:
    return words(inner(event, "message"), "text")


def _follow(notice: Notice) -> list[RoomItem]:
    event, login = notice.event, text(notice.event, "user_login")
    who = Chatter(text(event, "user_id"), login, words(event, "user_name") or login, frozenset({Badge.FOLLOWER}))
    return [ActivityReceived(ActivityKind.FOLLOW, notice.message_id, moment(event, "followed_at"), who)]


def _deleted(notice: Notice) -> list[RoomItem]:
    return [MessagesRemoved(notice.at, message_id=text(notice.event, "message_id"))]


def _cleared_user(notice: Notice) -> list[RoomItem]:
    return [MessagesRemoved(notice.at, chatter_id=text(notice.event, "target_user_id"))]


def _cleared(notice: Notice) -> list[RoomItem]:
    return [MessagesRemoved(notice.at)]


def _moderated(notice: Notice) -> list[RoomItem]:
    event = notice.event
    action = text(event, "action")
    about = inner(event, action) or inner(event, "unban_request") or inner(event, "automod_terms")
    return [
        ModeratorActed(
            notice.message_id,
            notice.at,
            action,
            text(event, "moderator_user_login"),
            target=words(about, "user_login"),
            reason=words(about, "reason") or words(about, "moderator_message"),
            duration_s=_duration_s(about, notice.at),
            target_id=words(about, "user_id"),
        )
    ]


def _duration_s(about: Object, at: datetime) -> float | None:
    if about.get("expires_at"):
        return max(0.0, (moment(about, "expires_at") - at).total_seconds())
    if about.get("wait_time_seconds") is not None:
        return float(number(about, "wait_time_seconds"))
    if about.get("follow_duration_minutes") is not None:
        return 60.0 * number(about, "follow_duration_minutes")
    return None


def _offline(notice: Notice) -> list[RoomItem]:
    return [RoomEnded(notice.at, "Twitch says that the broadcast is over.")]


_READERS: dict[str, Callable[[Notice], list[RoomItem]]] = {
    "channel.chat.message": _message,
    "channel.chat.notification": _notification,
    "channel.chat.message_delete": _deleted,
    "channel.chat.clear_user_messages": _cleared_user,
    "channel.chat.clear": _cleared,
    "channel.follow": _follow,
    "channel.moderate": _moderated,
    "stream.offline": _offline,
}
