"""What happens on channels: it changes the world, and whoever subscribed hears of it."""

from collections.abc import Sequence
from typing import Any

from vigie.simulators.twitch import events
from vigie.simulators.twitch.acts import Act, detail_of
from vigie.simulators.twitch.sessions import Sessions, precise
from vigie.simulators.twitch.users import TwitchUser, rfc3339
from vigie.simulators.twitch.world import Ban, Channel, Said, Shield, Stream, World

NO_TREATMENT = "NO_TREATMENT"
SUB = {"sub_tier": "1000", "is_prime": False, "duration_months": 1}
NOTICES: dict[str, dict[str, Any]] = {
    "sub": SUB,
    "resub": {**SUB, "cumulative_months": 6, "streak_months": 6, "is_gift": False, "gifter_is_anonymous": None}
    | dict.fromkeys(("gifter_user_id", "gifter_user_login", "gifter_user_name")),
    "sub_gift": {"duration_months": 1, "cumulative_total": 1, "sub_tier": "1000", "community_gift_id": None},
    "community_sub_gift": {"id": "1", "total": 5, "sub_tier": "1000", "cumulative_total": 5},
    "gift_paid_upgrade": {"gifter_is_anonymous": True},
    "announcement": {"color": "PRIMARY"},
}
"""What each kind of notice has besides, unless told otherwise."""


class Happenings:
    """Lets things happen. Whoever calls holds the lock of the world."""

    def __init__(self, world: World, sessions: Sessions) -> None:
        self._world = world
        self._sessions = sessions

    # ── broadcasts ──

    def go_live(self, login: str, *, title: str, viewers: int) -> str:
        """Begin a broadcast and return its id."""
        user, channel = self._at(login)
        channel.title = title or channel.title
        stream = Stream(str(self._world.rng.randrange(10**10, 10**11)), self._world.now(), viewers)
        channel.stream = stream
        started = {"id": stream.stream_id, "type": "live", "started_at": rfc3339(stream.started_at)}
        self._publish("stream.online", user, {**started, **events.named(user)})
        return stream.stream_id

    def go_offline(self, login: str) -> None:
        """End the broadcast."""
        user, channel = self._at(login)
        channel.stream = None
        self._publish("stream.offline", user, events.named(user))

    def retitle(self, login: str, title: str) -> None:
        """Change what a channel says of its broadcast."""
        user, channel = self._at(login)
        channel.title = title
        event = events.update(user, title=title, language=channel.language, game=channel.game)
        self._publish("channel.update", user, event)

    # ── the chat ──

    def say(self, login: str, chatter: str, text: str, *, badges: Sequence[str]) -> str:
        """Let somebody write; return the id of the message."""
        user, channel = self._at(login)
        author, message_id = self._enter(channel, chatter), self._world.new_id()
        channel.said[message_id] = Said(author.user_id, text, self._world.now())
        event = events.chat_message(user, author, message_id=message_id, text=text, badge=badges)
        self._publish("channel.chat.message", user, event)
        return message_id

    def notice(self, login: str, chatter: str, kind: str, *, text: str, detail: dict[str, Any]) -> str:
        """Let Twitch tell of a chatter: `sub`, `resub`, `sub_gift`, ...; return the id of the message."""
        user, channel = self._at(login)
        author, message_id = self._enter(channel, chatter), self._world.new_id()
        told = (kind, {**NOTICES.get(kind, {}), **detail})
        event = events.chat_notification(user, author, message_id=message_id, text=text, notice=told)
        self._publish("channel.chat.notification", user, event)
        return message_id

    def raid(self, login: str, raider: str, viewers: int) -> str:
        """Let a channel send its viewers; return the id of the message in the chat."""
        user, _ = self._at(login)
        source = self._world.chatter(raider)
        about = {"from_broadcaster_user_id": source.user_id, "to_broadcaster_user_id": user.user_id}
        self._sessions.publish("channel.raid", about, events.raid(source, user, viewers=viewers))
        detail = {**source.labels(), "viewer_count": viewers, "profile_image_url": ""}
        return self.notice(login, raider, "raid", text="", detail=detail)

    def follow(self, login: str, follower: str) -> None:
        """Let somebody follow."""
        user, channel = self._at(login)
        by, at = self._world.chatter(follower), self._world.now()
        channel.followers[by.user_id] = at
        self._publish("channel.follow", user, {**by.labels(), **events.named(user), "followed_at": precise(at)})

    # ── moderators ──

    def moderate(self, login: str, act: Act) -> None:
        """Let a moderator act. Raises KeyError for who or what is not there."""
        user, channel = self._at(login)
        moderator = self._world.chatter(act.moderator) if act.moderator else user
        target = self._target(channel, act)
        said = channel.said.get(act.message_id)
        now = self._world.now()
        detail = detail_of(act, target, text=said.text if said else "", now=now)
        self._take(channel, act, (moderator, target))
        self._hide(user, act, target)
        event = events.moderation(user, moderator, action=act.action, detail=detail)
        self._publish("channel.moderate", user, event)

    def shield(self, user: TwitchUser, moderator: TwitchUser, *, is_active: bool) -> Shield:
        """Lock a channel down, or open it; return how it stands."""
        channel, at = self._world.channels[user.user_id], self._world.now()
        channel.shield = Shield(is_active=is_active, moderator_id=moderator.user_id, at=at)
        kind, moment = ("begin", "started_at") if is_active else ("end", "ended_at")
        event = {**events.named(user), **events.named(moderator, "moderator"), moment: rfc3339(at)}
        self._publish(f"channel.shield_mode.{kind}", user, event)
        return channel.shield

    def suspect(self, user: TwitchUser, moderator: TwitchUser, target: TwitchUser, *, status: str) -> bool:
        """Have somebody's messages watched, held back, or neither; tell whether that was a change."""
        suspicious = self._world.channels[user.user_id].suspicious
        if suspicious.get(target.user_id, NO_TREATMENT) == status:
            return False
        suspicious[target.user_id] = status
        told = "none" if status == NO_TREATMENT else status.lower()
        event = events.suspicion(user, moderator, target, status=told)
        self._publish("channel.suspicious_user.update", user, event)
        return True

    def _target(self, channel: Channel, act: Act) -> TwitchUser | None:
        if act.message_id:
            return self._world.user(channel.said[act.message_id].chatter_id)
        return self._world.chatter(act.target) if act.target else None

    def _take(self, channel: Channel, act: Act, who: tuple[TwitchUser, TwitchUser | None]) -> None:
        """Change the channel as the act says."""
        moderator, target = who
        if act.action == "clear":
            channel.said.clear()
        elif act.action == "delete":
            channel.said.pop(act.message_id, None)
        elif target and act.action in {"ban", "timeout"}:
            now = self._world.now()
            channel.bans[target.user_id] = Ban(moderator.user_id, now, act.ends_at(now))
        elif target and act.action in {"unban", "untimeout"}:
            channel.bans.pop(target.user_id, None)
        elif target and act.action == "warn":
            channel.warnings.append((target.user_id, act.reason))
        elif target and act.action in {"mod", "unmod"}:
            (channel.moderators.add if act.action == "mod" else channel.moderators.discard)(target.user_id)

    def _hide(self, user: TwitchUser, act: Act, target: TwitchUser | None) -> None:
        """Tell the chat which messages are gone."""
        named = events.named(target, "target") if target else {}
        if act.action == "clear":
            self._publish("channel.chat.clear", user, events.named(user))
        elif act.action == "delete":
            event = {**events.named(user), **named, "message_id": act.message_id}
            self._publish("channel.chat.message_delete", user, event)
        elif act.action in {"ban", "timeout"}:
            self._publish("channel.chat.clear_user_messages", user, {**events.named(user), **named})

    # ── who and where ──

    def _at(self, login: str) -> tuple[TwitchUser, Channel]:
        return self._world.known(login), self._world.channel(login)

    def _enter(self, channel: Channel, login: str) -> TwitchUser:
        chatter = self._world.chatter(login)
        if not (channel.audience and channel.audience.by_id(chatter.user_id)):
            channel.present[chatter.user_id] = None
        return chatter

    def _publish(self, kind: str, broadcaster: TwitchUser, event: dict[str, Any]) -> None:
        self._sessions.publish(kind, {"broadcaster_user_id": broadcaster.user_id}, event)
