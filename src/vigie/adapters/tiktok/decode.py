"""From TikTok's messages to `vigie.events`: pure, and cheap enough for hundreds of rooms a process.

What TikTok says of somebody's part in a room is spread over badges (`scene_type`), an identity that only comments and
gifts have, and what it knows of who follows whom; a badge of Vigie is what any of them says. (TikTokLive 7.0.1 looks
for `badge_scene`, which the messages no longer have, and so finds no moderator at all.)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2s
from typing import Final, NamedTuple, Protocol

from vigie.adapters.languages import iso_639_1
from vigie.adapters.tiktok.frames import Broken, Fetched, moment, parsed, read
from vigie.adapters.tiktok.schema import Message
from vigie.adapters.tiktok.streaks import Key, Streaks, name_of
from vigie.events import (
    ActivityKind,
    ActivityReceived,
    AudienceCounted,
    Badge,
    CaptionSpoken,
    Chatter,
    MessagesRemoved,
    RoomEnded,
    RoomItem,
    RoomPaused,
)

STREAKABLE: Final = 1
"""`gift.type` of what may be sent again and again: a message a step, the last with `repeat_end`."""
JOINED_AS_SUBSCRIBER: Final = 3
SUB_SUCCESS: Final = 0
"""`message_type` of a subscription that was made; the others are reminders and goals."""
PAUSED, UNPAUSED = 1, 2
ENDINGS: Final = {3: "The live was ended.", 4: "TikTok suspended the live."}
SCENES: Final = {1: Badge.MODERATOR, 4: Badge.SUBSCRIBER, 7: Badge.SUBSCRIBER}
MOST_REMEMBERED: Final = 4096
"""Messages whose ids are held against a second delivery: some minutes of a busy room."""
MOST_NAMES: Final = 64
OLD: Final = timedelta(minutes=1)
"""No message is under way for that long, and no two clocks are that far apart."""


class Envelope(Protocol):
    """A message before it is read: ours, and TikTokLive's."""

    method: str
    payload: bytes
    msg_id: int
    is_history: bool


class Told(NamedTuple):
    """What holds for a message of any kind."""

    message_id: str
    at: datetime
    is_history: bool


@dataclass(slots=True)
class Tally:
    """What became of the messages of a connection."""

    read: int = 0
    repeated: int = 0
    broken: int = 0
    """Messages and whole frames that could not be read."""
    unused: Counter[str] = field(default_factory=Counter)
    """By method; from the 65th on under `others`."""

    def leave(self, method: str) -> None:
        """Note a message that nothing is made of."""
        self.unused[method if method in self.unused or len(self.unused) < MOST_NAMES else "others"] += 1


class Decoder:
    """Reads the frames of one connection; remembers which messages came already."""

    def __init__(self, opened_at: datetime | None = None, streaks: Streaks | None = None) -> None:
        """Take for history what is from a minute or more before `opened_at`, though TikTok may not say so.

        `streaks` are those that were open when the connection before broke.
        """
        self.tally = Tally()
        self._streaks = Streaks() if streaks is None else streaks
        self._fresh_from = opened_at - OLD if opened_at else None
        self._seen: dict[str, None] = {}

    def frame(self, data: bytes, now: datetime) -> tuple[list[RoomItem], bytes | None]:
        """Return what a frame tells, in order, and what to send back. `now` dates what TikTok does not date."""
        try:
            fetched: Fetched = read(data)
        except Broken:
            self.tally.broken += 1
            return [], None
        return self.items(fetched.messages, fetched.now or now), fetched.ack

    def items(self, envelopes: Iterable[Envelope], now: datetime, *, is_history: bool = False) -> list[RoomItem]:
        """Return what messages tell, in order; `is_history` where all of them are from before the connection.

        Before them comes what is older: streaks of gifts whose end did not come.
        """
        items = list[RoomItem]()
        for envelope in envelopes:
            known = READERS.get(envelope.method)
            if known is None:
                self.tally.leave(envelope.method)
                continue
            name, reader = known
            try:
                message = parsed(name, envelope.payload)
            except Broken:
                self.tally.broken += 1
                continue
            told = self._told(envelope, message.common, now, is_history=is_history)
            if self._is_new(told.message_id):
                told_of = self._gift(message, told, now) if reader is _gift else reader(message, told)
                items += told_of
                self._count(envelope.method, told_of)
        return [*self._streaks.over(now), *items]

    def _gift(self, message: Message, told: Told, now: datetime) -> Sequence[RoomItem]:
        """Return a gift; a streak of them is told once, at its end. One from before the connection ended then."""
        gifts = _gift(message, told)
        if message.gift.type != STREAKABLE:
            return gifts
        key = _streak(message)
        if message.repeat_end:
            self._streaks.ends(key)
            return gifts
        (gift,) = gifts
        return [] if gift.is_history else self._streaks.goes_on(key, gift, now)

    def _told(self, envelope: Envelope, common: Message, now: datetime, *, is_history: bool) -> Told:
        at = moment(common.create_time) or now
        is_old = self._fresh_from is not None and at <= self._fresh_from
        return Told(_message_id(envelope, common), at, is_history or envelope.is_history or is_old)

    def _count(self, method: str, items: Sequence[RoomItem]) -> None:
        if items:
            self.tally.read += 1
        else:
            self.tally.leave(method)

    def _is_new(self, message_id: str) -> bool:
        if message_id in self._seen:
            self.tally.repeated += 1
            return False
        self._seen[message_id] = None
        if len(self._seen) > MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True


def _message_id(envelope: Envelope, common: Message) -> str:
    """Return its number; without one the same bytes are the same message."""
    number = common.msg_id or envelope.msg_id
    return str(number) if number else f"#{blake2s(envelope.payload, digest_size=8).hexdigest()}"


def _chatter(user: Message, identity: Message | None = None) -> Chatter:
    login = user.display_id
    badges = {badge for scene in user.badge_list if (badge := SCENES.get(scene.scene_type))}
    if user.subscribe_info.is_subscribed_to_anchor:
        badges.add(Badge.SUBSCRIBER)
    if user.follow_info.follow_status > 0:
        badges.add(Badge.FOLLOWER)
    if identity is not None:
        badges |= _badges_of(identity)
    return Chatter(str(user.id or ""), login, user.nickname or login, frozenset(badges))


def _badges_of(identity: Message) -> set[Badge]:
    said = (
        (identity.is_anchor, Badge.BROADCASTER),
        (identity.is_moderator_of_anchor, Badge.MODERATOR),
        (identity.is_subscriber_of_anchor, Badge.SUBSCRIBER),
        (identity.is_follower_of_anchor, Badge.FOLLOWER),
    )
    return {badge for is_so, badge in said if is_so}


def _chat(message: Message, told: Told) -> list[RoomItem]:
    who = _chatter(message.user, message.user_identity)
    message_id, at, is_history = told
    return [ActivityReceived(ActivityKind.MESSAGE, message_id, at, who, text=message.content, is_history=is_history)]


def _streak(message: Message) -> Key:
    return message.user.id, message.gift.id, message.group_id


def _gift(message: Message, told: Told) -> list[ActivityReceived]:
    """Return a gift, or a streak of them as it stands."""
    gift = message.gift
    name = name_of(_streak(message)) if gift.type == STREAKABLE else ""
    who = _chatter(message.user, message.user_identity)
    count = max(message.repeat_count, 1)
    return [
        ActivityReceived(
            ActivityKind.GIFT,
            name or told.message_id,
            told.at,
            who,
            text=gift.name,
            count=count,
            value=gift.diamond_count * count,
            is_history=told.is_history,
        )
    ]


def _like(message: Message, told: Told) -> list[RoomItem]:
    items: list[RoomItem] = [_did(ActivityKind.LIKE, message, told, max(message.count, 1))]
    if message.total > 0 and not told.is_history:
        items.append(AudienceCounted(told.at, likes=message.total))
    return items


def _member(message: Message, told: Told) -> list[RoomItem]:
    kind = ActivityKind.SUBSCRIPTION if message.action == JOINED_AS_SUBSCRIBER else ActivityKind.JOIN
    return [_did(kind, message, told)]


def _social(message: Message, told: Told) -> list[RoomItem]:
    """TikTokLive tells them apart by the key of the text that is shown; so do we."""
    key = message.common.display_text.key
    kinds = [kind for kind in (ActivityKind.FOLLOW, ActivityKind.SHARE) if kind in key]
    return [_did(kind, message, told) for kind in kinds[:1]]


def _sub_notify(message: Message, told: Told) -> list[RoomItem]:
    return [_did(ActivityKind.SUBSCRIPTION, message, told)] if message.message_type == SUB_SUCCESS else []


def _did(kind: ActivityKind, message: Message, told: Told, count: int = 1) -> ActivityReceived:
    message_id, at, is_history = told
    return ActivityReceived(kind, message_id, at, _chatter(message.user), count=count, is_history=is_history)


def _room_user_seq(message: Message, told: Told) -> list[RoomItem]:
    return [] if told.is_history else [AudienceCounted(told.at, viewers=max(message.total, 0))]


def _caption(message: Message, told: Told) -> list[RoomItem]:
    """A sentence is told anew as it grows; only its last form, `definite`, is what was said."""
    grows = message.sentence_id or message.sequence_id
    spoken = next((words for words in message.content if words.content.strip()), None)
    if spoken is None or (grows and not message.definite):
        return []
    at = moment(message.timestamp_ms) or told.at
    return [CaptionSpoken(at, max(message.duration_ms, 0) / 1000, spoken.content, iso_639_1(spoken.lang))]


def _control(message: Message, told: Told) -> list[RoomItem]:
    if reason := ENDINGS.get(message.action):
        return [RoomEnded(told.at, reason)]
    if message.action not in {PAUSED, UNPAUSED} or told.is_history:
        return []
    return [RoomPaused(told.at, is_paused=message.action == PAUSED)]


def _im_delete(message: Message, told: Told) -> list[RoomItem]:
    items: list[RoomItem] = [MessagesRemoved(told.at, message_id=str(number)) for number in message.delete_msg_ids]
    return [*items, *(MessagesRemoved(told.at, chatter_id=str(number)) for number in message.delete_user_ids)]


READERS: Final[dict[str, tuple[str, Callable[[Message, Told], Sequence[RoomItem]]]]] = {
    "WebcastChatMessage": ("Chat", _chat),
    "WebcastGiftMessage": ("Gift", _gift),
    "WebcastLikeMessage": ("Like", _like),
    "WebcastMemberMessage": ("Member", _member),
    "WebcastSocialMessage": ("Social", _social),
    "WebcastSubNotifyMessage": ("SubNotify", _sub_notify),
    "WebcastRoomUserSeqMessage": ("RoomUserSeq", _room_user_seq),
    "WebcastCaptionMessage": ("Caption", _caption),
    "WebcastControlMessage": ("Control", _control),
    "WebcastImDeleteMessage": ("ImDelete", _im_delete),
}
"""Method -> the class of its message, and what is made of it."""
