"""Where what actions made can be seen. Areas say so here (`site.bootstrap`); rules know none of them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from vigie.people.models import Membership

Find = Callable[[Membership, Sequence[int]], Mapping[int, str]]
"""Firings -> the address of what an action of each made, where the reader may see it. One query."""

_finders: dict[str, Find] = {}


def lead(action: str, find: Find) -> None:
    """Let the log lead to what an action made. Replaces the former way."""
    _finders[action] = find


def of_firings(reader: Membership, firings: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """Return the addresses of what was made, by firing and action. A query an action that leads somewhere."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if firings:
        for action, find in _finders.items():
            for firing, address in find(reader, firings).items():
                found[firing][action] = address
    return found
