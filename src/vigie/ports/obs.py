"""The OBS of a streamer: what is asked of it, and what it tells."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ObsAddress:
    """Where an OBS listens."""

    host: str
    port: int
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ObsStatus:
    """How an OBS does."""

    version: str
    """Of OBS itself."""
    replay_is_active: bool
    """Whether its replay buffer runs: nothing can be saved otherwise."""
    file_pattern: str = ""
    """How it names files, where it says so."""
    last_replay: str = ""
    """The path of the replay it wrote last since it was started; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ReplaySaved:
    """A replay was written: its path, as the machine of the OBS spells it."""

    path: str


@dataclass(frozen=True, slots=True)
class ReplayBufferTurned:
    """The replay buffer was started or stopped, by whomever."""

    is_active: bool


ObsEvent = ReplaySaved | ReplayBufferTurned


class ObsSession(Protocol):
    """A connection to one OBS. Everything raises PortError, retryable, once it is lost."""

    async def status(self) -> ObsStatus:
        """Return how it does; doubles as a heartbeat. Answers within 5 s or raises."""
        ...

    async def start_replay_buffer(self) -> None:
        """Let the replay buffer run. Raises PortError where OBS refuses, e.g. because none is configured."""
        ...

    async def save_replay(self) -> None:
        """Ask for the replay to be written; `events` tells of the file. Never ask again before it did.

        OBS merges two saves in flight into one event, and names files by the second: of two in the same second, the
        later overwrites the earlier. Raises PortError, permanent where the replay buffer is off.
        """
        ...

    def events(self) -> AsyncIterator[ObsEvent]:
        """Yield what happens from the beginning of the session on, to one reader.

        Raises PortError at once when the connection is lost, after what came before. A network that fell silent is
        found out within 20 s.
        """
        ...


class ObsConnector(Protocol):
    """Connects to an OBS, one connection a call; no reconnecting of its own."""

    def connect(self, address: ObsAddress) -> AbstractAsyncContextManager[ObsSession]:
        """Open a session, within 5 s. Raises PortError: permanent where the password is wrong, until it is changed."""
        ...
