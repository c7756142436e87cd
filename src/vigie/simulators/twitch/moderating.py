"""What moderators do over Helix (https://dev.twitch.tv/docs/api/reference)."""

from datetime import timedelta
from typing import Any

from vigie.simulators.twitch.acts import Act
from vigie.simulators.twitch.calls import Call, Refusal, Reply
from vigie.simulators.twitch.happenings import NO_TREATMENT, Happenings
from vigie.simulators.twitch.users import TwitchUser, rfc3339
from vigie.simulators.twitch.world import Channel, Clip

LONGEST_S = 1_209_600
"""Of a timeout: two weeks."""
SHORTEST_CLIP_S, LONGEST_CLIP_S = 5.0, 60.0
DELETABLE = timedelta(hours=6)
BETWEEN_ANNOUNCEMENTS = timedelta(seconds=2)
COLORS = {"blue", "green", "orange", "purple", "primary"}
TREATMENTS = {"ACTIVE_MONITORING", "RESTRICTED"}
NO_DATE = "1970-01-01T00:00:00Z"


class Moderating:
    """Answers the calls that change something on a channel."""

    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings

    # ── bans, warnings ──

    def ban(self, call: Call) -> Reply:
        """Ban somebody, or for a time. Raises Refusal."""
        user, channel = call.need_moderator("moderator:manage:banned_users")
        data = _data(call)
        target, reason = _whom(call, data), _reason(data)
        if target.user_id == user.user_id or target.user_id in channel.moderators:
            raise Refusal(400, "The user specified in the user_id field may not be banned.")
        if _is_banned(call, channel, target) and not data.get("duration"):
            raise Refusal(400, "The user specified in the user_id field is already banned.")
        act = _ban_act(call, target, reason, data.get("duration"))
        self._happenings.moderate(user.login, act)
        made = channel.bans[target.user_id]
        row = {
            "broadcaster_id": user.user_id,
            "moderator_id": call.token.user_id,
            "user_id": target.user_id,
            "created_at": rfc3339(made.created_at),
            "end_time": rfc3339(made.ends_at) if made.ends_at else None,
        }
        return Reply({"data": [row]})

    def unban(self, call: Call) -> Reply:
        """Let somebody write again. Raises Refusal."""
        user, channel = call.need_moderator("moderator:manage:banned_users")
        target = call.world.user(call.need("user_id"))
        if target is None or not _is_banned(call, channel, target):
            raise Refusal(400, "The user specified in the user_id query parameter is not banned.")
        action = "untimeout" if channel.bans[target.user_id].ends_at else "unban"
        self._happenings.moderate(user.login, Act(action, target.login, call.need_user().login))
        return Reply(None, 204)

    def warn(self, call: Call) -> Reply:
        """Warn somebody, who must agree before they write again. Raises Refusal."""
        user, _ = call.need_moderator("moderator:manage:warnings")
        data = _data(call)
        target, reason = _whom(call, data), _reason(data)
        if not reason:
            raise Refusal(400, "The reason field is required.")
        self._happenings.moderate(user.login, Act("warn", target.login, call.need_user().login, reason))
        row = {
            "broadcaster_id": user.user_id,
            "user_id": target.user_id,
            "moderator_id": call.token.user_id,
            "reason": reason,
        }
        return Reply({"data": [row]})

    # ── the chat ──

    def delete(self, call: Call) -> Reply:
        """Delete a message; all of them where none is named. Raises Refusal."""
        user, channel = call.need_moderator("moderator:manage:chat_messages")
        message_id, moderator = call.query.get("message_id", ""), call.need_user().login
        if not message_id:
            self._happenings.moderate(user.login, Act("clear", moderator=moderator))
            return Reply(None, 204)
        said = channel.said.get(message_id)
        if said is None or call.world.now() - said.at > DELETABLE:
            raise Refusal(404, "The ID in message_id was not found, or the message is more than 6 hours old.")
        if said.chatter_id == user.user_id or said.chatter_id in channel.moderators - {call.token.user_id}:
            raise Refusal(400, "You may not delete the broadcaster's or another moderator's messages.")
        self._happenings.moderate(user.login, Act("delete", moderator=moderator, message_id=message_id))
        return Reply(None, 204)

    def announce(self, call: Call) -> Reply:
        """Announce something: up to 500 characters are kept, one announcement in 2 s. Raises Refusal."""
        user, channel = call.need_moderator("moderator:manage:announcements")
        text, color = str(call.content.get("message", "")), call.content.get("color", "primary")
        if not text or str(color) not in COLORS:
            raise Refusal(400, "The message field must not be empty, and the color must be a valid one.")
        now = call.world.now()
        if channel.announced_at and now - channel.announced_at < BETWEEN_ANNOUNCEMENTS:
            raise Refusal(429, "The sender has exceeded the number of announcements.")
        channel.announced_at, detail = now, {"color": str(color).upper()}
        login = call.need_user().login
        self._happenings.notice(user.login, login, "announcement", text=text[:500], detail=detail)
        return Reply(None, 204)

    # ── shield mode, suspicious users ──

    def get_shield(self, call: Call) -> Reply:
        """Answer whether a channel is locked down. Raises Refusal."""
        _, channel = call.need_moderator("moderator:read:shield_mode", "moderator:manage:shield_mode")
        return _shield(call, channel)

    def put_shield(self, call: Call) -> Reply:
        """Lock a channel down, or open it. Raises Refusal."""
        user, channel = call.need_moderator("moderator:manage:shield_mode")
        is_active = call.content.get("is_active")
        if not isinstance(is_active, bool):
            raise Refusal(400, "The is_active field is required.")
        self._happenings.shield(user, call.need_user(), is_active=is_active)
        return _shield(call, channel)

    def suspect(self, call: Call) -> Reply:
        """Have somebody's messages watched or held back. Raises Refusal."""
        user, _ = call.need_moderator("moderator:manage:suspicious_users")
        target, status = _whom(call, call.content), call.content.get("status")
        if str(status) not in TREATMENTS:
            raise Refusal(400, "The status must be ACTIVE_MONITORING or RESTRICTED.")
        self._happenings.suspect(user, call.need_user(), target, status=str(status))
        return _suspicion(call, user, target, str(status))

    def trust(self, call: Call) -> Reply:
        """End it. Raises Refusal."""
        user, _ = call.need_moderator("moderator:manage:suspicious_users")
        target = _whom(call, call.query)
        if not self._happenings.suspect(user, call.need_user(), target, status=NO_TREATMENT):
            raise Refusal(400, "The status update is not allowed for this user.")
        return _suspicion(call, user, target, NO_TREATMENT)

    # ── clips ──

    @staticmethod
    def clip(call: Call) -> Reply:
        """Cut out the last seconds of a broadcast. Raises Refusal."""
        call.need_scope("clips:edit")
        user, channel = call.need_channel(call.need("broadcaster_id"))
        if channel.stream is None:
            raise Refusal(404, "Clipping is not possible for an offline channel.")
        clip_id = f"Simulated{call.world.new_id().replace('-', '')}"
        title, duration_s = call.query.get("title") or channel.title, _clip_s(call)
        channel.clips[clip_id] = Clip(clip_id, call.token.user_id, title, call.world.now(), duration_s)
        edit_url = f"https://clips.twitch.tv/{user.login}/{clip_id}/edit"
        return Reply({"data": [{"id": clip_id, "edit_url": edit_url}]}, 202)


def _data(call: Call) -> dict[str, Any]:
    data = call.content.get("data")
    if not isinstance(data, dict):
        raise Refusal(400, "The data field is required.")
    return data


def _whom(call: Call, data: Any) -> TwitchUser:
    user_id = str(data.get("user_id", ""))
    target = call.world.user(user_id)
    if target is None:
        raise Refusal(400, "The user_id field is required." if not user_id else "The ID in user_id was not found.")
    return target


def _reason(data: dict[str, Any]) -> str:
    reason = str(data.get("reason") or "")
    if len(reason) > 500:
        raise Refusal(400, "The text in the reason field is too long.")
    return reason


def _ban_act(call: Call, target: TwitchUser, reason: str, duration_s: object) -> Act:
    moderator = call.need_user().login
    if duration_s is None:
        return Act("ban", target.login, moderator, reason)
    if type(duration_s) is not int or not 1 <= duration_s <= LONGEST_S:
        raise Refusal(400, "The value in the duration field is not valid.")
    return Act("timeout", target.login, moderator, reason, duration_s)


def _clip_s(call: Call) -> float:
    """Return how long a clip is to be, 5 to 60 s. Raises Refusal."""
    try:
        duration_s = float(call.query.get("duration", "30"))
    except ValueError:
        duration_s = 0.0
    if not SHORTEST_CLIP_S <= duration_s <= LONGEST_CLIP_S:
        raise Refusal(400, "The value in the duration query parameter is not valid.")
    return duration_s


def _is_banned(call: Call, channel: Channel, target: TwitchUser) -> bool:
    ban = channel.bans.get(target.user_id)
    return ban is not None and (ban.ends_at is None or call.world.now() < ban.ends_at)


def _shield(call: Call, channel: Channel) -> Reply:
    shield = channel.shield
    moderator = call.world.user(shield.moderator_id) if shield else None
    named = (
        moderator.labels("moderator")
        if moderator
        else dict.fromkeys(("moderator_id", "moderator_login", "moderator_name"), "")
    )
    at = rfc3339(shield.at) if shield else NO_DATE
    return Reply({"data": [{"is_active": bool(shield and shield.is_active), **named, "last_activated_at": at}]})


def _suspicion(call: Call, user: TwitchUser, target: TwitchUser, status: str) -> Reply:
    row = {
        "user_id": target.user_id,
        "broadcaster_id": user.user_id,
        "moderator_id": call.token.user_id,
        "updated_at": rfc3339(call.world.now()),
        "status": status,
        "types": ["MANUALLY_ADDED"] if status in TREATMENTS else [],
    }
    return Reply({"data": [row]})
