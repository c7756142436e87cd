"""What every adapter is held to, and what an adapter says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Clause(StrEnum):
    """What every port of every adapter is held to, by `tests/adapters/test_conformance.py`."""

    SIMULATOR = "a local server speaks the vendor's protocol, for the tests and the demo"
    IMPORTS = "it is imported without its extra"
    CLOSES = "cancelled while it waits or reads, it leaves nothing open for longer than 1 s"
    GARBAGE = "nonsense is skipped or is a PortError, and nothing is made up from it"
    REFUSALS = "401, 404, 429 and 5xx are PortErrors that say whether asking again makes sense"
    WAITING = "how long the other side asks to be left alone is told"
    SILENCE = "no answer in time is a PortError that may pass"
    BREAKS = "a connection that is reset, at its beginning or in the middle, is a PortError that may pass"
    EVENTS = "what is handed out are values of `vigie.events` and `vigie.ports`, of no vendor"
    SECRETS = "neither `repr` nor messages nor the log hold what it is given to keep"


ALONE: Mapping[Clause, str] = dict.fromkeys(
    (clause for clause in Clause if clause not in {Clause.IMPORTS, Clause.GARBAGE}),
    "It computes on this machine and talks to nobody.",
)
"""What a port without an outside is exempt from."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an adapter is, without importing its vendor library."""

    key: str
    label: str
    ports: tuple[str, ...]
    """Names of the Protocols of this package that it implements."""
    extra: str | None = None
    """The extra of the package that brings the vendor library."""
    simulator: str | None = None
    """Dotted path of the local server that speaks the vendor's protocol."""
    exempt: Mapping[str, Mapping[Clause, str]] = field(default_factory=dict)
    """Port -> the clauses that do not apply to it, and why, in one sentence."""
