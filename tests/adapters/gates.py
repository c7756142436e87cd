"""Gates for tests: one that lets everything through and remembers it, and one that is closed."""

from dataclasses import dataclass, field

from vigie.ports import PortError


@dataclass(slots=True)
class FreeGate:
    """Lets everything through."""

    entered: list[tuple[str, float]] = field(default_factory=list)
    """Which keys, and at what cost."""
    left: list[tuple[str, PortError | None]] = field(default_factory=list)

    async def enter(self, key: str, *, cost: float = 1.0) -> None:
        self.entered.append((key, cost))

    async def leave(self, key: str, trouble: PortError | None) -> None:
        self.left.append((key, trouble))

    @property
    def keys(self) -> list[str]:
        """The keys of what was asked, in order."""
        return [key for key, _ in self.entered]


class ClosedGate:
    """Lets nothing through."""

    async def enter(self, key: str, *, cost: float = 1.0) -> None:
        raise PortError(f"{key}: the breaker is open.", retryable=True, retry_after_s=60.0)

    async def leave(self, key: str, trouble: PortError | None) -> None:
        raise AssertionError("left without having entered")
