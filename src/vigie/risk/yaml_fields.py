"""Reading a policy's YAML field by field, so that a bad edit is answered with its line and the reason."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

import yaml
from yaml.reader import ReaderError

from vigie.risk.flaws import BadLexicon, Flaw
from vigie.risk.lexicon import Phrases
from vigie.risk.notation import BadNotation, expand
from vigie.risk.words import spell

MAX_FORMS = 50_000
"""Of a lexicon: the shipped ones have up to 20,000."""
MAX_LISTS = 12
"""That one form stands in: each is looked at wherever it is said. In the shipped lexicons, 3."""
MAX_DEPTH = 8
"""Of lists and fields in each other; the reader of YAML itself takes any, and then the process ends."""


@dataclass(slots=True)
class _Shared:
    """What all the mappings of a document share."""

    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forms: int = 0
    """Read so far."""
    lists: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """In how many each form stands."""


class Fields:
    """The fields of one YAML mapping. Whoever has read those it knows refuses the rest."""

    def __init__(self, node: yaml.Node, what: str, shared: _Shared | None = None) -> None:
        """Read `node`, a mapping called `what` when something is wrong with it."""
        self.line = _line(node)
        self._what = what
        self._shared = shared or _Shared()
        self._left: dict[str, yaml.Node] = {}
        self._lines: dict[str, int] = {}
        if not isinstance(node, yaml.MappingNode):
            raise BadLexicon(self.line, Flaw.NOT_FIELDS, what=what)
        for key, value in node.value:
            name = _plain(key, "name")
            if name in self._left:
                raise BadLexicon(_line(key), Flaw.TWICE, name=name)
            self._left[name] = value
            self._lines[name] = _line(key)

    def line_of(self, name: str) -> int:
        """Return the line of a field, or of the mapping where it lacks."""
        return self._lines.get(name, self.line)

    def text(self, name: str, *, pattern: str = ".+") -> str:
        """Return a field of one line; it must be there."""
        node = self._left.pop(name, None)
        if node is None:
            raise BadLexicon(self.line, Flaw.MISSING, what=self._what, name=name)
        value = _plain(node, name)
        if not re.fullmatch(pattern, value):
            raise BadLexicon(_line(node), Flaw.UNLIKE, name=name, value=value, pattern=pattern)
        return value

    def choice(self, name: str, choices: Iterable[str], *, default: str | None = None) -> str:
        """Return a field that must be one of `choices`."""
        if default is not None and name not in self._left:
            return default
        line = self.line_of(name)
        value = self.text(name)
        known = sorted(choices)
        if value not in known:
            raise BadLexicon(line, Flaw.NOT_A_CHOICE, name=name, value=value, choices=", ".join(known))
        return value

    def flag(self, name: str) -> bool:
        """Return a yes-or-no field; no where it is not given."""
        return self.choice(name, ("true", "false"), default="false") == "true"

    def entries(self, name: str) -> Iterator["Fields"]:
        """Yield the mappings of a list; none where it is not given."""
        for node in self._items(name):
            yield Fields(node, name, self._shared)

    def phrases(self, name: str) -> Phrases:
        """Return a list of words in the notation of `vigie.risk.notation`; empty where it is not given."""
        written: list[str] = []
        forms: dict[tuple[str, ...], None] = {}  # a set that keeps the order
        for node in self._items(name):
            entry = _plain(node, name)
            written.append(entry)
            forms.update(dict.fromkeys(self._forms(entry, node)))
        self._shared.lists.update(list(forms))
        for form in forms:
            if self._shared.lists[form] > MAX_LISTS:
                raise BadLexicon(self._lines[name], Flaw.TOO_OFTEN, entry=" ".join(form), limit=MAX_LISTS)
        return Phrases(tuple(written), tuple(forms))

    def single_words(self, name: str) -> frozenset[str]:
        """Return a list of which no entry may be of several words."""
        line = self.line_of(name)
        forms = self.phrases(name).forms
        for form in forms:
            if len(form) > 1:
                raise BadLexicon(line, Flaw.SEVERAL_WORDS, name=name, entry=" ".join(form))
        return frozenset(form[0] for form in forms)

    def inner(self, name: str) -> "Fields":
        """Return the mapping that a field holds; it must be there."""
        node = self._left.pop(name, None)
        if node is None:
            raise BadLexicon(self.line, Flaw.MISSING, what=self._what, name=name)
        return Fields(node, name, self._shared)

    def read_sets(self) -> None:
        """Take the named sets that the notation may use from here on; they may use those above them."""
        node = self._left.pop("sets", None)
        if node is None:
            return
        inner = Fields(node, "sets", self._shared)
        for name in list(inner._left):
            forms = [form for item in inner._items(name) for form in inner._expanded(_plain(item, name), item)]
            self._shared.sets[name] = tuple(forms)

    def refuse_the_rest(self) -> None:
        """Raise BadLexicon for a field nobody asked for: most likely a typing error."""
        for name in self._left:
            raise BadLexicon(self._lines[name], Flaw.UNKNOWN, what=self._what, name=name)

    def _items(self, name: str) -> list[yaml.Node]:
        node = self._left.pop(name, None)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise BadLexicon(_line(node), Flaw.NOT_A_LIST, name=name)
        return list(node.value)

    def _forms(self, entry: str, node: yaml.Node) -> Iterator[tuple[str, ...]]:
        for form in self._expanded(entry, node):
            words = spell(form)
            if not words:
                raise BadLexicon(_line(node), Flaw.NO_WORD, entry=entry)
            yield words

    def _expanded(self, entry: str, node: yaml.Node) -> list[str]:
        try:
            forms = expand(entry, self._shared.sets)
        except BadNotation as error:
            raise BadLexicon(_line(node), error.flaw, **error.values) from None
        self._shared.forms += len(forms)
        if self._shared.forms > MAX_FORMS:
            raise BadLexicon(_line(node), Flaw.TOO_LARGE, limit=MAX_FORMS)
        return forms


def documents(text: str) -> Iterator[Fields]:
    """Yield the documents of a policy. Raises BadLexicon where the text is no YAML."""
    try:
        _refuse_depth(text)
        nodes = list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        line, why = _where_and_why(error)
        raise BadLexicon(line, Flaw.NOT_YAML, why=why) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise BadLexicon(line, Flaw.NOT_YAML, why=f"U+{error.character:04X}") from None
    for node in nodes:
        yield Fields(node, "lexicon")


def texts(text: str) -> list[str]:
    """Return the YAML of each document of a policy that can be read, without the mark that begins it.

    What stands above the first of them belongs to it, unless that begins with a mark.
    """
    lines = text.splitlines(keepends=True)
    begins = [
        _first_line(event) if event.explicit else 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader)
        if isinstance(event, yaml.DocumentStartEvent)
    ]
    parts = ("".join(lines[begin:end]) for begin, end in zip_longest(begins, begins[1:]))
    return [part.removeprefix("---").strip("\n") + "\n" for part in parts]


def _refuse_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise BadLexicon(_first_line(event) + 1, Flaw.TOO_DEEP, limit=MAX_DEPTH)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _first_line(event: yaml.Event) -> int:
    """Return the line at which something begins, from 0."""
    return event.start_mark.line if event.start_mark else 0


def _where_and_why(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    begins = error.context_mark.line + 1 if error.context_mark else line
    since = f", {error.context} from line {begins}" if begins != line else ""
    return line, f"{error.problem or error.context}{since}"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _plain(node: yaml.Node, what: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise BadLexicon(_line(node), Flaw.NOT_WORDS, what=what)
    if not node.value.strip():
        raise BadLexicon(_line(node), Flaw.EMPTY, what=what)
    return str(node.value)
