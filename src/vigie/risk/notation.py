"""How a team writes words in a lexicon without listing every form.

`musulman(e)(s)`: musulman, musulmane, musulmans, musulmanes
`kill(s/ed/ing)`: kill, kills, killed, killing
`<le/un> métier`: le métier, un métier
`détest<er>`: détest + each entry of the set `er`: déteste, détestes, détestait, ...
`black <people>`: black + each entry of the set `people`, as a separate word because of the space
"""

import re
from collections.abc import Mapping, Sequence
from itertools import product

from vigie.risk.flaws import Flaw

MAX_FORMS = 2_000
"""Of one entry."""
MAX_CHARS = 100
"""Of one form; the longest of the shipped lexicons has 48."""

Sets = Mapping[str, Sequence[str]]

_PART = re.compile(r"\((?P<optional>[^()<>]*)\)|<(?P<choice>[^()<>/]*/[^()<>]*)>|<(?P<set>\w+)>|(?P<plain>[^()<>]+)")


class BadNotation(ValueError):
    """An entry that cannot be read."""

    def __init__(self, flaw: Flaw, **values: object) -> None:
        """Say why."""
        super().__init__(flaw.value % values)
        self.flaw = flaw
        self.values = values


def expand(entry: str, sets: Sets) -> list[str]:
    """Return every form that `entry` stands for. Raises BadNotation."""
    parts = []
    end = 0
    for part in _PART.finditer(entry):
        if part.start() != end:
            break
        end = part.end()
        parts.append(_alternatives(part, sets))
    if end != len(entry):
        raise BadNotation(Flaw.OPEN_BRACKET, entry=entry, at=end + 1)
    count = 1
    for part_forms in parts:
        count *= len(part_forms)
    if count > MAX_FORMS:
        raise BadNotation(Flaw.TOO_MANY_FORMS, entry=entry, count=count, limit=MAX_FORMS)
    if sum(max(map(len, part_forms)) for part_forms in parts) > MAX_CHARS:
        raise BadNotation(Flaw.TOO_LONG_A_FORM, entry=f"{entry[:MAX_CHARS]}…", limit=MAX_CHARS)
    return ["".join(form) for form in product(*parts)]


def _alternatives(part: re.Match[str], sets: Sets) -> Sequence[str]:
    match part.lastgroup:
        case "optional":
            return ["", *part["optional"].split("/")]
        case "choice":
            return part["choice"].split("/")
        case "set":
            if part["set"] not in sets:
                raise BadNotation(Flaw.NO_SUCH_SET, name=part["set"])
            return sets[part["set"]]
        case _:
            return [part["plain"]]
