"""What can go wrong with answers, and when."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.simulators import faults


class Kind(StrEnum):
    """The ways in which an answer goes wrong."""

    REFUSE = "refuse"
    """The answer is `status`; 429 says that the bucket is full again after `delay_s`."""
    SLOW = "slow"
    """The answer comes after `delay_s`."""
    HTML = "html"
    """A page comes instead."""
    GARBAGE = "garbage"
    """The first half comes, as if it were all."""
    EMPTY = "empty"
    """Nothing comes, successfully."""
    DUPLICATE = "duplicate"
    """The rows of `data` come, and the first half of them again."""
    CURSOR = "cursor"
    """The cursor of the call has expired; calls without one go well."""
    CUT = "cut"
    """The connection is closed (FIN) without an answer."""
    RESET = "reset"
    """The same with a RST."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with the next requests of a path. Raises ValueError for what makes no sense.

    `path` is a beginning (`helix/chat/chatters`, `oauth2/token`, `ws`, ...); empty is every path. The first `skip`
    requests go well, and so do those after `times` more; `times=0` lasts until it is cleared.
    """

    kind: Kind
    path: str = ""
    times: int = 1
    skip: int = 0
    status: int = 503
    delay_s: float = 0.0

    def __post_init__(self) -> None:
        faults.refuse_negative(self.kind, times=self.times, skip=self.skip, delay_s=self.delay_s)
        if self.kind is Kind.SLOW and not self.delay_s:
            raise ValueError("slow: say how long (delay_s).")

    def touches(self, path: str, query: str) -> bool:
        """Tell whether a request is one of those it counts."""
        return path.startswith(self.path) and (self.kind is not Kind.CURSOR or "after=" in query)


Faults = faults.Faults[Fault]
"""What goes wrong with one server."""
