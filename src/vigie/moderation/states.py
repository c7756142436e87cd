"""Which decisions may follow which, and until when one may be taken back. Storing them is `operations`' business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigie.errors import VigieError

PENDING, REVIEWED, ACTION_TAKEN, DISMISSED = "pending", "reviewed", "action_taken", "dismissed"
DECIDED = frozenset({REVIEWED, ACTION_TAKEN, DISMISSED})

MOVES: Mapping[str, frozenset[str]] = {PENDING: DECIDED} | dict.fromkeys(DECIDED, frozenset({PENDING}))
"""From a state to those a person may choose: decide what is pending, reopen what is decided."""

UNDO = timedelta(seconds=10)
"""How long the one who decided may take it back."""


class Refused(VigieError):
    """The alert stays as it was."""


class AlreadyDecided(Refused):
    """Somebody else changed this alert meanwhile. Look at it again, then decide."""

    def __init__(self, *, seen: int, current: int) -> None:
        """Remember the version that was looked at, and the one in force."""
        super().__init__()
        self.seen = seen
        self.current = current


class NoSuchMove(Refused):
    """An alert cannot go from its state to that one."""


class CannotUndo(Refused):
    """There is no decision to take back."""


class NotYourDecision(CannotUndo):
    """Only the person who decided can take a decision back; reopen the alert instead."""


class TooLateToUndo(CannotUndo):
    """A decision can be taken back for 10 seconds only; reopen the alert instead."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands. The version grows at every change."""

    state: str
    version: int


@dataclass(frozen=True, slots=True)
class Made:
    """The newest decision on an alert that still holds."""

    by: int
    """Id of the person."""
    at: datetime


def moved(standing: Standing, to: str, *, seen: int) -> Standing:
    """Return where an alert stands once a person who saw version `seen` moved it to `to`.

    Raises AlreadyDecided when that version is no longer in force, NoSuchMove when the table has no such move.
    """
    if seen != standing.version:
        raise AlreadyDecided(seen=seen, current=standing.version)
    if to not in MOVES[standing.state]:
        raise NoSuchMove(f"An alert cannot go from {standing.state!r} to {to!r}.")
    return Standing(to, standing.version + 1)


def undone(standing: Standing, made: Made, *, former: str, by: int, now: datetime) -> Standing:
    """Return where an alert stands once `by` took the decision `made` back, `former` being its state before that.

    Raises NotYourDecision, TooLateToUndo.
    """
    if made.by != by:
        raise NotYourDecision
    if now - made.at > UNDO:
        raise TooLateToUndo
    return Standing(former, standing.version + 1)
