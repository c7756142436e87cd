"""Rows of the other areas, as what happened: for the rules in force as they come, for dry runs as they are stored.

Both read the same rows in the same order, so that both come to the same. A key says which row an occurrence is:
`chat:12`, `speech:3`, `assessment:5`; counts are known by their stretch, `viewers:120`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from heapq import merge
from operator import or_

from django.db.models import Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from vigie.events import ActivityKind
from vigie.risk.models import Assessment, Outcome
from vigie.rules.kinds import OF_THE_CHAT, WITH_TOTAL, When
from vigie.rules.models import Arrival, Firing
from vigie.rules.occurrences import Occurrence
from vigie.runtime.models import WorkState
from vigie.speech.models import Utterance
from vigie.watch.models import ChatMessage, Live, LiveSample

STRETCH_S = 10
"""What a `LiveSample` counts."""
SETTLED_S = 20
"""The counts of a stretch are taken as they are so long after it began: until then some may still be added."""
LONGEST_SILENCE_S = 900
"""How long a number of viewers is believed, while no other is told."""
OF_ACTIVITY: Mapping[str, When] = {kind.value: When(kind.value) for kind in ActivityKind if kind != "message"} | {
    ActivityKind.MESSAGE.value: When.CHAT
}
CHUNK = 2000

Row = ChatMessage | Utterance | Assessment
Key = tuple[int, str]
"""A live, and what happened in it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A live, and who watched it when."""

    live: Live
    sampled: Sequence[tuple[int, int]] = ()
    """When a stretch began, and how many watched; in order."""

    def at(self, at_s: float) -> datetime:
        """Return a moment of the live."""
        return self.live.started_at + timedelta(seconds=at_s)

    def viewers(self, at_s: float) -> int | None:
        """Return how many watched, as last counted some time before."""
        place = bisect_left(self.sampled, (at_s - SETTLED_S, 0))
        begun, watching = self.sampled[place - 1] if place else (0, None)
        return watching if begun >= at_s - LONGEST_SILENCE_S else None

    def occurrence(self, kind: When, key: str, at_s: float, **more: object) -> Occurrence:
        """Return something that happened in the live."""
        live = self.live
        return Occurrence(
            kind,
            key,
            self.at(at_s),
            str(live.pk),
            str(live.channel_id),
            str(live.channel.workspace_id),
            at_s,
            viewers=self.viewers(at_s),
            **more,  # type: ignore[arg-type] # fields of an Occurrence
        )


def stages(moments: Iterable[tuple[int, float]]) -> dict[int, Stage]:
    """Return the stages of lives, as far as these moments of them need. Two queries, however many there are."""
    spans: dict[int, tuple[float, float]] = {}
    for live_id, at_s in moments:
        first, last = spans.get(live_id, (at_s, at_s))
        spans[live_id] = min(first, at_s), max(last, at_s)
    if not spans:
        return {}
    sampled: dict[int, list[tuple[int, int]]] = defaultdict(list)
    wanted = (
        Q(live=live_id, at_s__gte=max(0.0, first - LONGEST_SILENCE_S), at_s__lt=max(0.0, last))
        for live_id, (first, last) in spans.items()
    )
    counted = LiveSample.objects.filter(reduce(or_, wanted), viewers__isnull=False).order_by("live", "at_s")
    for live_id, at_s, viewers in counted.values_list("live", "at_s", "viewers"):
        sampled[live_id].append((at_s, viewers or 0))
    found = Live.objects.select_related("channel").in_bulk(list(spans))
    return {pk: Stage(live, sampled[pk]) for pk, live in found.items()}


# ── as it comes ────────────────────────────────────────────────────────────────────────────────────────────────────


def arrived(arrivals: Sequence[Arrival]) -> list[Occurrence]:
    """Return what arrived, in its order. What is gone by now did not happen. Seven queries at most."""
    ids: dict[str, set[int]] = defaultdict(set)
    for arrival in arrivals:
        ids[arrival.kind].update(arrival.refs)
    rows = _rows(ids)
    spans = _spans(arrival for arrival in arrivals if _is_count(arrival))
    ends = ((live_id, at_s + STRETCH_S) for live_id, span in spans.items() for at_s in span)
    moments = [(row.live_id, _at_s(row)) for row in rows.values()]
    on = stages([*moments, *ends, *((arrival.live_id, 0.0) for arrival in arrivals)])
    totals = _totals(spans)
    happened: list[Occurrence] = []
    for arrival in arrivals:
        if stage := on.get(arrival.live_id):
            happened += _of_arrival(arrival, stage, rows, totals)
    return happened


def _is_count(arrival: Arrival) -> bool:
    return arrival.kind == When.VIEWERS


def _spans(arrivals: Iterable[Arrival]) -> dict[int, tuple[int, int]]:
    """Return the first and the last stretch of each live whose counts arrived."""
    spans: dict[int, tuple[int, int]] = {}
    for arrival in arrivals:
        first, last = spans.get(arrival.live_id, (arrival.refs[0], arrival.refs[-1]))
        spans[arrival.live_id] = min(first, arrival.refs[0]), max(last, arrival.refs[-1])
    return spans


def _of_arrival(
    arrival: Arrival, stage: Stage, rows: Mapping[tuple[str, int], Row], totals: Mapping[tuple[int, int], "Total"]
) -> Iterator[Occurrence]:
    if _is_count(arrival):
        known = ((stage.live.pk, at_s) for at_s in arrival.refs)
        yield from _counted(stage, (totals[key] for key in known if key in totals))
    elif arrival.kind in _EDGES:
        yield from _EDGES[arrival.kind](stage)
    else:
        found = (rows.get((arrival.kind, ref)) for ref in arrival.refs)
        yield from (_occurrence(stage, row) for row in found if row and row.live_id == stage.live.pk)


def of_keys(keys: Iterable[Key]) -> dict[Key, Occurrence]:
    """Return the occurrences that these keys stand for, where their rows are still there. Five queries at most."""
    ids: dict[str, set[int]] = defaultdict(set)
    for _, key in keys:
        kind, _, ref = key.partition(":")
        if ref.isdecimal():
            ids[kind].add(int(ref))
    rows = _rows(ids).values()
    on = stages((row.live_id, _at_s(row)) for row in rows)
    found = (_occurrence(on[row.live_id], row) for row in rows if row.live_id in on)
    return {(int(happened.live), happened.key): happened for happened in found}


def somewhere(firing: Firing) -> Occurrence:
    """Return what is known of a trigger that is no row, or gone: where it was, and when. `firing` with its live."""
    return Stage(firing.live).occurrence(When(firing.version.content["when"]), firing.trigger, firing.at_s)


# ── as it is stored ────────────────────────────────────────────────────────────────────────────────────────────────


def recorded(live: Live, kinds: Collection[When], *, since: datetime | None = None) -> Iterator[Occurrence]:
    """Yield what happened in a live, in the order in which the rules would have seen it.

    `since` leaves out what was written, said and judged before; counts are told from the beginning of the live.
    """
    until_s = LiveSample.objects.filter(live=live).aggregate(last=Max("at_s"))["last"] or 0
    stage = stages([(live.pk, 0.0), (live.pk, until_s + STRETCH_S)])[live.pk]
    from_s = (since - live.started_at).total_seconds() if since else 0.0
    sources = [_started(stage)]
    if set(kinds) & (OF_THE_CHAT | {When.HYPE}):
        chat = ChatMessage.objects.filter(live=live, at_s__gte=from_s).select_related("chatter").order_by("pk")
        sources.append(_occurrence(stage, row) for row in chat.iterator(CHUNK))
    if When.SPEECH in kinds:
        said = Utterance.objects.filter(live=live, state=WorkState.DONE, end_s__gte=from_s)
        told = said.order_by(Coalesce("transcribed_at", "spoken_at"), "pk")
        sources.append(_occurrence(stage, row) for row in told.iterator(CHUNK) if row.text.strip())
    if When.ASSESSMENT in kinds:
        judged = Assessment.objects.filter(live=live, outcome=Outcome.ANALYSED, end_s__gte=from_s)
        sources.append(_occurrence(stage, row) for row in judged.order_by("assessed_at", "pk").iterator(CHUNK))
    if set(kinds) & WITH_TOTAL and until_s >= SETTLED_S:
        sources.append(_counted(stage, _totals({live.pk: (0, until_s - SETTLED_S)}).values()))
    sources.append(_ended(stage))
    yield from merge(*sources, key=lambda happened: happened.at)


# ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows(ids: Mapping[str, Collection[int]]) -> dict[tuple[str, int], Row]:
    """Return rows by kind and id. Three queries at most."""
    tables: dict[str, QuerySet[Row]] = {
        When.CHAT: ChatMessage.objects.select_related("chatter"),
        When.SPEECH: Utterance.objects.all(),
        When.ASSESSMENT: Assessment.objects.all(),
    }
    wanted = {kind: table.filter(pk__in=ids[kind]) for kind, table in tables.items() if ids.get(kind)}
    return {(kind, row.pk): row for kind, table in wanted.items() for row in table}


def _at_s(row: Row) -> float:
    return row.at_s if isinstance(row, ChatMessage) else row.end_s


def _occurrence(stage: Stage, row: Row) -> Occurrence:
    if isinstance(row, ChatMessage):
        return _activity(stage, row)
    return _speech(stage, row) if isinstance(row, Utterance) else _verdict(stage, row)


def _activity(stage: Stage, row: ChatMessage) -> Occurrence:
    chatter = row.chatter
    return stage.occurrence(
        OF_ACTIVITY[row.kind],
        f"chat:{row.pk}",
        row.at_s,
        text=row.text,
        user=str(chatter.pk),
        names=tuple(name for name in (chatter.login, chatter.name, chatter.pseudonym) if name),
        roles=frozenset(row.badges.split()),
        value=row.value if row.kind == ActivityKind.GIFT else row.count,
        count=row.count,
        is_history=row.is_history,
    )


def _speech(stage: Stage, row: Utterance) -> Occurrence:
    since = stage.at(row.start_s)
    return stage.occurrence(When.SPEECH, f"speech:{row.pk}", row.end_s, text=row.text, since=since)


def _verdict(stage: Stage, row: Assessment) -> Occurrence:
    return stage.occurrence(
        When.ASSESSMENT,
        f"assessment:{row.pk}",
        row.end_s,
        text=row.text,
        score=row.score,
        category=row.category,
        target=row.target,
        since=stage.at(row.start_s),
    )


# ── counts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Total:
    """What was counted until a stretch of a live was over."""

    at_s: int
    """Where the stretch begins."""
    viewers: int | None
    likes: int
    """All of the live until then."""


def _totals(spans: Mapping[int, tuple[int, int]]) -> dict[tuple[int, int], Total]:
    """Return what was counted in lives, from one stretch to another, by live and stretch, in order. Two queries."""
    if not spans:
        return {}
    inside = (Q(live=live_id, at_s__gte=first, at_s__lte=last) for live_id, (first, last) in spans.items())
    before = (Q(live=live_id, at_s__lt=first) for live_id, (first, _) in spans.items())
    earlier = LiveSample.objects.filter(reduce(or_, before)).values_list("live").order_by()
    likes: dict[int, int] = defaultdict(int, earlier.annotate(likes=Sum("likes")))
    totals = {}
    for sample in LiveSample.objects.filter(reduce(or_, inside)).order_by("live", "at_s"):
        likes[sample.live_id] += sample.likes
        totals[sample.live_id, sample.at_s] = Total(sample.at_s, sample.viewers, likes[sample.live_id])
    return totals


def _counted(stage: Stage, totals: Iterable[Total]) -> Iterator[Occurrence]:
    """Yield the counts of stretches, as they stand when these are over."""
    for total in totals:
        end_s = total.at_s + STRETCH_S
        if total.viewers is not None:
            yield stage.occurrence(When.VIEWERS, f"viewers:{total.at_s}", end_s, value=total.viewers)
        yield stage.occurrence(When.LIKES, f"likes:{total.at_s}", end_s, value=total.likes)


# ── edges ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _started(stage: Stage) -> Iterator[Occurrence]:
    yield stage.occurrence(When.LIVE_STARTED, "live_started", 0.0)


def _ended(stage: Stage) -> Iterator[Occurrence]:
    if (duration_s := stage.live.duration_s) is not None:
        yield stage.occurrence(When.LIVE_ENDED, "live_ended", duration_s)


_EDGES: Mapping[str, Callable[[Stage], Iterator[Occurrence]]] = {When.LIVE_STARTED: _started, When.LIVE_ENDED: _ended}
