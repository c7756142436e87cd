"""What pages show that span areas: the lives with their last words, risk and alerts; one live, line by line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Max, Q

from vigie.moderation.models import Alert, AlertState
from vigie.ports import MEDIUM
from vigie.risk.models import Assessment, Outcome, Subject
from vigie.site.strips import Strip, Window, strip
from vigie.speech import queries as speech
from vigie.speech.models import Utterance
from vigie.watch import queries as watch
from vigie.watch.models import Gap, Live, Track

RECENT_S = 300.0
RECENT_CELLS = 60
CONTEXT = 4
"""What is found in a transcript is read with as many lines before it, less one."""
ALERTS = 50
"""Alerts of a live that its page shows: the queue has them all."""
MANY = 300
"""More utterances than `RECENT_S` can hold: bounds the search by index."""


# ── one live, line by line ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a transcript: something said and what was made of it, or a gap."""

    at_s: float
    utterance: Utterance | None = None
    assessment: Assessment | None = None
    gap: Gap | None = None

    @property
    def context(self) -> int:
        """The number to ask after, to read what was said with the few lines before it."""
        return max(self.utterance.seq - CONTEXT, 0) if self.utterance else 0


@dataclass(frozen=True, slots=True)
class Lines:
    """Some consecutive lines of a live, in order."""

    shown: list[Line]
    earlier: int | None = None
    """The number to ask for what comes before; None at the beginning."""
    later: int | None = None
    """The number to ask for what comes after; None at the end."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in a transcript."""

    words: str = ""
    """A part of what was said, in any case."""
    only_marked: bool = False
    """Of medium severity at least."""

    def __bool__(self) -> bool:
        """Return whether anything is looked for."""
        return bool(self.words or self.only_marked)

    def condition(self, live: Live) -> Q:
        """Return what holds of the utterances of a live that are looked for."""
        found = Q(text__icontains=self.words) if self.words else Q()
        if self.only_marked:
            marked = Assessment.objects.filter(live=live, of=Subject.UTTERANCE, score__gte=MEDIUM)
            found &= Q(pk__in=marked.values("ref_id"))
        return found


def lines_of(live: Live, before: int | None = None) -> Lines:
    """Return the last lines of a live, or those before utterance number `before`."""
    page = speech.page_before(live, before)
    from_s = page.utterances[0].start_s if page.has_more else 0.0
    shown = _woven(live, page.utterances, from_s, speech.start_of(live, before))
    return Lines(shown, earlier=page.utterances[0].seq if page.has_more else None)


def lines_after(live: Live, after: int) -> Lines:
    """Return the lines that follow utterance number `after`; 0 for the first ones."""
    page = speech.page_after(live, after)
    from_s = page.utterances[0].start_s if after and page.utterances else 0.0
    last = page.utterances[-1].seq if page.has_more else None
    shown = _woven(live, page.utterances, from_s, speech.start_of(live, last and last + 1))
    return Lines(shown, later=last)


def lines_around(live: Live, at_s: float) -> Lines:
    """Return the lines before and after a moment, in seconds since the live started."""
    last = speech.said_in(live).filter(start_s__lte=at_s).values_list("seq", flat=True).last() or 0
    before, after = lines_of(live, last + 1), lines_after(live, last)
    return Lines(_once([*before.shown, *after.shown]), earlier=before.earlier, later=after.later)


def _once(lines: Iterable[Line]) -> list[Line]:
    """Return lines without the gaps that are told twice, in order."""
    by_key = {(line.utterance and line.utterance.pk, line.gap and line.gap.pk): line for line in lines}
    return sorted(by_key.values(), key=lambda line: line.at_s)


def lines_found(live: Live, after: int, sought: Sought) -> Lines:
    """Return the lines that hold what is sought, from number `after` on; no gaps."""
    page = speech.page_after(live, after, sought.condition(live))
    judged = judgements_of(utterance.pk for utterance in page.utterances)
    shown = [Line(utterance.start_s, utterance, judged.get(utterance.pk)) for utterance in page.utterances]
    return Lines(shown, later=page.utterances[-1].seq if page.has_more else None)


def lines_between(live: Live, from_s: float, to_s: float, *, most: int) -> list[Line]:
    """Return the first lines that overlap a stretch of a live, in order."""
    said = list(speech.said_in(live).filter(start_s__lt=to_s, end_s__gt=from_s)[:most])
    judged = judgements_of(utterance.pk for utterance in said)
    lines = [Line(utterance.start_s, utterance, judged.get(utterance.pk)) for utterance in said]
    gaps = Gap.objects.filter(live=live, track=Track.MEDIA, from_s__lt=to_s, to_s__gt=from_s).order_by("from_s")
    return _in_order(lines, gaps)


def all_lines_of(live: Live) -> list[Line]:
    """Return every line of a live, without judgements."""
    said = [Line(utterance.start_s, utterance) for utterance in speech.said_in(live)]
    return _in_order(said, _unheard(live, 0.0, None))


def _woven(live: Live, utterances: list[Utterance], from_s: float, to_s: float | None) -> list[Line]:
    judged = judgements_of(utterance.pk for utterance in utterances)
    said = [Line(utterance.start_s, utterance, judged.get(utterance.pk)) for utterance in utterances]
    return _in_order(said, _unheard(live, from_s, to_s))


def _unheard(live: Live, from_s: float, to_s: float | None) -> Iterable[Gap]:
    return watch.gaps_between(live, from_s, to_s).filter(track=Track.MEDIA)


def _in_order(said: list[Line], gaps: Iterable[Gap]) -> list[Line]:
    return sorted([*said, *(Line(gap.from_s, gap=gap) for gap in gaps)], key=lambda line: line.at_s)


def judgements_of(utterance_ids: Iterable[int]) -> dict[int, Assessment]:
    """Return what was made of each utterance. One query."""
    found = Assessment.objects.filter(of=Subject.UTTERANCE, ref_id__in=list(utterance_ids))
    found = found.select_related("policy").defer("policy__lexicon")
    return {assessment.ref_id: assessment for assessment in found}


def edge_of(live: Live, now: datetime) -> float:
    """Return where a live is now, in seconds since it started."""
    if live.ended_at is None:
        return max(live.received_s, (now - live.started_at).total_seconds())
    return max(live.received_s, live.duration_s or 0.0) if live.channel.is_detected else live.received_s


@dataclass(frozen=True, slots=True)
class LastAlerts:
    """The last alerts of a live, the newest first."""

    shown: list[Alert]
    has_more: bool


def alerts_of(live: Live) -> LastAlerts:
    """Return the last `ALERTS` alerts of a live."""
    found = Alert.objects.filter(live=live).select_related("assessment", "decision").order_by("-raised_at", "-pk")
    last = list(found[: ALERTS + 1])
    return LastAlerts(last[:ALERTS], has_more=len(last) > ALERTS)


# ── many lives, a row each ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Pending:
    """The alerts of a live that wait for a human."""

    count: int
    worst: float


@dataclass(frozen=True, slots=True)
class Said:
    """The end of what was said in a live."""

    utterance: Utterance
    assessment: Assessment | None


@dataclass(frozen=True, slots=True)
class Row:
    """A live as the list shows it; what the reader may not see is None."""

    live: Live
    said: Said | None
    strip: Strip | None
    pending: Pending | None


def rows_of(lives: Sequence[Live], now: datetime, *, with_words: bool, with_alerts: bool) -> list[Row]:
    """Return the rows of lives, in their order. As many queries for one as for forty."""
    said = said_in(lives) if with_words else {}
    strips = recent_strips(lives, said, now) if with_words else {}
    pending = pending_in(live.pk for live in lives) if with_alerts else {}
    return [Row(live, said.get(live.pk), strips.get(live.pk), pending.get(live.pk)) for live in lives]


def said_in(lives: Sequence[Live]) -> dict[int, Said]:
    """Return the last sentence of each live, with its judgement."""
    last = speech.last_words(live.pk for live in lives)
    judged = judgements_of(utterance.pk for utterance in last.values())
    return {live_id: Said(utterance, judged.get(utterance.pk)) for live_id, utterance in last.items()}


def recent_strips(lives: Sequence[Live], said: dict[int, Said], now: datetime) -> dict[int, Strip]:
    """Return the risk over the last 5 minutes of each live."""
    windows = {live.pk: _recent(live, now) for live in lives}
    waiting = speech.waiting_in(windows)
    gaps = watch.sound_gaps_of(lives)
    scores = _recent_scores(said, windows)
    return {
        live_id: strip(
            window,
            scores=scores.get(live_id, ()),
            waiting=waiting.get(live_id, ()),
            gaps=[(gap.from_s, gap.to_s) for gap in gaps[live_id]],
        )
        for live_id, window in windows.items()
    }


def _recent(live: Live, now: datetime) -> Window:
    edge_s = edge_of(live, now)
    return Window(edge_s - RECENT_S, edge_s, RECENT_CELLS)


def _recent_scores(said: dict[int, Said], windows: dict[int, Window]) -> dict[int, list[tuple[float, float, float]]]:
    if not said:
        return {}
    recent = (
        Q(live=live_id, seq__gt=last.utterance.seq - MANY, end_s__gte=windows[live_id].from_s)
        for live_id, last in said.items()
    )
    judged = Assessment.objects.filter(reduce(or_, recent), of=Subject.UTTERANCE, outcome=Outcome.ANALYSED)
    found: dict[int, list[tuple[float, float, float]]] = {}
    for live_id, start_s, end_s, score in judged.values_list("live", "start_s", "end_s", "score"):
        found.setdefault(live_id, []).append((start_s, end_s, score))
    return found


def pending_in(live_ids: Iterable[int]) -> dict[int, Pending]:
    """Return the alerts of each live that wait for a human. One query."""
    waiting = Alert.objects.filter(live__in=list(live_ids), state=AlertState.PENDING)
    counted = waiting.values("live").annotate(count=Count("pk"), worst=Max("score"))
    return {row["live"]: Pending(row["count"], row["worst"]) for row in counted}
