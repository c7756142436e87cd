"""What the conformance suite has to know of a port of an adapter to hold it to the clauses."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, Protocol, TypeVar

STATUSES = (401, 404, 429, 503)


class Simulator(AbstractContextManager[Any], Protocol):
    """A local server that speaks a vendor's protocol: `with`."""

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, once started."""
        ...


Server = TypeVar("Server", bound=Simulator)


class Driver(ABC, Generic[Server]):
    """A port, its simulator, and what can go wrong between them. One test each."""

    adapter: ClassVar[str]
    port: ClassVar[str]
    is_stream: ClassVar[bool] = False
    """It goes on until somebody leaves."""
    for_good: ClassVar[frozenset[int]] = frozenset({401, 404})
    """Which of STATUSES only a person can mend; the others may pass."""
    garbage: ClassVar[tuple[Any, ...]]
    """What `spoil` takes."""
    patience: ClassVar[str]
    """Where it is said for how many seconds it waits for an answer: the path of a constant."""

    def __init__(self) -> None:
        self.server = self.simulator()
        self.secrets = list[str]()
        """What it is given to keep."""
        self.keepers = list[object]()
        """What holds the secrets: their `repr` must not."""

    @abstractmethod
    def simulator(self) -> Server:
        """Return a simulator in which all is well, to be started."""

    @abstractmethod
    def use(self, url: str) -> AsyncGenerator[object, None]:
        """Ask for something by way of `url`, and yield what is handed out; closing it closes the adapter."""

    @abstractmethod
    def refuse(self, status: int, wait_s: int) -> None:
        """Answer everything like this; with 429, ask to be left alone for so long."""

    @abstractmethod
    def spoil(self, how: Any) -> None:
        """Answer with nonsense, or send it, from now on."""
