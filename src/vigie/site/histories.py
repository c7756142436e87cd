"""What a channel did, across the areas: its past lives with their figures and alerts, the names it had."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from vigie.governance.models import AuditPayload
from vigie.moderation.models import Alert, AlertState
from vigie.watch import queries as watch
from vigie.watch.models import Channel, Live
from vigie.watch.statistics import Aired


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many moments of some lives waited for a person, and how many of them were decided."""

    raised: int = 0
    decided: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """A live that is over, as the history of its channel shows it."""

    live: Live
    aired: Aired
    alarms: Alarms | None
    """None for who may not see alerts."""

    @property
    def is_attempt(self) -> bool:
        """Whether it was none: nothing could be had."""
        return watch.is_attempt(self.live)


def pasts_of(lives: Iterable[Live], *, with_alerts: bool) -> list[Past]:
    """Return lives with their figures, in their order. Two queries."""
    shown = list(lives)
    aired = watch.aired_of(shown)
    alarms = alarms_of([live.pk for live in shown]) if with_alerts else {}
    return [Past(live, aired[live.pk], alarms.get(live.pk)) for live in shown]


def alarms_of(live_ids: Collection[int]) -> dict[int, Alarms]:
    """Return the alerts of each live. One query."""
    decided = Count("pk", filter=~Q(state=AlertState.PENDING))
    counted = Alert.objects.filter(live__in=live_ids).order_by().values("live")
    rows = counted.annotate(raised=Count("pk"), decided=decided)
    found = {row["live"]: Alarms(row["raised"], row["decided"]) for row in rows}
    return {live_id: found.get(live_id, Alarms()) for live_id in live_ids}


def total(alarms: Iterable[Alarms]) -> Alarms:
    """Return the sum."""
    known = list(alarms)
    return Alarms(sum(each.raised for each in known), sum(each.decided for each in known))


def former_handles(channel: Channel) -> list[str]:
    """Return what the account was called before, the last name first; what was erased is gone. One query, by index."""
    renamed = AuditPayload.objects.filter(
        entry__object_type="channel",
        entry__object_id=str(channel.pk),
        entry__verb="channel.renamed",
        entry__chain__workspace=channel.workspace_id,
    )
    bodies = renamed.order_by("-entry__position").values_list("body", flat=True)
    return list(dict.fromkeys(json.loads(body)["from"] for body in bodies))
