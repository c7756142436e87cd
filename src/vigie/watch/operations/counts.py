"""What is counted in lives: made again from the messages, so that a restart or a repeat counts nothing twice."""

from collections.abc import Iterable, Mapping
from functools import reduce
from math import floor
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, PositiveIntegerField, Q, Sum, Value, When
from django.db.models.functions import Cast, Floor, Greatest

from vigie.events import ActivityKind, LiveSampled
from vigie.runtime import bus
from vigie.watch.models import ChatMessage, Live, LiveSample

STRETCH_S = 10
"""Seconds that a sample stands for."""
MOST = 2**31 - 1
"""What a column of PostgreSQL holds."""
COUNTS = ("messages", "commenters", "likes", "joins", "follows", "shares", "gifts")
_OF: dict[str, str] = {
    ActivityKind.MESSAGE: "messages",
    ActivityKind.LIKE: "likes",
    ActivityKind.JOIN: "joins",
    ActivityKind.FOLLOW: "follows",
    ActivityKind.SHARE: "shares",
    ActivityKind.GIFT: "gifts",
}

_BY = {ActivityKind.GIFT: "value", ActivityKind.FOLLOW: "people", ActivityKind.SHARE: "people"}
"""What is counted of them, where it is not how many there were."""


def stretch_of(at_s: float) -> int:
    """Return where the sample begins that a moment belongs to."""
    return max(0, floor(at_s / STRETCH_S)) * STRETCH_S


def runs_of(begins: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of neighbouring stretches, from where each begins to where it ends: a late one costs itself."""
    runs: list[tuple[int, int]] = []
    for begin in sorted(begins):
        if runs and runs[-1][1] == begin:
            runs[-1] = (runs[-1][0], begin + STRETCH_S)
        else:
            runs.append((begin, begin + STRETCH_S))
    return runs


def written_from(live_id: int, from_s: float) -> set[int]:
    """Return where the stretches begin in which something was written, from a moment on."""
    written = ChatMessage.objects.filter(live=live_id, at_s__gte=stretch_of(from_s))
    return {stretch_of(at_s) for at_s in written.values_list("at_s", flat=True).iterator()}


@transaction.atomic
def recount(touched: Mapping[int, Iterable[int]]) -> None:
    """Count the messages of stretches (live -> where they begin) anew, and tell. Two statements, however many lives."""
    samples = {
        (live_id, at_s): LiveSample(live_id=live_id, at_s=at_s)
        for live_id, begins in touched.items()
        for at_s in begins
    }
    for row in _counted(touched):
        sample = samples.get((row["live"], int(row["stretch"]) * STRETCH_S))
        name = _OF.get(row["kind"])
        if sample is None or name is None:
            continue
        setattr(sample, name, min(row[_BY.get(row["kind"], "n")], MOST))
        if row["kind"] == ActivityKind.MESSAGE:
            sample.commenters = row["people"]
    _save(list(samples.values()))


@transaction.atomic
def count_viewers(live_id: int, at_s: float, viewers: int) -> None:
    """Write down how many watched at a moment, as the platform says."""
    viewers = max(0, min(viewers, MOST))
    sample = LiveSample(live_id=live_id, at_s=stretch_of(at_s), viewers=viewers)
    LiveSample.objects.bulk_create(
        [sample], update_conflicts=True, unique_fields=["live", "at_s"], update_fields=["viewers"]
    )
    now = Value(viewers, output_field=PositiveIntegerField())
    highest = Case(When(peak_viewers=None, then=now), default=Greatest(F("peak_viewers"), now))
    Live.objects.filter(pk=live_id).update(viewers=viewers, peak_viewers=highest)
    _tell([sample])


def _counted(touched: Mapping[int, Iterable[int]]) -> Iterable[dict[str, Any]]:
    stretches = (
        Q(live=live_id, at_s__gte=first, at_s__lt=end)
        for live_id, begins in touched.items()
        for first, end in runs_of(begins)
    )
    found = ChatMessage.objects.filter(reduce(or_, stretches), is_history=False)  # replayed: it triggers nothing
    stretch = Cast(Floor(F("at_s") / STRETCH_S), IntegerField())
    grouped = found.annotate(stretch=stretch).values("live", "stretch", "kind").order_by()
    counted: Iterable[Any] = grouped.annotate(
        n=Sum("count"), value=Sum("value"), people=Count("chatter", distinct=True)
    )
    return counted


def _save(samples: list[LiveSample]) -> None:
    LiveSample.objects.bulk_create(
        samples, update_conflicts=True, unique_fields=["live", "at_s"], update_fields=list(COUNTS)
    )
    _tell(samples)


def _tell(samples: list[LiveSample]) -> None:
    last = {sample.live_id: sample.at_s for sample in sorted(samples, key=lambda sample: sample.at_s)}
    workspaces = dict(Live.objects.filter(pk__in=last).values_list("pk", "channel__workspace"))
    for live_id, at_s in last.items():
        if live_id in workspaces:
            bus.publish(LiveSampled(workspaces[live_id], live_id, at_s))
