"""How this installation and the platforms get on: what was asked, what is left, who asks, what is unknown."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter

from django.db.models import Max, Q, Sum
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vigie.people.models import Workspace
from vigie.runtime.limits import Budget, refill
from vigie.runtime.models import Breaker, Bucket, Lease, Traffic
from vigie.site import platforms
from vigie.site.findings import Finding
from vigie.watch import detecting
from vigie.watch.models import AiringState, Platform, Presence
from vigie.watch.wording import told

A_DAY = timedelta(hours=24)
NAMED = 10
"""Channels that are named a reason."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """Somebody who is asked, by the keys of the gate."""

    name: str | Promise
    keys: Q


def _under(prefix: str) -> Q:
    return Q(key=prefix) | Q(key__startswith=f"{prefix}.")


VENDORS = (
    Vendor("TikTok", Q(key="tiktok")),
    Vendor(gettext_lazy("TikTok's signing service"), _under("tiktok.sign")),
    Vendor("Twitch", _under("twitch")),
)


def vendors(now: datetime) -> Iterator[Finding]:
    """Yield how it stands with each vendor that was asked in the last 24 hours, or rests."""
    for vendor in VENDORS:
        asked = Traffic.objects.filter(vendor.keys, hour__gt=now - A_DAY)
        counted = asked.aggregate(requests=Sum("requests"), failures=Sum("failures"))
        rests = Breaker.objects.filter(vendor.keys, opened_until__gt=now).aggregate(until=Max("opened_until"))["until"]
        if counted["requests"] or rests:
            parts = [_asked(counted["requests"] or 0, counted["failures"] or 0), *_left(vendor, now)]
            if rests:
                parts.append(_("asked again from %(at)s on") % {"at": _clock(rests)})
            yield Finding(str(vendor.name), is_well=rests is None, words=", ".join(parts))


def _asked(requests: int, failures: int) -> str:
    words = ngettext("%(count)s request in 24 h", "%(count)s requests in 24 h", requests)
    shown = words % {"count": formats.number_format(requests, 0, force_grouping=True)}
    return f"{shown}, {_('%(count)s failed') % {'count': formats.number_format(failures, 0, force_grouping=True)}}"


def _left(vendor: Vendor, now: datetime) -> Iterator[str]:
    """Yield how much of the smallest budget of a vendor is left, and how fast it comes back."""
    gate = platforms.gate()
    budgets = [(bucket, gate.budget_of(bucket.key)) for bucket in Bucket.objects.filter(vendor.keys)]
    left = [(_tokens(bucket, budget, now), budget) for bucket, budget in budgets]
    if left:
        tokens, budget = min(left, key=itemgetter(0))
        yield _("%(left)d of %(most)d left now, %(more)d more a minute") % {
            "left": tokens,
            "most": budget.capacity,
            "more": round(60 * budget.per_s),
        }


def _tokens(bucket: Bucket, budget: Budget, now: datetime) -> float:
    return refill(budget, bucket.tokens, (now - bucket.refilled_at).total_seconds())


def _clock(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "H:i")


def detectors(now: datetime) -> Finding:
    """Return who asks the platforms which channels are on air, and where nobody does."""
    leases = Lease.objects.filter(resource__startswith=detecting.RESOURCE, expires_at__gt=now).exclude(owner="")
    held = set(leases.values_list("resource", flat=True))
    missing = detecting.wanted() - held
    words = _("at work for %(platforms)s") % {"platforms": _names(held)} if held else _("none at work")
    if missing:
        words = f"{words}, {_('missing for %(platforms)s') % {'platforms': _names(missing)}}"
    fix = "vigie up --only watch" if missing else ""
    return Finding(_("Detectors"), is_well=not missing, words=words, fix=fix)


def _names(resources: set[str]) -> str:
    return ", ".join(sorted(str(Platform(each.removeprefix(detecting.RESOURCE)).label) for each in resources))


def unknown(workspace: Workspace | None = None) -> Finding:
    """Return the watched channels of which nobody can tell whether they are on air, and why."""
    ours = Q(channel__workspace=workspace) if workspace else Q()
    rows = Presence.objects.filter(ours, airing=AiringState.UNKNOWN, channel__is_watched=True).exclude(checked_at=None)
    by_reason: dict[str, list[str]] = defaultdict(list)
    for presence in rows.select_related("channel").order_by("channel__name"):
        by_reason[told(presence.reason)].append(presence.channel.name)
    words = " ".join(_because(reason, names) for reason, names in sorted(by_reason.items()))
    return Finding(_("Channels unknown"), is_well=not by_reason, words=words or _("none"))


def _because(reason: str, names: Sequence[str]) -> str:
    named = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    return _("%(names)s: %(reason)s") % {"names": named, "reason": reason}
