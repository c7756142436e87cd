"""Where what actions made can be seen. Areas say so here (`site.bootstrap`); rules know none of them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from vigie.people.models import Membership

Find = Callable[[Membership, Sequence[int]], Mapping[tuple[int, str], str]]
"""Firings -> by firing and action, the address of what was made, where the reader may see it. One query."""

_finders: dict[str, Find] = {}


def lead(area: str, find: Find) -> None:
    """Let the log lead to what the actions of an area made. Replaces its former way."""
    _finders[area] = find


def of_firings(reader: Membership, firings: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """Return the addresses of what was made, by firing and action. A query an area that leads somewhere."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if firings:
        for find in _finders.values():
            for (firing, action), address in find(reader, firings).items():
                found[firing][action] = address
    return found
