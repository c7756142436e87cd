"""From frames to a verdict. Weights are log-odds, set by hand and checked on texts kept apart (tests/risk).

A score ranks texts for a human; it is no probability until it is calibrated against decisions.
"""

import math
from collections.abc import Sequence

from vigie.ports import Span, Verdict
from vigie.risk.frames import Frame
from vigie.risk.lexicon import Strength
from vigie.risk.reading import Nature, Reading
from vigie.risk.signals import Circumstance, Kind, Remark
from vigie.risk.vocabulary import Role

HATEFUL_FROM = 0.5

_KINDS = {
    Kind.THREAT: 2.2,
    Kind.DEHUMANIZATION: 1.8,
    Kind.HATE: 1.5,
    Kind.SLUR: 1.3,
    Kind.EXCLUSION: 1.2,
    Kind.INFERIORITY: 1.1,
    Kind.ACCUSATION: 1.0,
    Kind.DENIAL: 0.4,
    Kind.UNNAMED_THREAT: -0.5,
    Kind.PERSONAL_THREAT: -0.6,
    Kind.INSULT: -0.7,
    Kind.CRITICISM: -1.3,
    Kind.ABUSE: -1.6,
}
_STRENGTHS = {Strength.WEAK: -0.9, Strength.NORMAL: 0.0, Strength.STRONG: 0.5}
_CIRCUMSTANCES = {
    Circumstance.EVERYONE: 0.4,
    Circumstance.ADDRESSED: 0.3,
    Circumstance.DISCLAIMED: 0.3,
    Circumstance.DISGUISED: 0.1,
    Circumstance.PRONOUN: -0.3,
    Circumstance.LOOSE: -2.5,
    Circumstance.INDIVIDUAL: -0.8,
    Circumstance.BY_INSULT: -1.4,
    Circumstance.REPORTED: -1.9,
    Circumstance.QUOTED: -1.9,
    Circumstance.PRAISED: -1.5,
    Circumstance.PLAYING: -2.8,
    Circumstance.DENOUNCED: -2.4,
    Circumstance.RECLAIMED: -3.0,
    Circumstance.NEGATED: -4.0,
}
_REMARKS = {Remark.MENTION: -2.6, Remark.PROFANITY: -2.4, Remark.NOTHING: -3.5}
_ANOTHER_FRAME = 0.35
"""What each further frame of another kind adds, up to three, when it weighs something by itself."""
_COUNTS_FROM = -0.5

_OPINIONS = {Kind.CRITICISM, Kind.ABUSE, Kind.PERSONAL_THREAT, Kind.UNNAMED_THREAT}


def verdict(reading: Reading, frames: Sequence[Frame]) -> Verdict:
    """Return what a text amounts to, given everything said in it."""
    if not frames:
        remark = _remark(reading)
        return Verdict("analysed", score=_fraction(_REMARKS[remark]), target=_mentioned(reading), signals=(remark,))
    ranked = sorted(frames, key=_weight, reverse=True)
    top = ranked[0]
    further = sum(1 for frame in ranked[1:] if _weight(frame) > _COUNTS_FROM and frame.kind is not top.kind)
    score = _fraction(_weight(top) + _ANOTHER_FRAME * min(further, 3))
    hateful = score >= HATEFUL_FROM and top.kind not in _OPINIONS
    return Verdict(
        state="analysed",
        category="hateful" if hateful else _mild_category(top, score),
        score=score,
        hateful=hateful,
        target=top.target.key if top.target else "",
        stance=_stance(top),
        spans=_spans(reading, ranked),
        signals=(top.kind, *sorted(top.circumstances, key=lambda seen: -abs(_CIRCUMSTANCES[seen]))),
    )


def _weight(frame: Frame) -> float:
    beside = sum(_CIRCUMSTANCES[seen] for seen in frame.circumstances)
    return _KINDS[frame.kind] + _STRENGTHS[frame.strength] + beside


def _fraction(weight: float) -> float:
    return round(1 / (1 + math.exp(-weight)), 3)


def _remark(reading: Reading) -> Remark:
    if _mentioned(reading):
        return Remark.MENTION
    return Remark.PROFANITY if reading.marks_of(Role.PROFANITY) else Remark.NOTHING


def _mentioned(reading: Reading) -> str:
    return next((target.key for target in reading.targets if target.nature is Nature.GROUP), "")


def _mild_category(top: Frame, score: float) -> str:
    return "polemic" if top.kind in _OPINIONS or score >= 0.25 else "neutral"


def _stance(frame: Frame) -> str:
    seen = frame.circumstances
    if Circumstance.DENOUNCED in seen:
        return "denounces"
    if seen & {Circumstance.QUOTED, Circumstance.REPORTED}:
        return "quotes"
    return "unclear" if seen & {Circumstance.NEGATED, Circumstance.RECLAIMED} else "asserts"


def _spans(reading: Reading, frames: Sequence[Frame]) -> tuple[Span, ...]:
    """Return what to highlight, in the order of the text, without overlap: predicates first, then whom they concern."""
    places: dict[tuple[int, int], str] = {}
    for frame in frames:
        places.setdefault((frame.start, frame.end), frame.kind)
    for frame in frames:
        if frame.target:
            places.setdefault((frame.target.start, frame.target.end), "target")
    spans: list[Span] = []
    for (start, end), reason in sorted(places.items()):
        span = Span(*reading.span(start, end), reason)
        if not spans or spans[-1].end <= span.start:
            spans.append(span)
    return tuple(spans)
