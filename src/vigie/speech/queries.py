"""What can be read of what was said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery

from vigie.people.models import Membership
from vigie.runtime.models import UNFINISHED, WorkState
from vigie.speech.models import Utterance
from vigie.watch.models import Live

SETTLED = (WorkState.DONE, WorkState.SKIPPED, WorkState.FAILED)
LINES = 100
"""Utterances a page."""
LATELY, MOST_DELAYS = timedelta(days=1), 1000


def utterances_for(membership: Membership) -> QuerySet[Utterance]:
    """Return what was said in the lives of a member's workspace, in order within a live."""
    return Utterance.objects.filter(live__channel__workspace=membership.workspace_id).order_by("live", "seq")


def said_in(live: Live) -> QuerySet[Utterance]:
    """Return what is known of what was said in a live, in order: words, or why there are none."""
    return Utterance.objects.filter(live=live, state__in=SETTLED).exclude(text="", reason="").order_by("seq")


@dataclass(frozen=True, slots=True)
class Page:
    """Some consecutive utterances of a live, in order."""

    utterances: list[Utterance]
    has_more: bool
    """In the direction that was asked for."""


def page_before(live: Live, seq: int | None) -> Page:
    """Return the last utterances before number `seq`; None: the last ones of the live."""
    found = said_in(live).order_by("-seq")
    newest_first = list((found if seq is None else found.filter(seq__lt=seq))[: LINES + 1])
    return Page(newest_first[:LINES][::-1], has_more=len(newest_first) > LINES)


def page_after(live: Live, seq: int, only: Q | None = None) -> Page:
    """Return the first utterances after number `seq`; of those for which `only` holds."""
    found = list(said_in(live).filter(only or Q(), seq__gt=seq)[: LINES + 1])
    return Page(found[:LINES], has_more=len(found) > LINES)


def start_of(live: Live, seq: int | None) -> float | None:
    """Return when the first utterance from number `seq` on begins, in seconds; None where there is none."""
    if seq is None:
        return None
    return said_in(live).filter(seq__gte=seq).values_list("start_s", flat=True).first()


def last_words(live_ids: Iterable[int]) -> dict[int, Utterance]:
    """Return the last sentence of each live that has one. One query, a look-up in the index a live."""
    sentences = Utterance.objects.filter(live=OuterRef("pk"), state=WorkState.DONE).exclude(text="").order_by("-seq")
    last = Live.objects.filter(pk__in=live_ids).values(last=Subquery(sentences.values("pk")[:1]))
    return {utterance.live_id: utterance for utterance in Utterance.objects.filter(pk__in=last)}


def alert_delays_s(lives: QuerySet[Live], now: datetime) -> tuple[float, float] | None:
    """Return median and 95th percentile of the seconds from the end of an utterance to its alert; None without one.

    Of the last day, its last 1,000 alerts. Captions may come ahead of the sound: that alert took no time.
    """
    alerted = Utterance.objects.filter(live__in=lives, alerted_at__gte=now - LATELY).order_by("-alerted_at")
    moments = alerted.values_list("spoken_at", "alerted_at")[:MOST_DELAYS]
    waits = (alerted_at - spoken_at for spoken_at, alerted_at in moments if alerted_at)
    delays_s = sorted(max(0.0, wait.total_seconds()) for wait in waits)
    if not delays_s:
        return None
    return delays_s[(len(delays_s) - 1) // 2], delays_s[(len(delays_s) - 1) * 95 // 100]


def waiting_in(live_ids: Iterable[int]) -> dict[int, list[tuple[float, float]]]:
    """Return the stretches of each live that were heard and not transcribed yet, in seconds. One query."""
    found: dict[int, list[tuple[float, float]]] = {}
    waiting = Utterance.objects.filter(live__in=live_ids, state__in=UNFINISHED).order_by("start_s")
    for live_id, start_s, end_s in waiting.values_list("live", "start_s", "end_s"):
        found.setdefault(live_id, []).append((start_s, end_s))
    return found
