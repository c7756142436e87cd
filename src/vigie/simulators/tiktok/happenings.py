"""What happens in a room, before anybody encodes it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What a viewer is to the broadcaster."""

    BROADCASTER = "broadcaster"
    MODERATOR = "moderator"
    SUBSCRIBER = "subscriber"
    FOLLOWER = "follower"
    FAN = "fan"


class MessageKind(StrEnum):
    """The messages of the push server."""

    COMMENT = "comment"
    GIFT = "gift"
    LIKE = "like"
    JOIN = "join"
    FOLLOW = "follow"
    SHARE = "share"
    VIEWERS = "viewers"
    CAPTION = "caption"
    REMOVAL = "removal"
    CONTROL = "control"
    UNKNOWN = "unknown"
    BROKEN = "broken"


class Action(IntEnum):
    """What a control message says, with TikTok's numbers."""

    PAUSED = 1
    RESUMED = 2
    ENDED = 3
    SUSPENDED = 4


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody of the audience."""

    user_id: int
    handle: str
    nickname: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Comment:
    """A viewer writes."""

    viewer: Viewer
    text: str
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Gift:
    """One step of a viewer's gifts: a streak is told again and again with a growing `count`, and once at its end."""

    viewer: Viewer
    name: str = "Rose"
    gift_id: int = 5655
    diamonds: int = 1
    """Of one."""
    count: int = 1
    """Since the streak began."""
    streak: int = 0
    """Number of the streak; the same viewer and gift may have several."""
    is_end: bool = True
    is_streakable: bool = True


@dataclass(frozen=True, slots=True)
class Like:
    """A viewer taps `count` times; `total` is of the live so far."""

    viewer: Viewer
    count: int = 1
    total: int = 0


@dataclass(frozen=True, slots=True)
class Join:
    """A viewer comes; `present` are there now."""

    viewer: Viewer
    present: int = 0


@dataclass(frozen=True, slots=True)
class Follow:
    """A viewer follows the broadcaster, who then has `followers`."""

    viewer: Viewer
    followers: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """A viewer shares the live, which was then shared `shares` times."""

    viewer: Viewer
    shares: int = 0


@dataclass(frozen=True, slots=True)
class ViewerCount:
    """How many watch now, and how many did since the live began."""

    now: int
    total: int = 0


@dataclass(frozen=True, slots=True)
class Caption:
    """Words that TikTok's own recognition heard."""

    text: str
    language: str = "fr"
    duration_ms: int = 2000
    sentence: int = 0
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Removal:
    """Moderators took messages away, or everything of some users."""

    message_ids: tuple[int, ...] = ()
    user_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """The live is paused, resumed, ended or suspended."""

    action: Action


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that no client has heard of."""

    method: str = "WebcastTeaTimeMessage"
    payload: bytes = b"\x0a\x03tea"


@dataclass(frozen=True, slots=True)
class Broken:
    """A message whose name is known and whose content is garbage."""

    method: str = "WebcastChatMessage"
    payload: bytes = b"\x0a\xff\xff\xff\xff\x0fgarbage"


Happening = Comment | Gift | Like | Join | Follow | Share | ViewerCount | Caption | Removal | Control | Unknown | Broken


def viewer(number: int, *roles: Role) -> Viewer:
    """Return the viewer of that number: always the same one."""
    return Viewer(6_800_000_000_000_000_000 + number, f"viewer{number}", f"Viewer {number}", frozenset(roles))
