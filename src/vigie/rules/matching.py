"""Which keywords a text holds: all keywords of all rules in one search, however many they are.

Texts and keywords are compared as `normalizing` has them. Many texts are searched at once, joined to a haystack; with
10,000 keywords, texts of 26 characters take 0.7 µs each that way, and 2.6 µs alone.

While the library builds, no other Python runs; so it builds in parts, each of which takes 0.1 to 0.3 s at most. In all,
10,000 keywords of 15 bytes take 0.1 s and 26 MB; 100,000 take 1.5 s and 120 MB, and 1.2 µs a text (22 November 2026).
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from ahocorasick_rs import BytesAhoCorasick, Implementation

from vigie.errors import VigieError
from vigie.rules.normalizing import SEPARATOR, haystack_of, is_of_word, loosened, visible

MOST_KEYWORDS = 20_000
"""That a rule may have."""
MOST_IN_ALL = 200_000
MOST_BYTES_IN_ALL = 20_000_000
"""The size of the keywords of all rules, normalized."""
LONGEST_KEYWORD = 200
SHORTEST_LOOSE = 4
"""Characters of a keyword once it is loosened; shorter ones meet too many innocent words."""
MOST_BYTES = 16_384
"""What lies beyond in a text is not read. An utterance has about 300 characters, a message of a chat at most 500.

Keywords in each other (a, aa, aaa…) may be found 200 times at each byte: this bounds what one search finds.
"""

_TEXTS_AT_ONCE = 256
_SMALL_BYTES = 200_000
"""Keywords up to this size become a DFA: searched in 0.8 of the time, built in 3 times and 4 times the memory."""
_PART_BYTES = 500_000

Id = TypeVar("Id", bound=Hashable)
Hits = Mapping[Id, tuple[str, ...]]
"""Of one text: whose keywords it holds, and which ones, as they were typed; no keyword twice."""


class Place(StrEnum):
    """Where in a text a keyword counts."""

    EXACT = "exact"
    """It is the whole text."""
    PREFIX = "prefix"
    """The text begins with it."""
    WORD = "word"
    """It is no part of a longer word.

    Letters, digits, accents and `_` make words. Where the keyword itself begins or ends with anything else (`#clip`, an
    emoji), any neighbor will do on that side. So it will beside scripts that have no spaces between words (Han, kana,
    Thai, Lao, Khmer, Burmese): what a word is there, only a dictionary knows.
    """
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Keyword:
    """What is looked for."""

    text: str
    place: Place = Place.WORD
    is_loose: bool = False
    """Whether it is found too where digits stand for letters, or letters are repeated (`cl1p`, `cliiip`)."""


class KeywordFlaw(StrEnum):
    """Why keywords cannot be looked for, with places for names."""

    EMPTY = "“%(text)s” holds nothing to look for"
    TOO_LONG = "“%(text)s…” has %(count)d characters; a keyword has at most %(limit)d"
    TOO_SHORT = (
        "“%(text)s” is too short to be looked for loosely: it has %(count)d characters once repeated ones are one, "
        "and needs %(limit)d"
    )
    TOO_MANY = "a rule has at most %(limit)d keywords, not %(count)d"
    TOO_MANY_IN_ALL = "all rules have at most %(limit)d keywords, not %(count)d"
    TOO_LARGE_IN_ALL = "the keywords of all rules have at most %(limit)d bytes, not %(count)d"


class BadKeyword(VigieError, ValueError):
    """A keyword cannot be looked for."""

    def __init__(self, flaw: KeywordFlaw, **values: object) -> None:
        """Say why."""
        super().__init__(flaw.value % values)
        self.flaw = flaw
        self.values = values


class Matcher(Generic[Id]):
    """Finds keywords. It never changes once built, and threads may share it."""

    def __init__(self, keywords: Mapping[Id, Sequence[Keyword]]) -> None:
        """Compile the keywords, by whose they are. Raises BadKeyword."""
        if (count := sum(map(len, keywords.values()))) > MOST_IN_ALL:
            raise BadKeyword(KeywordFlaw.TOO_MANY_IN_ALL, count=count, limit=MOST_IN_ALL)
        strict, loose = _View[Id](), _View[Id]()
        for owner, wanted in keywords.items():
            for keyword, spelling, loosely in checked(wanted):
                strict.add(spelling, keyword, owner)
                if keyword.is_loose:
                    loose.add(loosely, keyword, owner)
        if (size := strict.size_bytes + loose.size_bytes) > MOST_BYTES_IN_ALL:
            raise BadKeyword(KeywordFlaw.TOO_LARGE_IN_ALL, count=size, limit=MOST_BYTES_IN_ALL)
        strict.build()
        loose.build()
        self._strict, self._loose = strict, loose

    def hits(self, text: str) -> Hits[Id]:
        """Return what one text holds."""
        return self.hits_of([text])[0]

    def hits_of(self, texts: Sequence[str]) -> list[Hits[Id]]:
        """Return what each text holds, in order. A thousand at once cost far less than one after the other."""
        hits: list[Hits[Id]] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            hits += self._search(texts[start : start + _TEXTS_AT_ONCE])
        return hits

    def _search(self, texts: Sequence[str]) -> list[Hits[Id]]:
        haystack = haystack_of(texts)
        if len(haystack) > MOST_BYTES:
            if len(texts) > 1:
                middle = len(texts) // 2
                return self._search(texts[:middle]) + self._search(texts[middle:])
            haystack = haystack[: MOST_BYTES - 1] + SEPARATOR
        found: _Found[Id] = _Found([_NOTHING] * len(texts))
        self._strict.search(haystack, found)
        if self._loose.spellings:
            self._loose.search(loosened(haystack), found)
        return found.all()


_NOTHING: Mapping[Any, tuple[str, ...]] = MappingProxyType({})


def _merged(several: Iterable[Hits[Id]]) -> Hits[Id]:
    merged: dict[Id, list[str]] = {}
    for hits in several:
        for owner, keywords in hits.items():
            merged.setdefault(owner, []).extend(keywords)
    return _frozen(merged)


def _frozen(owners: Mapping[Id, Iterable[str]]) -> Hits[Id]:
    return MappingProxyType({owner: tuple(dict.fromkeys(keywords)) for owner, keywords in owners.items()})


def checked(keywords: Sequence[Keyword]) -> list[tuple[Keyword, bytes, bytes]]:
    """Return the keywords of one rule, each with its spelling: normalized, and loosened. Raises BadKeyword."""
    if len(keywords) > MOST_KEYWORDS:
        raise BadKeyword(KeywordFlaw.TOO_MANY, count=len(keywords), limit=MOST_KEYWORDS)
    haystack = haystack_of([keyword.text for keyword in keywords])
    found = list(zip(keywords, _spellings(haystack), _spellings(loosened(haystack)), strict=True))
    for keyword, spelling, loosely in found:
        _check(keyword, spelling, loosely)
    return found


def _spellings(haystack: bytes) -> list[bytes]:
    return [spelling.strip(b" ") for spelling in haystack.split(SEPARATOR)[1:-1]]


def _check(keyword: Keyword, spelling: bytes, loosely: bytes) -> None:
    text = " ".join(visible(keyword.text)[:40].split())
    if not spelling:
        raise BadKeyword(KeywordFlaw.EMPTY, text=text)
    if len(keyword.text) > LONGEST_KEYWORD:
        raise BadKeyword(KeywordFlaw.TOO_LONG, text=text, count=len(keyword.text), limit=LONGEST_KEYWORD)
    if keyword.is_loose and (count := len(loosely.decode())) < SHORTEST_LOOSE:
        raise BadKeyword(KeywordFlaw.TOO_SHORT, text=text, count=count, limit=SHORTEST_LOOSE)


@dataclass(slots=True)
class _View(Generic[Id]):
    """The spellings looked for in one kind of haystack. Those of several keywords are there once."""

    spellings: dict[bytes, "_Wanted[Id]"] = field(default_factory=dict)
    size_bytes: int = 0
    parts: list[tuple[BytesAhoCorasick, list["_Wanted[Id]"], list[Hits[Id] | None]]] = field(default_factory=list)
    """An automaton, its spellings, and what is held wherever each of them is."""

    def add(self, spelling: bytes, keyword: Keyword, owner: Id) -> None:
        """Look for a keyword too."""
        wanted = self.spellings.get(spelling)
        if wanted is None:
            wanted = self.spellings[spelling] = _Wanted(*_edges(spelling))
            self.size_bytes += len(spelling)
        wanted.owners.setdefault(keyword.place, {}).setdefault(owner, []).append(keyword.text)

    def build(self, part_bytes: int = _PART_BYTES) -> None:
        """Make the automaton: one, or one for each part of many keywords. In order, they are searched 0.2 faster."""
        is_small = self.size_bytes <= _SMALL_BYTES
        implementation = Implementation.DFA if is_small else Implementation.ContiguousNFA
        for part in _parts(sorted(self.spellings), part_bytes):
            wanted = [self.spellings[spelling] for spelling in part]
            for one in wanted:
                one.hits.extend((place, _frozen(owners)) for place, owners in one.owners.items())
                one.owners.clear()
            built = BytesAhoCorasick(part, implementation=implementation)
            self.parts.append((built, wanted, [one.anywhere for one in wanted]))

    def search(self, haystack: bytes, found: "_Found[Id]") -> None:
        """Note what each text of the haystack holds. A spelling that is looked for anywhere, by all, costs least."""
        count, hits = haystack.count, found.hits
        for automaton, wanted, anywhere in self.parts:
            text, seen = 0, len(SEPARATOR)
            # They come in the order of their ends.
            for spelling, start, end in automaton.find_matches_as_indexes(haystack, overlapping=True):
                held = anywhere[spelling] or wanted[spelling].held_at(haystack, start, end)
                if held:
                    text += count(SEPARATOR, seen, end)
                    seen = end
                    if hits[text] is _NOTHING:
                        hits[text] = held
                    elif hits[text] is not held:
                        found.also(text, held)


@dataclass(frozen=True, slots=True)
class _Found(Generic[Id]):
    """What the texts of a haystack hold; of most of them one thing, if any."""

    hits: list[Hits[Id]]
    several: dict[int, dict[int, Hits[Id]]] = field(default_factory=dict)

    def also(self, text: int, held: Hits[Id]) -> None:
        """Note one more thing that a text holds."""
        self.several.setdefault(text, {0: self.hits[text]})[id(held)] = held

    def all(self) -> list[Hits[Id]]:
        """Return what each text holds."""
        for text, those in self.several.items():
            self.hits[text] = _merged(those.values())
        return self.hits


@dataclass(frozen=True, slots=True)
class _Wanted(Generic[Id]):
    """One spelling, and who looks for it where."""

    begins_word: bool
    ends_word: bool
    owners: dict[Place, dict[Id, list[str]]] = field(default_factory=dict)
    hits: list[tuple[Place, Hits[Id]]] = field(default_factory=list)
    """The same once built, to be given away: a text that holds one keyword costs no memory."""

    @property
    def anywhere(self) -> Hits[Id] | None:
        """What is held wherever this is; None where the place matters to somebody."""
        places = [place for place, _ in self.hits]
        return self.hits[0][1] if places == [Place.ANYWHERE] else None

    def held_at(self, haystack: bytes, start: int, end: int) -> Hits[Id] | None:
        """Return what is held by the text in which this was found, from `start` to `end`."""
        held = [hits for place, hits in self.hits if place is Place.ANYWHERE or self.is_at(place, haystack, start, end)]
        return _merged(held) if len(held) > 1 else held[0] if held else None

    def is_at(self, place: Place, haystack: bytes, start: int, end: int) -> bool:
        """Return whether what was found from `start` to `end` is at such a place (other than anywhere)."""
        if place is Place.WORD:
            return not (
                (self.begins_word and is_of_word(_last_char(haystack, start)))
                or (self.ends_word and is_of_word(_first_char(haystack, end)))
            )
        is_first = haystack.endswith((SEPARATOR, SEPARATOR + b" "), 0, start)
        is_last = haystack.startswith((SEPARATOR, b" " + SEPARATOR), end)
        return is_first and (is_last or place is Place.PREFIX)


def _parts(spellings: Iterable[bytes], part_bytes: int) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for spelling in spellings:
        part.append(spelling)
        size += len(spelling)
        if size >= part_bytes:
            yield part
            part, size = [], 0
    if part:
        yield part


def _edges(spelling: bytes) -> tuple[bool, bool]:
    text = spelling.decode()
    return is_of_word(text[0]), is_of_word(text[-1])


def _last_char(haystack: bytes, end: int) -> str:
    """Return the character before a place; it has at most four bytes."""
    return haystack[max(end - 4, 0) : end].decode(errors="ignore")[-1]


def _first_char(haystack: bytes, start: int) -> str:
    return haystack[start : start + 4].decode(errors="ignore")[0]
