"""Accounts for every act, in the transaction in which it happens."""

from vigie.events import Acted
from vigie.governance import operations
from vigie.runtime import clock


def record(act: Acted) -> None:
    """Add the act to its chain; if that fails, the act is undone with it."""
    operations.append(act, clock.now())
