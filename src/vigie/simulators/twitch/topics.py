"""What can be subscribed to, and who may (https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types)."""

from dataclasses import dataclass

Scopes = tuple[frozenset[str], ...]


def _either(kind: str) -> frozenset[str]:
    return frozenset({f"moderator:read:{kind}", f"moderator:manage:{kind}"})


CHAT = (frozenset({"user:read:chat"}),)
KINDS = "blocked_terms chat_settings unban_requests banned_users chat_messages warnings"
MODERATE = (
    *map(_either, KINDS.split()),
    frozenset({"moderator:read:moderators"}),
    frozenset({"moderator:read:vips"}),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A type of subscription in one version."""

    condition: frozenset[str]
    """Every field that must be there; of a raid, one of them."""
    scopes: Scopes = ()
    """One of each set is needed."""

    def lacks(self, scopes: tuple[str, ...]) -> bool:
        """Tell whether a token with these scopes may not have it."""
        return any(not needed & set(scopes) for needed in self.scopes)


_BROADCASTER = frozenset({"broadcaster_user_id"})
_READER = _BROADCASTER | {"user_id"}
_MODERATOR = _BROADCASTER | {"moderator_user_id"}
RAID = frozenset({"from_broadcaster_user_id", "to_broadcaster_user_id"})

TOPICS = {
    ("stream.online", "1"): Topic(_BROADCASTER),
    ("stream.offline", "1"): Topic(_BROADCASTER),
    ("channel.update", "2"): Topic(_BROADCASTER),
    ("channel.raid", "1"): Topic(RAID),
    ("channel.chat.message", "1"): Topic(_READER, CHAT),
    ("channel.chat.message_delete", "1"): Topic(_READER, CHAT),
    ("channel.chat.clear", "1"): Topic(_READER, CHAT),
    ("channel.chat.clear_user_messages", "1"): Topic(_READER, CHAT),
    ("channel.chat.notification", "1"): Topic(_READER, CHAT),
    ("channel.follow", "2"): Topic(_MODERATOR, (frozenset({"moderator:read:followers"}),)),
    ("channel.moderate", "2"): Topic(_MODERATOR, MODERATE),
    ("channel.shield_mode.begin", "1"): Topic(_MODERATOR, (_either("shield_mode"),)),
    ("channel.shield_mode.end", "1"): Topic(_MODERATOR, (_either("shield_mode"),)),
    ("channel.suspicious_user.update", "1"): Topic(_MODERATOR, (frozenset({"moderator:read:suspicious_users"}),)),
}
