"""Accounts for every act, in the transaction in which it happens."""

from dataclasses import replace

from vigie.events import Acted
from vigie.governance import operations
from vigie.people.operations import key_in_use
from vigie.runtime import clock


def record(act: Acted) -> None:
    """Add the act to its chain, with the key by which it was done; if that fails, the act is undone with it."""
    if prefix := key_in_use():
        act = replace(act, payload={**act.payload, "api_key": prefix})
    operations.append(act, clock.now())
