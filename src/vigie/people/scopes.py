"""What Vigie asks a platform to allow, and for what: nothing before it is needed. Names of scopes as Twitch has them.

Source: Twitch's list of scopes, and what its EventSub type `channel.moderate` v2 asks for (2026-02).
"""

from collections.abc import Collection, Mapping

TWITCH = "twitch"
NAMES: Mapping[str, str] = {TWITCH: "Twitch"}
"""Where accounts can be connected, in the order of the page, and what each is called."""

READ_CHAT = "read_chat"
FOLLOW_MODERATION = "follow_moderation"
FIND_CHANNELS = "find_channels"
SEE_AUDIENCE = "see_audience"
SEE_FOLLOWERS = "see_followers"
RESTRICT_ACCOUNTS = "restrict_accounts"
REMOVE_MESSAGES = "remove_messages"
SHIELD = "shield"
ANNOUNCE = "announce"
CLIP = "clip"

SCOPES: Mapping[str, Mapping[str, frozenset[str]]] = {
    TWITCH: {
        READ_CHAT: frozenset({"user:read:chat"}),
        FOLLOW_MODERATION: frozenset(
            {
                "moderator:read:banned_users",
                "moderator:read:blocked_terms",
                "moderator:read:chat_messages",
                "moderator:read:chat_settings",
                "moderator:read:moderators",
                "moderator:read:unban_requests",
                "moderator:read:vips",
                "moderator:read:warnings",
            }
        ),
        FIND_CHANNELS: frozenset({"user:read:moderated_channels"}),
        SEE_AUDIENCE: frozenset({"user:read:moderated_channels", "moderator:read:chatters"}),
        SEE_FOLLOWERS: frozenset({"moderator:read:followers"}),
        RESTRICT_ACCOUNTS: frozenset(
            {"moderator:manage:suspicious_users", "moderator:manage:banned_users", "moderator:manage:warnings"}
        ),
        REMOVE_MESSAGES: frozenset({"moderator:manage:chat_messages"}),
        SHIELD: frozenset({"moderator:manage:shield_mode"}),
        ANNOUNCE: frozenset({"moderator:manage:announcements"}),
        CLIP: frozenset({"clips:edit"}),
    }
}
"""Platform -> purpose -> what the platform must allow for it."""
FIRST: Mapping[str, tuple[str, ...]] = {TWITCH: (READ_CHAT,)}
"""What an account is asked for when it is connected."""
OFFERED: Mapping[str, tuple[str, ...]] = {TWITCH: (READ_CHAT, FOLLOW_MODERATION, SEE_FOLLOWERS)}
"""What this version does with an account, in the order of the page."""


def scopes_for(platform: str, purposes: Collection[str]) -> tuple[str, ...]:
    """Return what to ask a platform for, sorted. Raises KeyError for a purpose it cannot serve."""
    return tuple(sorted(frozenset().union(*(SCOPES[platform][purpose] for purpose in purposes))))


def serves(platform: str, scopes: Collection[str], purpose: str) -> bool:
    """Return whether a platform allows enough for a purpose."""
    return SCOPES[platform][purpose] <= frozenset(scopes)


def unserved(platform: str, scopes: Collection[str], purposes: Collection[str]) -> list[str]:
    """Return the purposes for which a platform does not allow enough, in their order."""
    return [purpose for purpose in purposes if not serves(platform, scopes, purpose)]
