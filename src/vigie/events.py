"""What can happen: frozen values, nothing else.

Three families. *Media items* are what one pull of a live yields, in stream order, between an adapter and `watch`; *room
items* what one connection to its chat yields. *Domain events* are what the areas publish on `runtime.bus` inside the
transaction that makes them true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SAMPLE_RATE = 16_000
"""Samples a second of all audio inside Vigie: s16le, mono."""
SAMPLE_BYTES = 2


class Event:
    """Anything that can happen."""

    __slots__ = ()


# ── media items ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MediaOpened(Event):
    """A source answered; its streams are known."""

    protocol: str
    """`file`, `hls`, `flv`, `rtmp`, ..."""
    is_live: bool
    """False for a recording, which is read as fast as it can be decoded."""
    has_audio: bool
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class AudioReceived(Event):
    """A stretch of decoded sound."""

    pts_s: float
    """Time of the first sample on the stream's own clock; continuous inside one epoch of the origin."""
    pcm: bytes
    """s16le, mono, 16 kHz; never empty."""


@dataclass(frozen=True, slots=True)
class CaptionReceived(Event):
    """Words the platform itself put on the stream."""

    pts_s: float
    end_pts_s: float
    text: str
    language: str | None


@dataclass(frozen=True, slots=True)
class MediaEnded(Event):
    """The source said that there is nothing more: end of a file, `EXT-X-ENDLIST`.

    A mere end of bytes is a PortError.
    """


@dataclass(frozen=True, slots=True)
class KeyframeReceived(Event):
    """What the picture was like at a moment: enough to know one live from another, too little to know a face."""

    pts_s: float
    jpeg: bytes = field(repr=False)
    """Grey and blurred, 96 pixels wide; some 2 kB."""


MediaItem = MediaOpened | AudioReceived | CaptionReceived | KeyframeReceived | MediaEnded


# ── room items: what a platform tells of a live's audience ─────────────────────────────────────────────────────────


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


# ── domain events ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Acted(Event):
    """A person, or Vigie itself, did something that must be accounted for.

    `governance` chains it in the same transaction.
    """

    workspace_id: int | None
    """None for acts on the installation."""
    actor_id: int | None
    """None for Vigie itself."""
    verb: str
    """`alert.decided`, `channel.added`, `transcript.read`, ..."""
    subject_type: str = ""
    subject_id: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)
    """JSON values: what changed, and why. Erasable; the entry itself holds no personal data."""


@dataclass(frozen=True, slots=True)
class LiveEvent(Event):
    """Something that happened in one live of one workspace."""

    workspace_id: int
    live_id: int


@dataclass(frozen=True, slots=True)
class LiveStarted(LiveEvent):
    """A live is on air: its platform says so, or its media was opened."""

    channel_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LiveStateChanged(LiveEvent):
    """The ring of a live changed: ok, lag, no sound, no recognizer, reconnecting, ..."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class LiveEnded(LiveEvent):
    """A live is over, or is no longer watched."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LiveResumed(LiveEvent):
    """A live that was taken for over goes on: it was back soon enough to be the same."""

    at: datetime


@dataclass(frozen=True, slots=True)
class AudienceActive(LiveEvent):
    """A batch of what the audience of a live did was stored, in the order in which it happened."""

    message_ids: tuple[int, ...]
    """Of the rows that were new, replayed history included."""


@dataclass(frozen=True, slots=True)
class MessagesHidden(LiveEvent):
    """The platform's moderators took messages away that were stored; they are kept, as evidence."""

    message_ids: tuple[int, ...]
    """Of the rows, the last ones where there are many."""


@dataclass(frozen=True, slots=True)
class LiveSampled(LiveEvent):
    """What was counted in a stretch of a live was written down anew."""

    at_s: float
    """Where the stretch begins, in seconds since the live started."""


@dataclass(frozen=True, slots=True)
class PictureTaken(LiveEvent):
    """The thumbnail of a live changed."""

    at_s: float
    """When it was taken, in seconds since the live started."""


@dataclass(frozen=True, slots=True)
class MarkPlaced(LiveEvent):
    """A moment of a live was marked: by a person, or because the audience burst out."""

    mark_id: int


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    """What is known of a channel changed: live, offline or unknown, or why."""

    workspace_id: int
    channel_id: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class GapRecorded(LiveEvent):
    """A stretch of a live was not received. Offsets are seconds since the live started."""

    gap_id: int
    from_s: float
    to_s: float
    cause: str
    track: str = "media"
    """`media` or `chat`: what was not received."""


@dataclass(frozen=True, slots=True)
class UtteranceSettled(LiveEvent):
    """What was said between two moments is known, or is known not to be."""

    utterance_id: int
    seq: int
    start_s: float
    end_s: float
    text: str
    source: str
    """`asr` or `captions`."""
    language: str
    state: str
    """`done`, `skipped` or `failed`."""


@dataclass(frozen=True, slots=True)
class TextAssessed(LiveEvent):
    """A text was judged, or could not be. `spans` are offsets into the text, in characters."""

    assessment_id: int
    of: str
    """`utterance` or `chat`."""
    ref_id: int
    seq: int
    text: str
    category: str
    score: float
    hateful: bool
    reach: str
    target: str
    spans: tuple[tuple[int, int], ...]
    justification: str
    analyst: str
    state: str


@dataclass(frozen=True, slots=True)
class AlertRaised(LiveEvent):
    """A moment waits for a human."""

    alert_id: int
    assessment_id: int
    seq: int
    score: float


@dataclass(frozen=True, slots=True)
class AlertChanged(LiveEvent):
    """A human did something with an alert."""

    alert_id: int
    state: str
