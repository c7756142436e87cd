"""A lexicon compiled for reading: one walk over the words of a text finds every entry, however many there are.

Entries are whole words, so the automaton is a tree of words rather than of letters: as many dictionary look-ups as the
text has words, exact places, and no pattern that an edit could make slow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from vigie.risk.lexicon import Lexicon, Other, Phrases, Predicate, Slur
from vigie.risk.spelling import Speller
from vigie.risk.words import Word

MOST_FILLERS = 5
"""In a row, inside a phrase. Without an end, a text of fillers would be walked through from each of its words."""


class Role(Enum):
    """What an entry does in a text."""

    GROUP = auto()
    SLUR = auto()
    PREDICATE = auto()
    OTHER = auto()
    PRONOUN = auto()
    CALL = auto()
    NEGATION = auto()
    NOBODY = auto()
    REPORTING = auto()
    DENOUNCING = auto()
    RECLAIMING = auto()
    POSITIVE = auto()
    DISCLAIMER = auto()
    PLAYING = auto()
    PROFANITY = auto()
    EXCEPTION = auto()
    """A fixed expression in which nothing else is to be found: film noir."""


class Meaning(NamedTuple):
    """One thing that a phrase of the lexicon means."""

    role: Role
    group: str = ""
    is_adjective: bool = False
    rule: Predicate | Slur | Other | None = None


class Mark(NamedTuple):
    """A phrase of the lexicon found in a text: words `start` to `end`."""

    start: int
    end: int
    meaning: Meaning


@dataclass(slots=True)
class _Node:
    """The phrases that go on with the same words."""

    next: dict[str, "_Node"] = field(default_factory=dict)
    meanings: list[Meaning] = field(default_factory=list)


class Vocabulary:
    """All the entries of one lexicon, ready to be found."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile `lexicon`; takes some 50 ms for a shipped one."""
        self.grammar = lexicon.grammar
        self.labels = {group.key: group.label for group in lexicon.groups}
        self._root = _Node()
        known = set[str]()
        hidden = set[str]()
        for phrases, meaning in meanings(lexicon):
            for form in phrases.forms:
                self._add(form, meaning)
                known.update(form)
                if len(form) == 1 and meaning.role in {Role.GROUP, Role.SLUR}:
                    hidden.update(form)
        joints = lexicon.grammar.determiners | lexicon.grammar.copulas | lexicon.grammar.everyone
        self._speller = Speller(frozenset(known | joints), frozenset(hidden), joints)

    def respell(self, words: Sequence[Word]) -> list[Word]:
        """Return `words` with the disguised ones in plain spelling."""
        return self._speller.respell(words)

    def find(self, words: Sequence[Word]) -> list[Mark]:
        """Return the entries found, in order; where several start, the longest; none inside another."""
        marks: list[Mark] = []
        index = 0
        while index < len(words):
            node = self._root.next.get(words[index].text)
            end, meanings = self._longest(words, index, node) if node else (index + 1, ())
            marks += [Mark(index, end, meaning) for meaning in meanings]
            index = end
        return marks

    def _longest(self, words: Sequence[Word], start: int, node: _Node) -> tuple[int, Sequence[Meaning]]:
        best: tuple[int, Sequence[Meaning]] = (start + 1, node.meanings)
        index = start + 1
        fillers = 0
        while node.next and index < len(words) and words[index].sentence == words[start].sentence:
            text = words[index].text
            index += 1
            if text in node.next:
                node = node.next[text]
                fillers = 0
                if node.meanings:
                    best = (index, node.meanings)
            elif text in self.grammar.fillers and fillers < MOST_FILLERS:
                fillers += 1
            else:
                break
        return best

    def _add(self, form: tuple[str, ...], meaning: Meaning) -> None:
        node = self._root
        for word in form:
            node = node.next.setdefault(word, _Node())
        if meaning not in node.meanings:
            node.meanings.append(meaning)


def meanings(lexicon: Lexicon) -> Iterator[tuple[Phrases, Meaning]]:
    """Yield every list of a lexicon with what its entries mean."""
    for group in lexicon.groups:
        yield group.names, Meaning(Role.GROUP, group.key)
        yield group.adjectives, Meaning(Role.GROUP, group.key, is_adjective=True)
    for slur in lexicon.slurs:
        yield slur.words, Meaning(Role.SLUR, slur.group, rule=slur)
    for predicate in lexicon.predicates:
        yield predicate.words, Meaning(Role.PREDICATE, rule=predicate)
    for other in lexicon.others:
        yield other.words, Meaning(Role.OTHER, rule=other)
    for role, phrases in _plain_roles(lexicon).items():
        yield phrases, Meaning(role)


def _plain_roles(lexicon: Lexicon) -> dict[Role, Phrases]:
    guards = lexicon.guards
    return {
        Role.PRONOUN: lexicon.pronouns,
        Role.CALL: lexicon.calls,
        Role.NEGATION: guards.negation,
        Role.NOBODY: guards.nobody,
        Role.REPORTING: guards.reporting,
        Role.DENOUNCING: guards.denouncing,
        Role.RECLAIMING: guards.reclaiming,
        Role.POSITIVE: guards.positive,
        Role.DISCLAIMER: guards.disclaimers,
        Role.PLAYING: guards.playing,
        Role.PROFANITY: lexicon.profanity,
        Role.EXCEPTION: lexicon.exceptions,
    }
