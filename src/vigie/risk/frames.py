"""Who is said to be what: slurs, and predicates bound to the people they are said of."""

from collections.abc import Iterator
from typing import NamedTuple, cast

from vigie.risk.lexicon import SOMEBODY, Need, Predicate, Side, Slur, Strength
from vigie.risk.reading import Nature, Reading, Target
from vigie.risk.signals import Circumstance, Kind
from vigie.risk.vocabulary import Mark, Role

BEFORE_REACH = 9
"""Words back from a predicate to the group it is said of: the Xs, as we all know here, are ..."""
AFTER_REACH = 5
DISLOCATION_REACH = 2
CALL_REACH = 8
SPEAKER_REACH = 6
COPULA_REACH = 3
NEGATION_REACH = 4
NOBODY_REACH = 12


class Frame(NamedTuple):
    """One thing said of one target: words `start` to `end`."""

    start: int
    end: int
    kind: Kind
    target: Target | None = None
    strength: Strength = Strength.NORMAL
    circumstances: frozenset[Circumstance] = frozenset()


def frames(reading: Reading) -> list[Frame]:
    """Return everything said of somebody."""
    return [*_slurs(reading), *_predications(reading), *_denials(reading)]


def _slurs(reading: Reading) -> Iterator[Frame]:
    for mark in reading.marks_of(Role.SLUR):
        rule = cast("Slur", mark.meaning.rule)
        if rule.also_insult:
            yield _insult(reading, mark, rule)
        else:
            target = Target(mark.start, mark.end, Nature.GROUP, rule.group)
            yield Frame(mark.start, mark.end, Kind.SLUR, target, rule.strength)


def _insult(reading: Reading, mark: Mark, rule: Slur) -> Frame:
    """Return what an ordinary insult amounts to: much when it is said of a group, else little."""
    target = _before(reading, mark, BEFORE_REACH)
    if target and _is_group(target) and _is_linked(reading, mark, target):
        return Frame(mark.start, mark.end, Kind.INFERIORITY, target, rule.strength, _manner(reading, mark, target))
    itself = Target(mark.start, mark.end, Nature.GROUP, rule.group)
    return Frame(mark.start, mark.end, Kind.INSULT, itself, rule.strength)


def _is_group(target: Target) -> bool:
    return target.nature is Nature.GROUP and not target.is_insult


def _predications(reading: Reading) -> Iterator[Frame]:
    for mark in reading.marks_of(Role.PREDICATE):
        rule = cast("Predicate", mark.meaning.rule)
        if rule.needs is Need.CALL and (not _is_called_for(reading, mark) or _befalls_the_speaker(reading, mark)):
            continue
        target = _nearest(reading, mark, rule.side) or _implied(mark, rule)
        if (
            target
            and target.nature is Nature.THINGS
            and reading.has(reading.grammar.second_person, mark.end, mark.end + 1)
        ):
            target = None  # I will burn your car: whose it is counts
        if target:
            kind = _kind(rule.kind, target)
            circumstances = _circumstances(reading, mark, target)
        else:
            kind = _threat_to_the_unnamed(reading, mark) if rule.kind is Kind.THREAT else None
            circumstances = _number(reading, mark.start - COPULA_REACH, mark.end + COPULA_REACH)
        if kind:
            yield Frame(mark.start, mark.end, kind, target, rule.strength, circumstances)


def _denials(reading: Reading) -> Iterator[Frame]:
    for mark in reading.marks_of(Role.POSITIVE):
        target = _nearest(reading, mark, Side.AROUND)
        if target and target.nature is Nature.GROUP and is_negated(reading, mark, target):
            yield Frame(mark.start, mark.end, Kind.DENIAL, target, circumstances=_manner(reading, mark, target))


def is_negated(reading: Reading, mark: Mark | Frame, target: Target | None) -> bool:
    """Return whether what is said is denied: they are not ..., nobody should ..., I do not ..."""
    start = max(reading.statement_starts[mark.start], mark.start - NEGATION_REACH)
    if target and target.end < mark.start:  # right before the verb it is an object, with the negation before it
        start = max(target.end, reading.statement_starts[mark.start])
    return bool(
        reading.between(Role.NEGATION, start, mark.start)
        or (target and reading.between(Role.NEGATION, mark.end, target.start))
        or reading.between(
            Role.NOBODY, max(reading.statement_starts[mark.start], mark.start - NOBODY_REACH), mark.start
        )
    )


def _nearest(reading: Reading, mark: Mark, side: Side) -> Target | None:
    """Return whom a predicate is said of."""
    match side:
        case Side.BEFORE:
            return _before(reading, mark, BEFORE_REACH) or _after(reading, mark, DISLOCATION_REACH)
        case Side.AFTER:
            return _after(reading, mark, AFTER_REACH) or _object(reading, mark)
        case Side.NEXT:
            return _after(reading, mark, DISLOCATION_REACH)
        case Side.BESIDE:
            return _after(reading, mark, DISLOCATION_REACH) or _before(reading, mark, DISLOCATION_REACH)
        case Side.AROUND:
            return _after(reading, mark, AFTER_REACH) or _object(reading, mark) or _before(reading, mark, BEFORE_REACH)


def _implied(mark: Mark, rule: Predicate) -> Target | None:
    """Return whom a predicate is said of that names nobody and needs not: go back to your country."""
    if rule.implies == SOMEBODY:
        return Target(mark.start, mark.end, Nature.PEOPLE)
    return Target(mark.start, mark.end, Nature.GROUP, rule.implies) if rule.implies else None


def _before(reading: Reading, mark: Mark, reach: int) -> Target | None:
    for target in reversed(reading.targets_between(mark.start - reach, mark.start)):
        if reading.is_one_statement(target.start, mark.start):
            return target
    return None


def _after(reading: Reading, mark: Mark, reach: int) -> Target | None:
    for target in reading.targets_between(mark.end, mark.end + reach):
        if reading.is_one_statement(target.start, mark.start):
            return target
    return None


def _object(reading: Reading, mark: Mark) -> Target | None:
    """Return whom a pronoun before or inside the verb stands for: il faut *les* chasser, je peux pas *les* voir."""
    for at in range(max(0, mark.start - 1), max(mark.start, mark.end - 1)):
        if reading.words[at].text in reading.grammar.object_pronouns:
            named = reading.named_before(mark.start)
            return named and named._replace(start=at, end=at + 1, is_pronoun=True)
    return None


def _kind(kind: Kind, target: Target) -> Kind | None:
    match target.nature:
        case Nature.GROUP:
            return kind
        case Nature.POWER:
            return Kind.PERSONAL_THREAT if kind is Kind.THREAT else Kind.CRITICISM
        case Nature.PEOPLE:
            return Kind.PERSONAL_THREAT if kind is Kind.THREAT else Kind.ABUSE
        case Nature.THINGS:
            return None


def _threat_to_the_unnamed(reading: Reading, mark: Mark) -> Kind | None:
    """Return what a threat is whose target has no name in the text."""
    if reading.has(reading.grammar.second_person, mark.start - 1, mark.end + 1):
        return Kind.PERSONAL_THREAT
    if reading.has(reading.grammar.object_pronouns, mark.start - 1, mark.start):
        return Kind.UNNAMED_THREAT
    return Kind.UNNAMED_THREAT if reading.between(Role.PRONOUN, mark.end, mark.end + 2) else None


def _is_called_for(reading: Reading, mark: Mark) -> bool:
    start = reading.statement_starts[mark.start]
    calls = reading.between(Role.CALL, max(start, mark.start - CALL_REACH), mark.start)
    return bool(calls) or _opens_statement(reading, mark)


def _befalls_the_speaker(reading: Reading, mark: Mark) -> bool:
    """Return whether it is the speaker to whom it is done: she is going to kill me."""
    victims = reading.grammar.speaker_as_object
    return reading.has(victims, mark.start - 1, mark.start) or reading.has(victims, mark.end, mark.end + 1)


def _opens_statement(reading: Reading, mark: Mark) -> bool:
    """Return whether a verb comes first, as an order does."""
    grammar = reading.grammar
    words = reading.words[reading.statement_starts[mark.start] : mark.start]
    nouns = grammar.individuals | grammar.people
    return len(words) < COPULA_REACH and all(word.text in grammar.fillers - nouns for word in words)


def _circumstances(reading: Reading, mark: Mark, target: Target) -> frozenset[Circumstance]:
    rule = cast("Predicate", mark.meaning.rule)
    loose = (rule.needs is Need.COPULA and not _is_linked(reading, mark, target)) or (
        rule.needs is Need.SPEAKER and not _is_felt_by_speaker(reading, mark, target)
    )
    manner = _manner(reading, mark, target)
    return manner | {Circumstance.LOOSE} if loose else manner


def _manner(reading: Reading, mark: Mark, target: Target) -> frozenset[Circumstance]:
    """Return how many a statement is about, and how they are named."""
    seen = set()
    if target.is_pronoun:
        seen.add(Circumstance.PRONOUN)
    elif _is_individual(reading, target):
        seen.add(Circumstance.INDIVIDUAL)
    if target.is_insult:
        seen.add(Circumstance.BY_INSULT)
    if target.start < mark.start:
        return frozenset(seen) | _number(reading, target.start - COPULA_REACH, mark.start)
    return frozenset(seen) | _number(reading, mark.end, target.start)


def _is_individual(reading: Reading, target: Target) -> bool:
    """Return whether one person is named: that X; but not in: saying that Xs."""
    reports = reading.between(Role.REPORTING, target.start - SPEAKER_REACH, target.start)
    is_reported = any(mark.end == target.start for mark in reports)
    return not is_reported and reading.has(reading.grammar.individuals, target.start - 1, target.start)


def _number(reading: Reading, start: int, end: int) -> frozenset[Circumstance]:
    return frozenset({Circumstance.EVERYONE} if reading.has(reading.grammar.everyone, start, end) else ())


def _is_linked(reading: Reading, mark: Mark, target: Target) -> bool:
    """Return whether `are` ties the predicate to the target, or nothing stands between them."""
    grammar = reading.grammar
    if target.start >= mark.end:
        return reading.has(grammar.copulas, mark.start - COPULA_REACH, mark.start)
    if reading.has(grammar.prepositions, target.start - 2, target.start):
        return False  # it is the laws *against* the group that are said to be ...
    if target.end == mark.start or reading.has(grammar.copulas, target.start - 1, target.start):
        return True
    return _copula_between(reading, target.start if target.is_pronoun else target.end, mark.start)


def _copula_between(reading: Reading, start: int, end: int) -> bool:
    """Return whether `are` stands there, with nothing after it that leads away and no `it` before it."""
    grammar = reading.grammar
    for index in range(end - 1, start - 1, -1):
        if reading.words[index].text in grammar.copulas:
            return not reading.has(grammar.neutral_pronouns, index - 1, index)
        leads_away = reading.words[index].text in grammar.prepositions | grammar.conjunctions
        if leads_away and not reading.has(grammar.copulas, index - 1, index):
            return False
    return False


def _is_felt_by_speaker(reading: Reading, mark: Mark, target: Target) -> bool:
    """Return whether `I` or `we` feel it, or nobody says who, and for the target itself: not for how it is treated."""
    if reading.has(reading.grammar.prepositions | reading.grammar.conjunctions, mark.end, target.start):
        return False
    start = max(reading.statement_starts[mark.start], mark.start - SPEAKER_REACH)
    return (
        reading.has(reading.grammar.first_person, start, mark.start)
        or bool(reading.between(Role.CALL, start, mark.start))
        or _opens_statement(reading, mark)
    )
