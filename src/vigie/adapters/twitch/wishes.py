"""What a room is subscribed to, and what a person must allow for it. Pure.

Not among it: `channel.raid`, which tells what `channel.chat.notification` tells as well, and counts against the ten
channels without a consent of their own that an account may follow; and `stream.online`, since the probe tells that.
Source: dev.twitch.tv/docs/eventsub/eventsub-subscription-types (read 2026-11).
"""

from collections.abc import Collection
from dataclasses import dataclass

from vigie.adapters.twitch.parse import Object

READ_CHAT = "user:read:chat"


@dataclass(frozen=True, slots=True)
class Wish:
    """A type of subscription."""

    kind: str
    version: str = "1"
    reader: str = ""
    """The condition that names the account which reads."""
    scopes: tuple[frozenset[str], ...] = ()
    """One of each set is needed."""
    is_needed: bool = False
    """Without it there is no room."""

    def asked(self, channel_id: str, reader_id: str, session_id: str) -> Object:
        """Return the body of the request for it."""
        reader = {self.reader: reader_id} if self.reader else {}
        return {
            "type": self.kind,
            "version": self.version,
            "condition": {"broadcaster_user_id": channel_id, **reader},
            "transport": {"method": "websocket", "session_id": session_id},
        }


def _chat(kind: str) -> Wish:
    return Wish(f"channel.chat.{kind}", reader="user_id", scopes=(frozenset({READ_CHAT}),), is_needed=True)


def _read_or_manage(what: str) -> frozenset[str]:
    return frozenset({f"moderator:read:{what}", f"moderator:manage:{what}"})


_MODERATE = (
    *map(_read_or_manage, ("blocked_terms", "chat_settings", "unban_requests")),
    *map(_read_or_manage, ("banned_users", "chat_messages", "warnings")),
    *(frozenset({"moderator:read:moderators"}), frozenset({"moderator:read:vips"})),
)
WISHES = (
    *map(_chat, ("message", "message_delete", "clear", "clear_user_messages", "notification")),
    Wish("stream.offline"),
    Wish("channel.moderate", "2", "moderator_user_id", _MODERATE),
    Wish("channel.follow", "2", "moderator_user_id", (frozenset({"moderator:read:followers"}),)),
)


def granted(scopes: Collection[str]) -> list[Wish]:
    """Return what a person's consent allows."""
    return [wish for wish in WISHES if all(some & frozenset(scopes) for some in wish.scopes)]
