"""One call of Helix: whose it is, what it asks, and how it is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from vigie.simulators.twitch.tokens import Token
from vigie.simulators.twitch.users import TwitchUser
from vigie.simulators.twitch.world import Channel, World

PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


MOST_CURSOR = 64
"""Characters that are read of a cursor: no place and no time is longer."""


class Refusal(Exception):
    """The answer is an error."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}

    def body(self) -> dict[str, object]:
        """Return Twitch's words for it."""
        return {"error": PHRASES.get(self.status, "Error"), "status": self.status, "message": str(self)}


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: a JSON body, or none."""

    body: dict[str, Any] | None
    status: int = 200


@dataclass(frozen=True, slots=True)
class Call:
    """A call with a valid token."""

    world: World
    token: Token
    query: QueryParams
    content: Mapping[str, Any]
    """The JSON body; empty where there is none."""

    def need_user(self) -> TwitchUser:
        """Return whose token it is. Raises Refusal for one of the application."""
        user = self.world.user(self.token.user_id) if self.token.user_id else None
        if user is None:
            raise Refusal(401, "Missing User OAUTH Token")
        return user

    def need_scope(self, *scopes: str) -> None:
        """Raise Refusal unless the token has one of the scopes."""
        self.need_user()
        if not set(scopes) & set(self.token.scopes):
            raise Refusal(401, f"Missing scope: {' or '.join(scopes)}")

    def need(self, name: str) -> str:
        """Return a parameter. Raises Refusal where it is missing."""
        value = self.query.get(name, "")
        if not value:
            raise Refusal(400, f'Missing required parameter "{name}"')
        return value

    def need_moderator(self, *scopes: str) -> tuple[TwitchUser, Channel]:
        """Return the channel of `broadcaster_id`, which the token's user moderates. Raises Refusal otherwise."""
        self.need_scope(*scopes)
        broadcaster, moderator_id = self.need("broadcaster_id"), self.need("moderator_id")
        if moderator_id != self.token.user_id:
            raise Refusal(401, "The ID in moderator_id must match the user ID found in the request's OAuth token.")
        user, channel = self.need_channel(broadcaster)
        if moderator_id != broadcaster and moderator_id not in channel.moderators:
            raise Refusal(403, "The user in moderator_id is not one of the broadcaster's moderators.")
        return user, channel

    def need_channel(self, broadcaster_id: str) -> tuple[TwitchUser, Channel]:
        """Return a channel. Raises Refusal for ids that are nobody's."""
        user = self.world.user(broadcaster_id)
        if user is None or broadcaster_id not in self.world.channels:
            raise Refusal(400, "The ID in broadcaster_id is not valid.")
        return user, self.world.channels[broadcaster_id]

    def many(self, *names: str) -> list[str]:
        """Return the values of repeated parameters, at most 100 together. Raises Refusal for more."""
        values = [value for name in names for value in self.query.getlist(name)]
        if len(values) > 100:
            raise Refusal(400, f"The request may name at most 100 of: {', '.join(names)}.")
        return values

    def first(self, *, most: int, usual: int) -> int:
        """Return how many rows a page has. Raises Refusal for what is out of range."""
        text = self.query.get("first", str(usual))
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
            raise Refusal(400, f'The parameter "first" was malformed: the value must be between 1 and {most}')
        return int(text)


def page_of(call: Call, rows: Sequence[dict[str, Any]], *, most: int = 100, usual: int = 20) -> dict[str, Any]:
    """Return the page of `rows` that a call asks for, and how to ask for the next: `{}` on the last one."""
    from_row, count = start_of(call), call.first(most=most, usual=usual)
    return {"data": list(rows[from_row : from_row + count]), "pagination": cursor(call, from_row + count, len(rows))}


def start_of(call: Call) -> int:
    """Return the row at which the page of a call begins. Raises Refusal for cursors that are not good (any more)."""
    after = call.query.get("after", "")
    if not after:
        return 0
    try:
        row, made_s = (int(part, 36) for part in after[:MOST_CURSOR].removeprefix("eyJ").split("-"))
    except ValueError:
        raise Refusal(400, 'The parameter "after" was malformed: the cursor is not valid') from None
    if call.world.now().timestamp() - made_s > call.world.settings.cursor_life_s:
        raise Refusal(400, 'The parameter "after" was malformed: the cursor has expired')
    return row


def cursor(call: Call, next_row: int, total: int) -> dict[str, str]:
    """Return how the next page is asked for; nothing after the last."""
    if next_row >= total:
        return {}
    return {"cursor": f"eyJ{_base36(next_row)}-{_base36(int(call.world.now().timestamp()))}"}


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
