"""What goes wrong with a simulator, and how often. What that can be is said by each simulator."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Counted(Protocol):
    """A fault that strikes a number of times."""

    @property
    def times(self) -> int:
        """How often it strikes; with 0 until it is cleared."""

    @property
    def skip(self) -> int:
        """How often all goes well before."""


Fault = TypeVar("Fault", bound=Counted)


class Faults(Generic[Fault]):
    """What goes wrong. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._met: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong; of several that touch the same, the oldest does."""
        with self._lock:
            self._met.append((fault, 0))

    def clear(self) -> None:
        """Let everything go well."""
        with self._lock:
            self._met.clear()

    def all(self) -> list[Fault]:
        """Return those that are not over."""
        with self._lock:
            return [fault for fault, _ in self._met]

    def take(self, touches: Callable[[Fault], bool]) -> Fault | None:
        """Return what goes wrong now of the faults that touch what is done, and count it."""
        with self._lock:
            for place, (fault, met) in enumerate(self._met):
                if touches(fault):
                    self._met[place] = (fault, met + 1)
                    struck = met + 1 - fault.skip
                    if 0 < fault.times <= struck:
                        del self._met[place]
                    if struck > 0:
                        return fault
        return None


def refuse_negative(kind: str, *, times: int, skip: int, delay_s: float) -> None:
    """Raise ValueError when a fault of this kind has a number that makes no sense."""
    if times < 0 or skip < 0 or delay_s < 0:
        raise ValueError(f"{kind}: times, skip and delay_s are not negative.")
