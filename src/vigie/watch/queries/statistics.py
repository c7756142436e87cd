"""The lives of a channel as `watch.statistics` counts them. Two queries, however many lives there are."""

from collections.abc import Iterable

from django.db.models import Avg, Q, Sum

from vigie.watch.models import Channel, Live, LiveSample
from vigie.watch.queries.channels import IS_ATTEMPT
from vigie.watch.statistics import Aired, Period


def aired_in(channel: Channel, period: Period) -> list[Aired]:
    """Return the lives of a channel that touch a period, the oldest first; failed attempts are none."""
    still = Q(ended_at=None) | Q(ended_at__gt=period.from_at)
    lives = Live.objects.filter(still, channel=channel, started_at__lt=period.to_at).exclude(IS_ATTEMPT)
    return list(aired_of(lives.order_by("started_at", "pk")).values())


def aired_of(lives: Iterable[Live]) -> dict[int, Aired]:
    """Return what was counted in each live, in their order. One query."""
    shown = list(lives)
    samples = LiveSample.objects.filter(live__in=[live.pk for live in shown])
    counted = samples.order_by().values("live").annotate(written=Sum("messages"), watching=Avg("viewers"))
    rows = {row["live"]: row for row in counted}
    return {
        live.pk: _aired(live, **rows.get(live.pk, {"live": live.pk, "written": 0, "watching": None})) for live in shown
    }


def _aired(one: Live, *, live: int, written: int, watching: float | None) -> Aired:
    """Return a live; it began when its platform says so, where that is before Vigie saw it."""
    return Aired(
        live_id=live,
        began_at=min(one.aired_at or one.started_at, one.started_at),
        ended_at=one.ended_at,
        viewers=watching,
        peak_viewers=one.peak_viewers,
        messages=written,
        heard_s=one.heard_s,
        lost_s=one.lost_s,
        reach=one.reach,
    )
