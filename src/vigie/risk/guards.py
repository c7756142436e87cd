"""What turns a statement round or takes it back: negation, quotation, report, denunciation, reclaiming, praise."""

from collections.abc import Callable, Mapping

from vigie.risk.frames import Frame, is_negated
from vigie.risk.reading import Reading
from vigie.risk.signals import Circumstance, Kind
from vigie.risk.vocabulary import Mark, Role

REPORT_REACH = 14
DENUNCIATION_REACH = 25
RECLAIMING_REACH = 6
PRAISE_REACH = 8
DISCLAIMER_REACH = 20
PLAY_REACH = 15
ADDRESS_REACH = 3
SAID_REACH = 5

_NOT_SOFTENED = {Kind.THREAT, Kind.DEHUMANIZATION, Kind.EXCLUSION, Kind.DENIAL}
"""What a kind word beside it does not make better."""

_NAMES = {Kind.SLUR, Kind.INSULT}
"""What is said by naming somebody, and nothing else."""

_THREATS = {Kind.THREAT, Kind.PERSONAL_THREAT, Kind.UNNAMED_THREAT}


def guarded(reading: Reading, frame: Frame) -> Frame:
    """Return `frame` with all that surrounds it taken into account."""
    seen = {circumstance for circumstance, holds in _GUARDS.items() if holds(reading, frame)}
    return frame._replace(circumstances=frame.circumstances | seen)


def _is_negated(reading: Reading, frame: Frame) -> bool:
    return frame.kind is not Kind.DENIAL and is_negated(reading, frame, frame.target)


def _is_quoted(reading: Reading, frame: Frame) -> bool:
    return reading.is_quoted(frame.start)


def _is_reported(reading: Reading, frame: Frame) -> bool:
    sentence = reading.words[frame.start].sentence
    reports = reading.between(Role.REPORTING, frame.start - REPORT_REACH, frame.start)
    return any(reading.words[mark.start].sentence == sentence for mark in reports)


def _is_denounced(reading: Reading, frame: Frame) -> bool:
    sentence = reading.words[frame.start].sentence
    marks = reading.between(Role.DENOUNCING, frame.start - DENUNCIATION_REACH, frame.end + DENUNCIATION_REACH)
    return any(
        abs(reading.words[mark.start].sentence - sentence) <= 1 and not _is_said_of_target(reading, mark, frame)
        for mark in marks
    )


def _is_said_of_target(reading: Reading, mark: Mark, frame: Frame) -> bool:
    """Return whether a word such as `racist` is itself said of who is named: they are all racists.

    It is not in: saying that they are vermin *is* racist.
    """
    target, copulas = frame.target, reading.grammar.copulas
    return (
        target is not None
        and not (target.end <= frame.start and reading.has(copulas, frame.end, mark.start))
        and (frame.kind in _NAMES or target.start != frame.start)
        and reading.is_quoted(target.start) == reading.is_quoted(mark.start)
        and target.end <= mark.start <= target.end + SAID_REACH
        and reading.is_one_statement(target.start, mark.start)
        and reading.has(copulas, target.end, target.end + 2)
    )


def _is_reclaimed(reading: Reading, frame: Frame) -> bool:
    if frame.kind not in _NAMES:
        return False
    marks = reading.between(Role.RECLAIMING, frame.start - RECLAIMING_REACH, frame.start)
    return any(frame.start - mark.end <= 1 and reading.is_one_statement(mark.start, frame.start) for mark in marks)


def _is_praised(reading: Reading, frame: Frame) -> bool:
    if frame.kind in _NOT_SOFTENED:
        return False
    marks = reading.between(Role.POSITIVE, frame.start - PRAISE_REACH, frame.end + PRAISE_REACH)
    return any(
        reading.is_one_statement(mark.start, frame.start) and not is_negated(reading, mark, frame.target)
        for mark in marks
    )


def _is_disclaimed(reading: Reading, frame: Frame) -> bool:
    return bool(reading.between(Role.DISCLAIMER, frame.start - DISCLAIMER_REACH, frame.start))


def _is_playing(reading: Reading, frame: Frame) -> bool:
    if frame.kind not in _THREATS:
        return False
    sentence = reading.words[frame.start].sentence
    marks = reading.between(Role.PLAYING, frame.start - PLAY_REACH, frame.end + PLAY_REACH)
    return any(abs(reading.words[mark.start].sentence - sentence) <= 1 for mark in marks)


def _is_addressed(reading: Reading, frame: Frame) -> bool:
    return reading.has(reading.grammar.second_person, frame.start - ADDRESS_REACH, frame.end + 1)


def _is_disguised(reading: Reading, frame: Frame) -> bool:
    target = frame.target
    return reading.is_disguised(frame.start, frame.end) or bool(
        target and reading.is_disguised(target.start, target.end)
    )


_GUARDS: Mapping[Circumstance, Callable[[Reading, Frame], bool]] = {
    Circumstance.NEGATED: _is_negated,
    Circumstance.QUOTED: _is_quoted,
    Circumstance.REPORTED: _is_reported,
    Circumstance.DENOUNCED: _is_denounced,
    Circumstance.RECLAIMED: _is_reclaimed,
    Circumstance.PRAISED: _is_praised,
    Circumstance.DISCLAIMED: _is_disclaimed,
    Circumstance.PLAYING: _is_playing,
    Circumstance.ADDRESSED: _is_addressed,
    Circumstance.DISGUISED: _is_disguised,
}
