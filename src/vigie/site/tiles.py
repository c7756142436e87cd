"""What a tile of the wall shows. As many queries for one live as for fifty.

A tile is made of parts that are pushed apart, because not everybody may see each: how the live does, what is said in
it, its alerts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from itertools import groupby
from operator import attrgetter, or_

from django.db.models import Count, Max, OuterRef, Q, Subquery

from vigie.moderation.models import Alert, AlertState
from vigie.people.models import Membership
from vigie.ports import HIGH, MEDIUM
from vigie.risk.models import Assessment, Outcome, Subject
from vigie.site import attention, sparks
from vigie.site.attention import Facts, Reason
from vigie.site.queries import MANY, edge_of
from vigie.site.sparks import SPAN_S, Bars, Spark
from vigie.speech import queries as speech
from vigie.watch import queries as watch
from vigie.watch.models import (
    AiringState,
    ChatState,
    Gap,
    Live,
    LiveMark,
    LiveSample,
    MarkKind,
    Presence,
    Thumbnail,
    Track,
)

SENTENCES = 3
"""The last ones of each live: the first tile shows them all."""
FEW = 12
"""More numbers than the last sentences take: some texts are empty."""
BURST_SHOWN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a live does: what everybody who follows lives may see."""

    live: Live
    spark: Spark | None
    """None where the chat is not read."""
    why: Reason

    @property
    def rank(self) -> int:
        """See `attention.rank`."""
        return attention.rank(self.why)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that was said, as it was judged."""

    said: Assessment
    late_s: float | None
    """How long after its end that was; 0 of captions that came ahead of the sound."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in a live."""

    sentences: Sequence[Sentence]
    """The last ones, in order."""
    bars: Bars


@dataclass(frozen=True, slots=True)
class Alarm:
    """The alerts of a live."""

    total: int = 0
    pending: int = 0
    score: float = 0.0
    """The highest of those that are pending."""
    raised_at: datetime | None = None
    """Of the newest that is pending and as severe."""
    last_at: datetime | None = None
    """Of the newest of all."""

    @property
    def urgency(self) -> int:
        """See `attention.urgency`; 0 when nothing waits."""
        return attention.urgency(self.score, self.raised_at) if self.raised_at else 0


@dataclass(frozen=True, slots=True)
class Tile:
    """A live on the wall; what the reader may not see is None."""

    vitals: Vitals
    words: Words | None = None
    alarm: Alarm | None = None
    pictured_at_s: float | None = None

    @property
    def live(self) -> Live:
        """The live it shows."""
        return self.vitals.live

    @property
    def place(self) -> tuple[bool, int, int]:
        """What tiles are sorted by."""
        return attention.place(self.alarm.urgency if self.alarm else 0, self.vitals.rank)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A watched channel of which nobody can tell whether it is on air, or could not until just now."""

    presence: Presence

    @property
    def place(self) -> tuple[bool, int, int]:
        """What tiles are sorted by."""
        return attention.place(0, self.rank)

    @property
    def rank(self) -> int:
        """See `attention.rank`."""
        return attention.rank(Reason.UNKNOWN if self.presence.airing == AiringState.UNKNOWN else Reason.OVER)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tiles are looked for."""

    platform: str = ""
    is_badly_heard: bool = False


def lives_of(membership: Membership, wanted: Wanted, now: datetime) -> list[Live]:
    """Return the lives of the wall, in the order in which they began."""
    found = watch.on_air_for(membership, now)
    if wanted.platform:
        found = found.filter(channel__platform=wanted.platform)
    if wanted.is_badly_heard:
        found = found.filter(ended_at=None, state__in=attention.BADLY_HEARD)
    return list(found)


def unknown_of(membership: Membership, wanted: Wanted, lives: Iterable[Live]) -> list[Unknown]:
    """Return the watched channels that are neither on air nor known to be offline, by name. One query."""
    if wanted.is_badly_heard:
        return []
    found = Presence.objects.filter(channel__in=watch.channels_for(membership), airing=AiringState.UNKNOWN)
    found = found.filter(channel__is_watched=True).exclude(channel__in=[live.channel_id for live in lives])
    if wanted.platform:
        found = found.filter(channel__platform=wanted.platform)
    return [Unknown(presence) for presence in found.select_related("channel").order_by("channel__name", "pk")]


def tiles_of(lives: Sequence[Live], now: datetime, *, with_words: bool, with_alerts: bool) -> list[Tile]:
    """Return the tiles of lives, in their order."""
    vitals = vitals_of(lives, now)
    words = words_of(lives, now) if with_words else {}
    alarms = alarms_of(lives) if with_alerts else {}
    pictured = dict(Thumbnail.objects.filter(live__in=lives).values_list("live", "at_s"))
    return [Tile(vitals[live.pk], words.get(live.pk), alarms.get(live.pk), pictured.get(live.pk)) for live in lives]


# ── how lives do ───────────────────────────────────────────────────────────────────────────────────────────────────


def vitals_of(lives: Sequence[Live], now: datetime) -> dict[int, Vitals]:
    """Return how each live does. Two queries."""
    edges = {live.pk: edge_of(live, now) for live in lives}
    paces = _paces(edges)
    bursts = LiveMark.objects.filter(live__in=lives, kind=MarkKind.BURST, placed_at__gte=now - BURST_SHOWN)
    bursting = set(bursts.values_list("live", flat=True))
    found = {}
    for live in lives:
        is_read = live.chat_state != ChatState.NONE and live.ended_at is None
        pace = sparks.spark(paces.get(live.pk, {}), edges[live.pk]) if is_read else None
        is_over = live.ended_at is not None
        facts = Facts(live.state, live.chat_state, live.reach, has_burst=live.pk in bursting, is_over=is_over)
        found[live.pk] = Vitals(live, pace, attention.reason(facts))
    return found


def _paces(edges: dict[int, float]) -> dict[int, dict[int, int]]:
    """Return how many messages each live had in each of its last 10 s."""
    if not edges:
        return {}
    recent = (Q(live=live_id, at_s__gte=max(edge_s - SPAN_S - sparks.BUCKET_S, 0)) for live_id, edge_s in edges.items())
    found: dict[int, dict[int, int]] = {}
    counted = LiveSample.objects.filter(reduce(or_, recent))
    for live_id, at_s, messages in counted.values_list("live", "at_s", "messages"):
        found.setdefault(live_id, {})[at_s] = messages
    return found


# ── what is said in them ───────────────────────────────────────────────────────────────────────────────────────────


def words_of(lives: Sequence[Live], now: datetime) -> dict[int, Words]:
    """Return what is said in each live. Five queries."""
    edges = {live.pk: edge_of(live, now) for live in lives}
    last = _last_seqs(edges)
    said, scores = _said(last), _scores(last, edges)
    waiting, gaps = speech.waiting_in(edges), _gaps(edges)
    found = {}
    for live in lives:
        sentences = [sentence_of(one, live) for one in said.get(live.pk, [])]
        missing = {"waiting": waiting.get(live.pk, []), "gaps": gaps.get(live.pk, [])}
        found[live.pk] = Words(sentences, sparks.bars(edges[live.pk], scores.get(live.pk, []), **missing))
    return found


def sentence_of(said: Assessment, live: Live) -> Sentence:
    """Return something that was said and judged."""
    if said.assessed_at is None:
        return Sentence(said, None)
    return Sentence(said, max((said.assessed_at - live.started_at).total_seconds() - said.end_s, 0.0))


def _last_seqs(live_ids: Iterable[int]) -> dict[int, int]:
    """Return the number of what was judged last in each live; a look-up in the index a live."""
    judged = Assessment.objects.filter(live=OuterRef("pk"), of=Subject.UTTERANCE).exclude(outcome=Outcome.WAITING)
    last = Subquery(judged.order_by("-seq").values("seq")[:1])
    found = Live.objects.filter(pk__in=live_ids).annotate(last=last).values_list("pk", "last")
    return {live_id: seq for live_id, seq in found if seq is not None}


def _said(last: dict[int, int]) -> dict[int, list[Assessment]]:
    if not last:
        return {}
    ends = reduce(or_, (Q(live=live_id, seq__gt=seq - FEW) for live_id, seq in last.items()))
    judged = Assessment.objects.filter(ends, of=Subject.UTTERANCE).exclude(outcome=Outcome.WAITING).exclude(text="")
    by_live = groupby(judged.order_by("live", "seq"), key=attrgetter("live_id"))
    return {live_id: list(said)[-SENTENCES:] for live_id, said in by_live}


def _scores(last: dict[int, int], edges: dict[int, float]) -> dict[int, list[tuple[float, float, float]]]:
    if not last:
        return {}
    recent = (Q(live=pk, seq__gt=seq - MANY, end_s__gte=edges[pk] - SPAN_S) for pk, seq in last.items())
    judged = Assessment.objects.filter(reduce(or_, recent), of=Subject.UTTERANCE, outcome=Outcome.ANALYSED)
    found: dict[int, list[tuple[float, float, float]]] = {}
    for live_id, start_s, end_s, score in judged.values_list("live", "start_s", "end_s", "score"):
        found.setdefault(live_id, []).append((start_s, end_s, score))
    return found


def _gaps(edges: dict[int, float]) -> dict[int, list[tuple[float, float]]]:
    if not edges:
        return {}
    recent = reduce(or_, (Q(live=live_id, to_s__gte=edge_s - SPAN_S) for live_id, edge_s in edges.items()))
    found: dict[int, list[tuple[float, float]]] = {}
    for live_id, from_s, to_s in Gap.objects.filter(recent, track=Track.MEDIA).values_list("live", "from_s", "to_s"):
        found.setdefault(live_id, []).append((from_s, to_s))
    return found


def peak_of(live: Live, now: datetime) -> float | None:
    """Return the highest score of the last five minutes; None where nothing was judged. Two queries."""
    edges = {live.pk: edge_of(live, now)}
    scores = _scores(_last_seqs(edges), edges)
    return max((score for _, _, score in scores.get(live.pk, [])), default=None)


# ── their alerts ───────────────────────────────────────────────────────────────────────────────────────────────────


def alarms_of(lives: Iterable[Live]) -> dict[int, Alarm]:
    """Return the alerts of each live. One query."""
    ids = [live.pk for live in lives]
    waits = Q(state=AlertState.PENDING)
    counted = (
        Alert.objects.filter(live__in=ids)
        .values("live")
        .annotate(
            total=Count("pk"),
            pending=Count("pk", filter=waits),
            worst=Max("score", filter=waits),
            high_at=Max("raised_at", filter=waits & Q(score__gte=HIGH)),
            medium_at=Max("raised_at", filter=waits & Q(score__gte=MEDIUM, score__lt=HIGH)),
            low_at=Max("raised_at", filter=waits & Q(score__lt=MEDIUM)),
            last_at=Max("raised_at"),
        )
    )
    found = {live_id: Alarm() for live_id in ids}
    for row in counted:
        raised_at = row["high_at"] or row["medium_at"] or row["low_at"]
        found[row["live"]] = Alarm(row["total"], row["pending"], row["worst"] or 0.0, raised_at, row["last_at"])
    return found
