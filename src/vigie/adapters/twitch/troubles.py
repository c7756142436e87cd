"""What it means for a room that its account, or its connection, has trouble. Pure."""

from collections.abc import Iterator

from vigie.adapters.gated import Refusal
from vigie.ports import PortError

LATER_S = 60.0
"""Too many connections or subscriptions: those of a process that was killed count for a while."""


def refused(error: Refusal, login: str) -> PortError:
    """Return what it means that a room is refused: for good to an account without the right, else for now."""
    if error.status in {401, 403}:
        return PortError(
            f"The Twitch account {login} may not read this chat (HTTP {error.status}): it may be banned there.",
            permanent=True,
        )
    return PortError(str(error), retryable=True, retry_after_s=error.retry_after_s or LATER_S)


def first(troubles: BaseExceptionGroup[BaseException]) -> PortError:
    """Return one of the PortErrors in a group, a lasting one before others."""
    found = list(_leaves(troubles))
    return next((trouble for trouble in found if trouble.permanent), found[0])


def _leaves(troubles: BaseExceptionGroup[BaseException]) -> Iterator[PortError]:
    for trouble in troubles.exceptions:
        if isinstance(trouble, PortError):
            yield trouble
        elif isinstance(trouble, BaseExceptionGroup):
            yield from _leaves(trouble)
