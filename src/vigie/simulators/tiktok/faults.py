"""What can go wrong with a simulated TikTok."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from vigie.simulators import faults


class Route(StrEnum):
    """What a client may ask for."""

    LIVE_PAGE = "live_page"
    """`/@{handle}/live`."""
    PROFILE = "profile"
    """`/@{user_id}` or `/@{handle}`."""
    USER_ROOM = "user_room"
    """`/api-live/user/room/`."""
    ALIVE = "alive"
    """`/webcast/room/check_alive/`."""
    INFO = "info"
    """`/webcast/room/info/`."""
    SIGN = "sign"
    """`/sign/webcast/fetch`."""
    LIMITS = "limits"
    """`/sign/webcast/rate_limits`."""
    PUSH = "push"
    """The handshake of the push WebSocket."""


class Kind(StrEnum):
    """The ways in which it goes wrong: first answers, then connections, then frames."""

    REFUSE = "refuse"
    """The answer is `status`; 429 tells the limits, unless `is_bare`."""
    CAPTCHA = "captcha"
    """A page asks whether a person is there."""
    HTML = "html"
    """A page comes instead."""
    EMPTY = "empty"
    """Nothing comes, successfully."""
    GIBBERISH = "gibberish"
    """JSON or protobuf comes, of another kind than expected."""
    RESTRICT = "restrict"
    """The room info asks for a login, as for lives from 18."""
    SLOW = "slow"
    """The right answer comes after `delay_s`."""

    CLOSE = "close"
    """The push connection is closed with `code`."""
    RESET = "reset"
    """The push connection is broken off with a RST."""
    STALL = "stall"
    """The push connection stays open, and silent: no messages, no answers to heartbeats."""

    PLAIN = "plain"
    """Frames are not compressed, though asked to be."""
    UNKNOWN = "unknown"
    """A message of an unknown sort comes in the frame too."""
    BROKEN = "broken"
    """A comment that cannot be decoded comes in the frame too."""
    CORRUPT = "corrupt"
    """A frame comes before, whose compressed content is garbage."""
    GARBAGE = "garbage"
    """Bytes come before that are no frame."""
    DUPLICATE = "duplicate"
    """The frame's messages come twice."""
    REPLAY = "replay"
    """New connections get all that is remembered, not told to be history."""


ANSWERED = frozenset({Kind.REFUSE, Kind.CAPTCHA, Kind.HTML, Kind.EMPTY, Kind.GIBBERISH, Kind.RESTRICT, Kind.SLOW})
BREAKING = frozenset({Kind.CLOSE, Kind.RESET, Kind.STALL})
FRAMED = frozenset({Kind.PLAIN, Kind.UNKNOWN, Kind.BROKEN, Kind.CORRUPT, Kind.GARBAGE, Kind.DUPLICATE})
SITE = frozenset({Route.LIVE_PAGE, Route.PROFILE, Route.USER_ROOM, Route.ALIVE, Route.INFO})
USUAL_ROUTES = {
    Kind.REFUSE: frozenset({Route.SIGN}),
    Kind.CAPTCHA: SITE,
    Kind.HTML: SITE | {Route.SIGN},
    Kind.EMPTY: SITE | {Route.SIGN},
    Kind.GIBBERISH: SITE | {Route.SIGN},
    Kind.RESTRICT: frozenset({Route.INFO}),
    Kind.SLOW: SITE | {Route.SIGN},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong from now on, until it is mended or has happened `times` times.

    Of answers and frames, `times` 0 touches all; a push connection that breaks is an open one, and with `times`
    as many of the next ones. `routes` is what it touches; empty stands for what the kind touches usually.
    Raises ValueError for what makes no sense.
    """

    kind: Kind
    routes: frozenset[Route] = frozenset()
    times: int = 0
    status: int = 503
    """Of REFUSE."""
    code: int = 1011
    """Of CLOSE: 1000, 1001, 1011..."""
    delay_s: float = 1.0
    """Of SLOW."""
    reset_s: int = 60
    """Of REFUSE with 429: seconds until more may be asked for."""
    is_bare: bool = False
    """Of REFUSE with 429: nothing says when to come back."""
    skip: ClassVar[int] = 0
    """Nothing goes well before."""

    def __post_init__(self) -> None:
        if self.routes and self.kind not in ANSWERED:
            raise ValueError(f"{self.kind}: touches the push connection, not answers (routes).")
        if self.times < 0 or self.delay_s < 0:
            raise ValueError(f"{self.kind}: neither times nor delay_s can be negative.")

    def touches(self, route: Route) -> bool:
        """Tell whether answers of this route go wrong."""
        return route in (self.routes or USUAL_ROUTES.get(self.kind, frozenset()))


Faults = faults.Faults[Fault]
"""What goes wrong with one live, or with all."""
