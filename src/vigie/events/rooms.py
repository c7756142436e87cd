"""Room items: what one connection to the chat of a live yields: what a platform tells of its audience."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigie.events.base import Event


class Badge(StrEnum):
    """What the platform says of a chatter in one room."""

    BROADCASTER = "broadcaster"
    MODERATOR = "moderator"
    SUBSCRIBER = "subscriber"
    FOLLOWER = "follower"
    VIP = "vip"


@dataclass(frozen=True, slots=True)
class Chatter(Event):
    """Somebody of an audience, as the platform names them."""

    platform_id: str
    """Never changes; the login and the name may."""
    login: str
    name: str
    badges: frozenset[Badge] = frozenset()


class ActivityKind(StrEnum):
    """What somebody of an audience did."""

    MESSAGE = "message"
    GIFT = "gift"
    LIKE = "like"
    JOIN = "join"
    FOLLOW = "follow"
    SHARE = "share"
    SUBSCRIPTION = "subscription"
    RAID = "raid"


@dataclass(frozen=True, slots=True)
class RoomOpened(Event):
    """The platform's chat answered: what follows is complete until the connection breaks."""

    room_id: str
    """What a new connection to the same broadcast should ask for."""


@dataclass(frozen=True, slots=True)
class ActivityReceived(Event):
    """Somebody of the audience wrote, gave, liked, joined, followed, shared, subscribed or raided."""

    kind: ActivityKind
    message_id: str
    """Of the platform: the same twice is the same message."""
    at: datetime
    """When the platform says that it happened, UTC."""
    chatter: Chatter
    text: str = ""
    """What was written, or what was given."""
    count: int = 1
    """How many likes, gifts or raiders it stands for. A streak of gifts is one activity, told at its end."""
    value: int = 0
    """Of a gift, all of them together, in the platform's own coin: diamonds, bits."""
    is_history: bool = False
    """Replayed by the platform from before the connection: it is kept, and triggers nothing."""


@dataclass(frozen=True, slots=True)
class AudienceCounted(Event):
    """What the platform counts; None for what it did not say this time."""

    at: datetime
    viewers: int | None = None
    likes: int | None = None
    """Since the live began."""


@dataclass(frozen=True, slots=True)
class CaptionSpoken(Event):
    """Words of the platform that come with the chat, dated by the wall clock."""

    at: datetime
    duration_s: float
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class MessagesRemoved(Event):
    """The platform's moderators took messages away: one, all of somebody, or all there are."""

    at: datetime
    message_id: str = ""
    chatter_id: str = ""
    """The platform's id of whose messages; empty with an empty `message_id` means everyone's."""


@dataclass(frozen=True, slots=True)
class ModeratorActed(Event):
    """A moderator of the platform did something in the room: `timeout`, `ban`, `delete`, `slow`, ..."""

    message_id: str
    at: datetime
    action: str
    moderator: str
    """Their login."""
    target: str = ""
    """The login of whom it concerned."""
    reason: str = ""
    duration_s: float | None = None
    target_id: str = ""
    """The platform's number of them; empty where it does not say."""


@dataclass(frozen=True, slots=True)
class RoomPaused(Event):
    """The broadcaster paused the live, or went on with it."""

    at: datetime
    is_paused: bool


@dataclass(frozen=True, slots=True)
class RoomEnded(Event):
    """The platform said that the live is over. A mere end of the connection is a PortError."""

    at: datetime
    reason: str


RoomItem = (
    RoomOpened
    | ActivityReceived
    | AudienceCounted
    | CaptionSpoken
    | MessagesRemoved
    | ModeratorActed
    | RoomPaused
    | RoomEnded
)
