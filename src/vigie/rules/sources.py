"""Rows of the other areas, as what happened: for the rules in force as they come, for dry runs as they are stored.

Both read the same rows in the same order, so that both come to the same. A key says which row an occurrence is:
`chat:12`, `speech:3`, `assessment:5`; counts are known by their stretch, `viewers:120`.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import accumulate

from django.db.models.functions import Coalesce

from vigie.events import ActivityKind
from vigie.risk.models import Assessment, Outcome
from vigie.rules.kinds import OF_THE_CHAT, When
from vigie.rules.models import Arrival, Firing
from vigie.rules.occurrences import Occurrence
from vigie.runtime.models import WorkState
from vigie.speech.models import Utterance
from vigie.watch.models import ChatMessage, Live, LiveSample

STRETCH_S = 10
"""What a `LiveSample` counts."""
SETTLED_S = 20.0
"""Viewers are known of stretches that began so long before: later ones may still be counted."""
OF_ACTIVITY: Mapping[str, When] = {kind.value: When(kind.value) for kind in ActivityKind if kind != "message"} | {
    ActivityKind.MESSAGE.value: When.CHAT
}
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Stage:
    """A live, and who watched it when."""

    live: Live
    sampled: Sequence[tuple[int, int]]
    """When a stretch began, and how many watched; in order."""

    def at(self, at_s: float) -> datetime:
        """Return a moment of the live."""
        return self.live.started_at + timedelta(seconds=at_s)

    def viewers(self, at_s: float) -> int | None:
        """Return how many watched, as last counted some time before."""
        place = bisect_left(self.sampled, (at_s - SETTLED_S, 0))
        return self.sampled[place - 1][1] if place else None

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


def stages(lives: Collection[int]) -> dict[int, Stage]:
    """Return the stages of these lives. Two queries."""
    sampled: dict[int, list[tuple[int, int]]] = defaultdict(list)
    counted = LiveSample.objects.filter(live__in=lives, viewers__isnull=False).order_by("live", "at_s")
    for live_id, at_s, viewers in counted.values_list("live", "at_s", "viewers"):
        sampled[live_id].append((at_s, viewers or 0))
    found = Live.objects.select_related("channel").in_bulk(list(lives))
    return {pk: Stage(live, sampled[pk]) for pk, live in found.items()}


# ── as it comes ────────────────────────────────────────────────────────────────────────────────────────────────────


def arrived(arrivals: Sequence[Arrival]) -> list[Occurrence]:
    """Return what arrived, in its order. What is gone by now did not happen."""
    on = stages({arrival.live_id for arrival in arrivals})
    ids: dict[str, set[int]] = defaultdict(set)
    for arrival in arrivals:
        ids[arrival.kind].update(arrival.refs)
    rows = {kind: _by_id(on, kind, ids[kind]) for kind in ids}
    happened = []
    for arrival in arrivals:
        if arrival.kind == When.VIEWERS and arrival.live_id in on:
            happened += _counts(on[arrival.live_id], arrival.refs)
        elif arrival.kind in _EDGES and arrival.live_id in on:
            happened += _EDGES[arrival.kind](on[arrival.live_id])
        else:
            happened += [rows[arrival.kind][ref] for ref in arrival.refs if ref in rows[arrival.kind]]
    return happened


def of_keys(live_id: int, keys: Iterable[str]) -> dict[str, Occurrence]:
    """Return the occurrences of a live that these keys stand for, where their rows are still there."""
    on = stages({live_id})
    ids: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        kind, _, ref = key.partition(":")
        if ref.isdecimal():
            ids[kind].add(int(ref))
    return {happened.key: happened for kind, numbers in ids.items() for happened in _by_id(on, kind, numbers).values()}


def somewhere(firing: Firing) -> Occurrence:
    """Return what is known of a trigger that is no row, or gone: where it was, and when."""
    stage = stages({firing.live_id})[firing.live_id]
    return stage.occurrence(When(firing.version.content["when"]), firing.trigger, firing.at_s)


def _by_id(on: Mapping[int, Stage], kind: str, ids: Collection[int]) -> dict[int, Occurrence]:
    if kind == When.CHAT:
        rows = ChatMessage.objects.filter(pk__in=ids, live__in=on).select_related("chatter")
        return {row.pk: _activity(on[row.live_id], row) for row in rows}
    if kind == When.SPEECH:
        return {row.pk: _speech(on[row.live_id], row) for row in Utterance.objects.filter(pk__in=ids, live__in=on)}
    if kind == When.ASSESSMENT:
        return {row.pk: _verdict(on[row.live_id], row) for row in Assessment.objects.filter(pk__in=ids, live__in=on)}
    return {}


# ── as it is stored ────────────────────────────────────────────────────────────────────────────────────────────────


def recorded(live: Live, kinds: Collection[When], *, since: datetime | None = None) -> Iterator[Occurrence]:
    """Yield what happened in a live, in the order in which the rules would have seen it.

    `since` leaves out what was written, said and judged before; counts are told from the beginning of the live.
    """
    stage = stages({live.pk})[live.pk]
    from_s = (since - live.started_at).total_seconds() if since else 0.0
    sources = [iter(_started(stage))]
    if set(kinds) & (OF_THE_CHAT | {When.HYPE}):
        chat = ChatMessage.objects.filter(live=live, at_s__gte=from_s).select_related("chatter").order_by("pk")
        sources.append(_activity(stage, row) for row in chat.iterator(CHUNK))
    if When.SPEECH in kinds:
        said = Utterance.objects.filter(live=live, state=WorkState.DONE, end_s__gte=from_s).exclude(text="")
        told = said.order_by(Coalesce("transcribed_at", "spoken_at"), "pk")
        sources.append(_speech(stage, row) for row in told.iterator(CHUNK))
    if When.ASSESSMENT in kinds:
        judged = Assessment.objects.filter(live=live, outcome=Outcome.ANALYSED, end_s__gte=from_s)
        sources.append(_verdict(stage, row) for row in judged.order_by("assessed_at", "pk").iterator(CHUNK))
    if set(kinds) & {When.VIEWERS, When.LIKES}:
        begins = LiveSample.objects.filter(live=live).order_by("at_s").values_list("at_s", flat=True)
        sources.append(iter(_counts(stage, list(begins)[:-1])))
    if live.ended_at:
        sources.append(iter(_ended(stage)))
    yield from merge(*sources, key=lambda happened: happened.at)


# ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def _counts(stage: Stage, begins: Iterable[int]) -> list[Occurrence]:
    """Return the counts of stretches, as they stand when they are over."""
    begins = sorted(begins)
    samples = list(LiveSample.objects.filter(live=stage.live, at_s__lte=begins[-1] if begins else -1).order_by("at_s"))
    likes = dict(zip((sample.at_s for sample in samples), accumulate(sample.likes for sample in samples), strict=True))
    viewers = {sample.at_s: sample.viewers for sample in samples}
    happened = []
    for at_s in begins:
        end_s = at_s + STRETCH_S
        if (watching := viewers.get(at_s)) is not None:
            happened.append(stage.occurrence(When.VIEWERS, f"viewers:{at_s}", end_s, value=watching))
        if at_s in likes:
            happened.append(stage.occurrence(When.LIKES, f"likes:{at_s}", end_s, value=likes[at_s]))
    return happened


def _started(stage: Stage) -> list[Occurrence]:
    return [stage.occurrence(When.LIVE_STARTED, "live_started", 0.0)]


def _ended(stage: Stage) -> list[Occurrence]:
    ended_at = stage.live.ended_at
    if ended_at is None:
        return []
    return [stage.occurrence(When.LIVE_ENDED, "live_ended", (ended_at - stage.live.started_at).total_seconds())]


_EDGES: Mapping[str, Callable[[Stage], list[Occurrence]]] = {When.LIVE_STARTED: _started, When.LIVE_ENDED: _ended}
