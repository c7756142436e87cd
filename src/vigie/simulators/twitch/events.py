"""The payloads of EventSub's events (https://dev.twitch.tv/docs/eventsub/eventsub-reference)."""

import re
from collections.abc import Sequence
from typing import Any

from vigie.simulators.twitch.users import TwitchUser

COLORS = ("#FF4500", "#2E8B57", "#5F9EA0", "#DAA520", "#1E90FF", "#8A2BE2", "")
BADGES = {"broadcaster": "1", "moderator": "1", "vip": "1", "subscriber": "12", "founder": "0", "bits": "100"}
SOURCE = {
    "source_broadcaster_user_id": None,
    "source_broadcaster_user_login": None,
    "source_broadcaster_user_name": None,
    "source_message_id": None,
    "source_badges": None,
}
_NOTICES = """
sub resub sub_gift community_sub_gift gift_paid_upgrade prime_paid_upgrade raid unraid pay_it_forward
announcement bits_badge_tier charity_donation shared_chat_sub shared_chat_resub shared_chat_sub_gift
shared_chat_community_sub_gift shared_chat_gift_paid_upgrade shared_chat_prime_paid_upgrade
shared_chat_raid shared_chat_pay_it_forward shared_chat_announcement
"""
NOTICES = _NOTICES.split()
_MODERATED = """
followers slow vip unvip mod unmod ban unban timeout untimeout raid unraid delete automod_terms
unban_request warn shared_chat_ban shared_chat_unban shared_chat_timeout shared_chat_untimeout
shared_chat_delete
"""
MODERATED = _MODERATED.split()
_WORD = re.compile(r"(@\w+)")


def named(user: TwitchUser, role: str = "broadcaster") -> dict[str, str]:
    """Return how events name somebody: `broadcaster_user_id`, ..."""
    return user.labels(f"{role}_user" if role else "user")


def badges(names: Sequence[str]) -> list[dict[str, str]]:
    """Return the badges of a chatter. Raises KeyError for unknown ones."""
    months = {"subscriber": "14"}
    return [{"set_id": name, "id": BADGES[name], "info": months.get(name, "")} for name in names]


def message(text: str) -> dict[str, Any]:
    """Return a text in fragments: mentions (`@somebody`) stand apart."""
    fragments = []
    for piece in filter(None, _WORD.split(text)):
        login = piece[1:].lower()
        mention = {"user_id": "0", "user_login": login, "user_name": piece[1:]} if _WORD.fullmatch(piece) else None
        kind = "mention" if mention else "text"
        fragments.append({"type": kind, "text": piece, "cheermote": None, "emote": None, "mention": mention})
    return {"text": text, "fragments": fragments}


def chat_message(
    broadcaster: TwitchUser, chatter: TwitchUser, *, message_id: str, text: str, badge: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a `channel.chat.message`."""
    return {
        **named(broadcaster),
        **named(chatter, "chatter"),
        "message_id": message_id,
        "message": message(text),
        "color": color(chatter),
        "badges": badges(badge),
        "message_type": "text",
        "cheer": None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
        **SOURCE,
        "is_source_only": None,
    }


def chat_notification(
    broadcaster: TwitchUser, chatter: TwitchUser, *, message_id: str, text: str, notice: tuple[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return a `channel.chat.notification`: `notice` is its type and what only that type has."""
    kind, detail = notice
    return {
        **named(broadcaster),
        **named(chatter, "chatter"),
        "chatter_is_anonymous": False,
        "color": color(chatter),
        "badges": [],
        "system_message": f"{chatter.name}: {kind}",
        "message_id": message_id,
        "message": message(text),
        "notice_type": kind,
        **dict.fromkeys(NOTICES),
        kind: detail,
        **SOURCE,
    }


def moderation(
    broadcaster: TwitchUser, moderator: TwitchUser, *, action: str, detail: dict[str, Any] | None
) -> dict[str, Any]:
    """Return a `channel.moderate` in version 2: `detail` is what only that action has."""
    told = {action: detail} if action in MODERATED else {}
    return {
        **named(broadcaster),
        **dict.fromkeys(f"source_{key}" for key in named(broadcaster)),
        **named(moderator, "moderator"),
        "action": action,
        **dict.fromkeys(MODERATED),
        **told,
    }


def raid(source: TwitchUser, target: TwitchUser, *, viewers: int) -> dict[str, Any]:
    """Return a `channel.raid`."""
    return {**named(source, "from_broadcaster"), **named(target, "to_broadcaster"), "viewers": viewers}


def update(broadcaster: TwitchUser, *, title: str, language: str, game: tuple[str, str]) -> dict[str, Any]:
    """Return a `channel.update`."""
    return {
        **named(broadcaster),
        "title": title,
        "language": language,
        "category_id": game[0],
        "category_name": game[1],
        "content_classification_labels": [],
    }


def suspicion(broadcaster: TwitchUser, moderator: TwitchUser, target: TwitchUser, *, status: str) -> dict[str, Any]:
    """Return a `channel.suspicious_user.update`: `active_monitoring`, `restricted` or `none`."""
    return {**named(broadcaster), **named(moderator, "moderator"), **target.labels(), "low_trust_status": status}


def color(user: TwitchUser) -> str:
    """Return the color of somebody's name; some never chose one."""
    return COLORS[sum(user.user_id.encode()) % len(COLORS)]
