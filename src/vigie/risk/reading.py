"""A text with all that was found in it: words, marks, statements, and who is named.

A text from speech has no punctuation, so a statement is bounded by sentence ends and by words such as `but`; how far
anything reaches inside it is counted in words. Every question costs the same however long the text is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import cache, cached_property
from typing import NamedTuple

from vigie.risk.lexicon import Other, OtherKind, Slur
from vigie.risk.vocabulary import Mark, Role, Vocabulary
from vigie.risk.words import Words, split


class Nature(Enum):
    """Of whom something is said."""

    GROUP = auto()
    POWER = auto()
    PEOPLE = auto()
    THINGS = auto()


REFERENTS = 4
"""How many of the last named a pronoun may stand for."""

_NATURES = {OtherKind.POWER: Nature.POWER, OtherKind.PEOPLE: Nature.PEOPLE, OtherKind.THINGS: Nature.THINGS}


class Target(NamedTuple):
    """Somebody or something named: words `start` to `end`."""

    start: int
    end: int
    nature: Nature
    key: str = ""
    """Of the group, else empty."""
    is_pronoun: bool = False
    is_insult: bool = False
    """Whether it is named by nothing but an ordinary insult."""


def _nobody() -> None:
    return None


class Reading:
    """One text, read with one vocabulary."""

    def __init__(self, text: str, vocabulary: Vocabulary, before: Callable[[], Target | None] = _nobody) -> None:
        """Read `text`. `before` tells who was named last in the texts said before; asked only when it matters."""
        self.vocabulary = vocabulary
        self.grammar = vocabulary.grammar
        self._source: Words = split(text)
        self.words = vocabulary.respell(self._source.words)
        self.marks = vocabulary.find(self.words)
        self._before = cache(before)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original from word `start` to before word `end`."""
        return self._source.folded.span(self.words[start].start, self.words[end - 1].end)

    def is_quoted(self, index: int) -> bool:
        """Return whether word `index` stands between quotation marks."""
        at = self.words[index].start
        quotations = self._source.quotations
        nearest = bisect_right(quotations, (at, len(self._source.folded.text))) - 1
        return nearest >= 0 and quotations[nearest][1] > at

    def has(self, words: frozenset[str], start: int, end: int) -> bool:
        """Return whether one of `words` stands from word `start` to before word `end`."""
        return any(word.text in words for word in self.words[max(0, start) : max(0, end)])

    def is_disguised(self, start: int, end: int) -> bool:
        """Return whether a word from `start` to before `end` was hidden by its writer."""
        return any(word.is_disguised for word in self.words[start:end])

    def marks_of(self, role: Role) -> Sequence[Mark]:
        """Return the marks of one role, in order."""
        return self._by_role.get(role, ())

    def between(self, role: Role, start: int, end: int) -> Sequence[Mark]:
        """Return the marks of one role that start from word `start` to before word `end`."""
        marks = self.marks_of(role)
        return marks[bisect_left(marks, start, key=_start) : bisect_left(marks, end, key=_start)]

    @cached_property
    def statement_starts(self) -> list[int]:
        """For each word, the first word of the statement it belongs to. No phrase is cut: that is not because ..."""
        inside = {index for mark in self.marks for index in range(mark.start + 1, mark.end)}
        starts: list[int] = []
        sentence = -1
        for index, word in enumerate(self.words):
            begins = word.sentence != sentence or (word.text in self.grammar.barriers and index not in inside)
            starts.append(index if begins else starts[-1])
            sentence = word.sentence
        return starts

    def is_one_statement(self, first: int, second: int) -> bool:
        """Return whether two words belong to the same statement."""
        return self.statement_starts[first] == self.statement_starts[second]

    @cached_property
    def targets(self) -> list[Target]:
        """Everyone and everything named, in order; a pronoun stands for who was named before it, if anybody."""
        found: list[Target] = []
        for mark in self.marks:
            if mark.meaning.role is Role.PRONOUN:
                named = _referent(found) or self._before()
                target = named and named._replace(start=mark.start, end=mark.end, is_pronoun=True)
            else:
                target = self._target(mark)
            if target:
                found.append(target)
        return found

    def targets_between(self, start: int, end: int) -> Sequence[Target]:
        """Return the targets that start from word `start` to before word `end`."""
        return self.targets[bisect_left(self.targets, start, key=_start) : bisect_left(self.targets, end, key=_start)]

    def named_before(self, index: int) -> Target | None:
        """Return who was named last before word `index`, in this text or before it."""
        at = bisect_left(self.targets, index, key=_start)
        return _referent(self.targets[max(0, at - REFERENTS) : at]) or self._before()

    @cached_property
    def _by_role(self) -> dict[Role, list[Mark]]:
        sorted_marks: dict[Role, list[Mark]] = {}
        for mark in self.marks:
            sorted_marks.setdefault(mark.meaning.role, []).append(mark)
        return sorted_marks

    def _target(self, mark: Mark) -> Target | None:
        meaning = mark.meaning
        if isinstance(meaning.rule, Other):
            return Target(mark.start, mark.end, _NATURES[meaning.rule.kind])
        if isinstance(meaning.rule, Slur):
            return Target(mark.start, mark.end, Nature.GROUP, meaning.group, is_insult=meaning.rule.also_insult)
        if meaning.role is Role.GROUP and (not meaning.is_adjective or self._names_people(mark)):
            return Target(mark.start, mark.end, Nature.GROUP, meaning.group)
        return None

    def _names_people(self, mark: Mark) -> bool:
        """Return whether an adjective stands for people: les noirs, femme noire."""
        before = self.grammar.determiners | self.grammar.people
        return self.has(before, mark.start - 1, mark.start) or self.has(self.grammar.people, mark.end, mark.end + 1)


def _start(place: Mark | Target) -> int:
    return place.start


def _referent(targets: Sequence[Target]) -> Target | None:
    """Return whom `they` stands for: the group or power named last; without one, whoever or whatever was."""
    latest = targets[-REFERENTS:]
    weighty = [target for target in latest if target.nature in {Nature.GROUP, Nature.POWER}]
    return next(reversed(weighty or latest), None)
