"""The rules as data: what a lexicon holds. How its YAML is read is in `lexicon_yaml`."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.risk.signals import Kind


class Side(StrEnum):
    """Where the group stands, seen from the predicate."""

    BEFORE = "before"
    AFTER = "after"
    NEXT = "next"
    BESIDE = "beside"
    AROUND = "around"


class Need(StrEnum):
    """What must stand beside a predicate for it to count in full."""

    NOTHING = "nothing"
    COPULA = "copula"
    """`are` between the group and the predicate, or nothing at all."""
    CALL = "call"
    """`must`, `let us`, `I will` before it; without one, the predicate does not count."""
    SPEAKER = "speaker"
    """`I` or `we` before it, or nobody."""


class Strength(StrEnum):
    """How much a rule weighs beside others of its kind."""

    WEAK = "weak"
    NORMAL = "normal"
    STRONG = "strong"


class OtherKind(StrEnum):
    """Whom or what one may judge without it being hate."""

    POWER = "power"
    """Institutions, people in power, religions and doctrines."""
    PEOPLE = "people"
    """People of no protected group."""
    THINGS = "things"


@dataclass(frozen=True, slots=True)
class Phrases:
    """A list of the lexicon: as the team wrote it, and every form it stands for, cut into folded words."""

    written: tuple[str, ...] = ()
    forms: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """People whom the law protects. `label` is how the product names them: `les musulmans`."""

    key: str
    label: str
    names: Phrases
    adjectives: Phrases
    """Words that name the group only after a determiner or a word for people: les noirs, femme noire, but not voiture
    noire.
    """


@dataclass(frozen=True, slots=True)
class Slur:
    """Words that are hostile by themselves."""

    group: str
    strength: Strength
    also_insult: bool
    """Whether people also throw it at just anybody."""
    words: Phrases


SAYABLE = (Kind.THREAT, Kind.DEHUMANIZATION, Kind.HATE, Kind.EXCLUSION, Kind.INFERIORITY, Kind.ACCUSATION)
"""The kinds of predicates; the other kinds come from how they are said, and of whom."""


SOMEBODY = "somebody"
"""In place of a group: a person of none."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is said of a group."""

    kind: Kind
    side: Side
    needs: Need
    strength: Strength
    words: Phrases
    implies: str
    """The group, or `SOMEBODY`, it is said of where none is named: go back to your country. Empty for most."""


@dataclass(frozen=True, slots=True)
class Other:
    """Whom or what else a predicate may be said of."""

    kind: OtherKind
    words: Phrases


@dataclass(frozen=True, slots=True)
class Guards:
    """What turns a statement round, or takes it back."""

    negation: Phrases
    nobody: Phrases
    reporting: Phrases
    denouncing: Phrases
    reclaiming: Phrases
    positive: Phrases
    disclaimers: Phrases
    playing: Phrases
    """Words of games and sports, where people are said to be killed who lose."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The small words that tell who does what to whom. Single words, folded."""

    determiners: frozenset[str]
    individuals: frozenset[str]
    """Determiners of one person: a, this, my."""
    people: frozenset[str]
    """Words for persons that an adjective may stand beside: femme noire."""
    everyone: frozenset[str]
    object_pronouns: frozenset[str]
    """Stand right before a verb: les tuer."""
    copulas: frozenset[str]
    prepositions: frozenset[str]
    """Lead away from who is spoken of: laws *against* them, kind *to* dogs."""
    conjunctions: frozenset[str]
    """Open another statement inside one: I hate *how* they are treated."""
    neutral_pronouns: frozenset[str]
    """Before a copula, they stand for no person: it is a disgrace."""
    barriers: frozenset[str]
    """End what one statement may reach: but, because."""
    fillers: frozenset[str]
    """May stand inside any phrase without changing it: really, all, uh."""
    first_person: frozenset[str]
    second_person: frozenset[str]
    speaker_as_object: frozenset[str]
    """Beside a verb, they make the speaker its victim: she is going to kill *me*."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The rules in one language."""

    language: str
    version: str
    groups: tuple[Group, ...]
    slurs: tuple[Slur, ...]
    predicates: tuple[Predicate, ...]
    others: tuple[Other, ...]
    calls: Phrases
    pronouns: Phrases
    """What may stand for a group named before: they, these people."""
    guards: Guards
    grammar: Grammar
    profanity: Phrases
    exceptions: Phrases
