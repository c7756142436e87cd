"""What was said and written while a clip runs, on the clock of its live: what its page shows beside the video."""

from collections.abc import Iterable
from dataclasses import dataclass

from vigie.clips.models import Clip
from vigie.people.models import Membership
from vigie.risk.models import Assessment, Subject
from vigie.speech import queries as speech
from vigie.speech.models import Utterance
from vigie.speech.permissions import may_read_transcripts
from vigie.watch import queries as watch
from vigie.watch.models import ChatMessage, Gap, Live, Track
from vigie.watch.permissions import may_read_chat

MOST = 300
"""Lines of each kind: the live has them all."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a clip lies in its live, in seconds since that began."""

    from_s: float
    to_s: float
    is_about: bool = False
    """Nobody said where it begins: OBS saves what was before the moment it saved, more or less."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something said or written, or that it was not received."""

    at_s: float
    utterance: Utterance | None = None
    assessment: Assessment | None = None
    message: ChatMessage | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """What one kind of lines says."""

    shown: list[Line]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a clip; what the reader may not read, or the live does not have, is None."""

    span: Span
    words: Lines | None
    chat: Lines | None


def span_of(clip: Clip) -> Span:
    """Return where a clip lies in its live: as it was cut, as far as that is known, else as it was asked for."""
    if clip.duration_s is None:
        return Span(clip.from_s, clip.to_s)
    if clip.starts_s is not None:
        return Span(clip.starts_s, clip.starts_s + clip.duration_s)
    return Span(max(0.0, clip.to_s - clip.duration_s), clip.to_s, is_about=True)


def beside(clip: Clip, reader: Membership) -> Beside:
    """Return what a member may read beside a clip. Five queries at most, however long it is."""
    span = span_of(clip)
    if clip.live is None:
        return Beside(span, None, None)
    words = _words(clip.live, span) if may_read_transcripts(reader) else None
    has_chat = clip.live.channel.is_detected and may_read_chat(reader)
    return Beside(span, words, _chat(clip.live, span) if has_chat else None)


def _words(live: Live, span: Span) -> Lines:
    said = list(speech.said_in(live).filter(start_s__lt=span.to_s, end_s__gt=span.from_s)[: MOST + 1])
    judged = Assessment.objects.filter(of=Subject.UTTERANCE, ref_id__in=[one.pk for one in said])
    made = {one.ref_id: one for one in judged.select_related("policy").defer("policy__lexicon")}
    lines = (Line(one.start_s, one, made.get(one.pk)) for one in said[:MOST])
    return _in_order(lines, _gaps(live, span, Track.MEDIA), has_more=len(said) > MOST)


def _chat(live: Live, span: Span) -> Lines:
    page = watch.chat_between(live, span.from_s, span.to_s, most=MOST)
    lines = (Line(one.at_s, message=one) for one in page.messages)
    return _in_order(lines, _gaps(live, span, Track.CHAT), has_more=page.has_more)


def _gaps(live: Live, span: Span, track: str) -> Iterable[Gap]:
    return Gap.objects.filter(live=live, track=track, from_s__lt=span.to_s, to_s__gt=span.from_s)


def _in_order(lines: Iterable[Line], gaps: Iterable[Gap], *, has_more: bool) -> Lines:
    shown = [*lines, *(Line(gap.from_s, gap=gap) for gap in gaps)]
    return Lines(sorted(shown, key=lambda line: line.at_s), has_more)
