"""What can go wrong with an OBS, and when."""

from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from enum import StrEnum
from threading import Lock


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
        if self.times < 0 or self.skip < 0 or self.delay_s < 0:
            raise ValueError(f"{self.kind}: times, skip and delay_s are not negative.")
        if self.kind in {Kind.SLOW, Kind.LATE} and not self.delay_s:
            raise ValueError(f"{self.kind}: say how long (delay_s).")


class Faults:
    """What goes wrong with one server. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []
        self._seen: list[int] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong; of several of a sort, the oldest does."""
        with self._lock:
            self._faults.append(fault)
            self._seen.append(0)

    def clear(self) -> None:
        """Let everything go well."""
        with self._lock:
            self._faults, self._seen = [], []

    def take(self, kinds: AbstractSet[Kind], request: str = "") -> Fault | None:
        """Return what of these kinds goes wrong now; `request` is the type of what was asked, if it was."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if fault.kind in kinds and fault.request in {"", request} and not self._is_over(place):
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
