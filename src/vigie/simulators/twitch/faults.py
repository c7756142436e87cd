"""What can go wrong with answers, and when."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from threading import Lock


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
        if self.times < 0 or self.skip < 0 or self.delay_s < 0:
            raise ValueError(f"{self.kind}: times, skip and delay_s are not negative.")
        if self.kind is Kind.SLOW and not self.delay_s:
            raise ValueError("slow: say how long (delay_s).")

    def touches(self, path: str, query: str) -> bool:
        """Tell whether a request is one of those it counts."""
        return path.startswith(self.path) and (self.kind is not Kind.CURSOR or "after=" in query)


class Faults:
    """What goes wrong with one server. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []
        self._seen: list[int] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong; of several that touch a request, the oldest does."""
        with self._lock:
            self._faults.append(fault)
            self._seen.append(0)

    def clear(self) -> None:
        """Let everything go well."""
        with self._lock:
            self._faults, self._seen = [], []

    def take(self, path: str, query: str) -> Fault | None:
        """Return what goes wrong with this request, which begins without a slash."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.touches(path, query) and not self._is_over(place):
                    self._seen[place] += 1
                    if self._seen[place] > fault.skip:
                        return fault
        return None

    def as_json(self) -> list[dict[str, object]]:
        """Return those that are not over."""
        with self._lock:
            return [asdict(fault) for place, fault in enumerate(self._faults) if not self._is_over(place)]

    def _is_over(self, place: int) -> bool:
        fault = self._faults[place]
        return bool(fault.times) and self._seen[place] >= fault.skip + fault.times
