"""What can go wrong with a simulated live, and when."""

from dataclasses import dataclass
from enum import StrEnum


class Resource(StrEnum):
    """What a client may ask of a live."""

    PLAYLIST = "playlist"
    SEGMENT = "segment"
    CAPTIONS = "captions"
    """The playlist and the segments of the subtitle rendition."""
    FLV = "flv"


class Kind(StrEnum):
    """The ways in which a live goes wrong: first what happens to answers, then to the live itself."""

    CUT = "cut"
    """Connections are closed (FIN) in the middle of an answer; with a duration, new ones too."""
    RESET = "reset"
    """The same with a RST: what was on its way may be lost."""
    STALL = "stall"
    """Connections stay open and nothing comes; what was held back follows at once."""
    REFUSE = "refuse"
    """The answer is `status`; 429 asks to come back after `for_s` seconds."""
    HTML = "html"
    """A page comes instead."""
    EMPTY = "empty"
    """Nothing comes, successfully."""
    REDIRECT = "redirect"
    """The answer points to itself."""
    TRUNCATE = "truncate"
    """The first half comes, as if it were all."""
    MISLABEL = "mislabel"
    """The right bytes come under a wrong content type."""
    FREEZE = "freeze"
    """The playlist stops growing; afterwards it shows the live edge again."""
    SKIP = "skip"
    """The encoder loses these seconds: the media sequence jumps, the FLV's timestamps too."""
    RESTART = "restart"
    """The encoder starts anew at the next segment: timestamps are reset; `media` names the live whose media follows."""
    END = "end"
    """The live is over: EXT-X-ENDLIST, end of the FLV."""


STREAMED = frozenset({Resource.PLAYLIST, Resource.SEGMENT, Resource.FLV})
USUAL_RESOURCES = {
    Kind.CUT: STREAMED,
    Kind.RESET: STREAMED,
    Kind.STALL: STREAMED,
    Kind.REFUSE: frozenset({Resource.SEGMENT}),
    Kind.HTML: frozenset({Resource.PLAYLIST}),
    Kind.EMPTY: frozenset({Resource.PLAYLIST}),
    Kind.REDIRECT: frozenset({Resource.PLAYLIST}),
    Kind.MISLABEL: frozenset({Resource.PLAYLIST, Resource.SEGMENT, Resource.CAPTIONS}),
    Kind.TRUNCATE: frozenset({Resource.SEGMENT}),
}
MOMENTARY = frozenset({Kind.CUT, Kind.RESET, Kind.RESTART, Kind.END})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong from `at_s`, on the live's own clock, for `for_s` seconds.

    `resources` is what it touches; empty stands for what the kind touches usually. Raises ValueError for
    what makes no sense.
    """

    kind: Kind
    at_s: float = 0.0
    for_s: float = 0.0
    resources: frozenset[Resource] = frozenset()
    status: int = 503
    media: str = ""

    def __post_init__(self) -> None:
        if self.for_s <= 0 and self.kind not in MOMENTARY:
            raise ValueError(f"{self.kind}: say how long it lasts (for_s).")
        if self.resources and self.kind not in USUAL_RESOURCES:
            raise ValueError(f"{self.kind}: touches the live itself, not some of its answers (resources).")

    @property
    def until_s(self) -> float:
        """When it is over."""
        return self.at_s + self.for_s

    def touches(self, resource: Resource) -> bool:
        """Tell whether answers for this resource go wrong."""
        return resource in (self.resources or USUAL_RESOURCES.get(self.kind, frozenset()))

    def is_on(self, at_s: float) -> bool:
        """Tell whether it lasts at this moment; one without duration never does."""
        return self.at_s <= at_s < self.until_s

    def strikes_between(self, from_s: float, to_s: float) -> bool:
        """Tell whether it begins after `from_s` and not after `to_s`, or lasts at `to_s`."""
        return from_s < self.at_s <= to_s or self.is_on(to_s)
