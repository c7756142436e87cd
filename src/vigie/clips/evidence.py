"""Which clips show what an alert is about that nobody decided upon: those are not deleted.

Clips know no alerts: `site.bootstrap` names who does.
"""

from collections.abc import Callable, Collection

Undecided = Callable[[Collection[int]], set[int]]
"""Of assessments, by their ids: those about which somebody still has to decide."""

_asked: list[Undecided] = []


def ask(undecided: Undecided) -> None:
    """Ask `undecided` from now on."""
    _asked[:] = [undecided]


def undecided_among(assessments: Collection[int]) -> set[int]:
    """Return those of some assessments about which somebody still has to decide."""
    return _asked[0](assessments) if _asked and assessments else set()
