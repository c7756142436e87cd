"""What can go wrong with an OBS, and when."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from enum import StrEnum

from vigie.simulators import faults


class Kind(StrEnum):
    """The ways in which it goes wrong: with a handshake, with what is asked, with a save, or with what is sent."""

    REFUSE = "refuse"
    """A handshake is answered by the HTTP `status`; 429 and 503 ask to be left alone for `delay_s`."""
    HTML = "html"
    """A page comes instead: something else listens there."""
    RESET = "reset"
    """The connection is reset before anything is answered."""
    SLOW = "slow"
    """What a client says is answered after `delay_s`."""
    CODE = "code"
    """A request of the type `request`, any where that is empty, is answered by `code`."""
    DEAF = "deaf"
    """A request is answered as if it were done, and nothing comes of it: so OBS takes a start just after a stop."""
    SILENT = "silent"
    """A replay is written, and nobody is told."""
    LATE = "late"
    """A replay is told of `delay_s` after it was written."""
    SAME = "same"
    """A replay overwrites the one before, as two of the same second do."""
    UNWRITTEN = "unwritten"
    """A replay is told of and not there: the disk is full, or somebody moved it away."""
    DROP = "drop"
    """Every connection is reset once a replay is written, before it is told of."""
    GARBAGE = "garbage"
    """Bytes that mean nothing are sent instead of a message."""
    TEXT = "text"
    """A text is sent instead of a message, whatever the encoding."""
    HOLLOW = "hollow"
    """A message is sent without its content."""
    TWISTED = "twisted"
    """A message is sent whose texts are numbers and whose numbers are texts."""
    HUGE = "huge"
    """2 MB are sent instead of a message."""


OF_HANDSHAKES = frozenset({Kind.REFUSE, Kind.HTML, Kind.RESET})
OF_SAVES = frozenset({Kind.SILENT, Kind.LATE, Kind.SAME, Kind.UNWRITTEN, Kind.DROP})
OF_MESSAGES = frozenset({Kind.GARBAGE, Kind.TEXT, Kind.HOLLOW, Kind.TWISTED, Kind.HUGE})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with what comes next of its sort. Raises ValueError for what makes no sense.

    The first `skip` go well, and so do those after `times` more; `times=0` lasts until it is cleared.
    """

    kind: Kind
    times: int = 1
    skip: int = 0
    delay_s: float = 0.0
    status: int = 503
    code: int = 205
    request: str = ""

    def __post_init__(self) -> None:
        faults.refuse_negative(self.kind, times=self.times, skip=self.skip, delay_s=self.delay_s)
        if self.kind in {Kind.SLOW, Kind.LATE} and not self.delay_s:
            raise ValueError(f"{self.kind}: say how long (delay_s).")


Faults = faults.Faults[Fault]
"""What goes wrong with one server."""


def among(kinds: Container[Kind], request: str = "") -> Callable[[Fault], bool]:
    """Return what tells a fault of these kinds; `request` is the type of what was asked, if it was."""
    return lambda fault: fault.kind in kinds and fault.request in {"", request}
