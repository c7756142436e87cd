"""The page of one channel: how it stands, what it usually does, its past lives. It spans areas, so it is the site's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vigie.moderation.permissions import may_see_alerts
from vigie.people import presets, scopes
from vigie.people import queries as people
from vigie.people.permissions import WorkspaceRequest, in_workspace, may_manage_connections
from vigie.people.queries import ConnectionTrouble
from vigie.runtime import clock
from vigie.site import histories
from vigie.site.habits import Habit, habit_of
from vigie.site.histories import Alarms
from vigie.watch import hosts, operations
from vigie.watch import queries as watch
from vigie.watch.addresses import page_of
from vigie.watch.forms import LabelForm
from vigie.watch.models import Channel, Live, Platform, Reach
from vigie.watch.permissions import may_follow_lives, may_manage_channels
from vigie.watch.queries import Wanted
from vigie.watch.statistics import Aired, Figures, Period, Trend, figures, trend, week

LIVES_A_PAGE = 25
PERIODS = {"7": 7, "30": 30, "90": 90}
"""Days in the address -> days."""
USUAL_PERIOD = "30"


@dataclass(frozen=True, slots=True)
class Record:
    """What a channel did in some days."""

    days: str
    figures: Figures
    habit: Habit
    lives: list[Aired]
    """The newest first."""
    trend: Trend | None
    alarms: Alarms | None
    """None for who may not see alerts."""

    @property
    def reaches(self) -> list[tuple[str, int]]:
        """Each reach that was measured and how many lives had it, the farthest first."""
        counted = self.figures.reach or {}
        return [(reach, counted[reach]) for reach in (Reach.HIGH, Reach.MEDIUM, Reach.LOW) if counted.get(reach)]


@dataclass(frozen=True, slots=True)
class Reader:
    """The account that a platform lets read the chat of a channel."""

    trouble: ConnectionTrouble | None
    """What is to be mended."""
    is_missing: bool
    may_mend: bool
    """Whether whoever looks at the page may connect one."""


@require_http_methods(["GET", "POST"])
@in_workspace(may_follow_lives)
def channel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show a channel; a POST changes its name and language. Who looks at it has it looked at sooner."""
    shown = _channel(request, pk)
    may_manage = may_manage_channels(request.membership)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied
    form = LabelForm(request.POST or None, initial={"name": shown.name, "language": shown.language})
    if form.is_valid():
        operations.change_channel(shown, form.label(), actor=request.membership)
        messages.success(request, _("Saved."))
        return redirect("channel", request.workspace.slug, pk)
    operations.look_at([pk], clock.now())
    past = watch.history_for(request.membership, Wanted(channel_id=pk))
    lives = Paginator(past, LIVES_A_PAGE).get_page(request.GET.get("page"))
    context = _now(request, shown) | {
        "form": form if may_manage else None,
        "page": page_of(shown.platform, shown.address),
        "former": histories.former_handles(shown),
        "record": _record(request, shown),
        "periods": list(PERIODS),
        "lives": lives,
        "pasts": histories.pasts_of(lives, with_alerts=may_see_alerts(request.membership)),
        "reader": _reader(request, shown),
    }
    return render(request, "channel/channel.html", context)


@require_safe
@in_workspace(may_follow_lives)
def channel_now(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show how a channel stands alone, for a page that may have missed some news."""
    return render(request, "channel/_now.html", _now(request, _channel(request, pk)))


@require_POST
@in_workspace(may_follow_lives)
def channel_seen(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Note that a page about a channel, or about its live, is still being looked at."""
    operations.look_at([_channel(request, pk).pk], clock.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _channel(request: WorkspaceRequest, pk: int) -> Channel:
    known = watch.with_activity(watch.channels_for(request.membership), clock.now())
    return get_object_or_404(known.select_related("added_by", "presence"), pk=pk)


def _now(request: WorkspaceRequest, shown: Channel) -> dict[str, object]:
    return now_of(shown) | {"workspace": request.workspace}


def now_of(shown: Channel) -> dict[str, object]:
    """Return what the fragment on how a channel stands needs, besides the workspace."""
    return {
        "channel": shown,
        "open_live": Live.objects.filter(channel=shown, ended_at=None).first(),
        "host_rests": not shown.is_detected and hosts.is_left_alone(shown.address, clock.now()),
    }


def _record(request: WorkspaceRequest, shown: Channel) -> Record:
    """Return what a channel did in the days that the address asks for; nonsense asks for the usual ones."""
    days = request.GET.get("days", "")
    days = days if days in PERIODS else USUAL_PERIOD
    now = clock.now()
    lives = watch.aired_in(shown, Period(now - timedelta(days=PERIODS[days]), now))
    known = Period(_known_since(shown, lives, now - timedelta(days=PERIODS[days])), now)
    sees = may_see_alerts(request.membership)
    alarms = histories.total(histories.alarms_of([live.live_id for live in lives]).values()) if sees else None
    return Record(
        days=days,
        figures=figures(lives, known),
        habit=habit_of(week(lives, known, timezone.get_current_timezone())),
        lives=lives[::-1],
        trend=trend(lives),
        alarms=alarms,
    )


def _reader(request: WorkspaceRequest, shown: Channel) -> Reader | None:
    """Return what is to be told of the account that reads the chat of a channel; None where nothing is."""
    needs_one = shown.platform == Platform.TWITCH and request.workspace.has(presets.CHAT)
    if not needs_one or shown.standing == watch.Standing.NOT_SET_UP:  # type: ignore[attr-defined]
        return None
    trouble = people.connection_trouble(request.membership)
    account = people.usable_connection(shown.platform, request.workspace.pk, scopes.READ_CHAT)
    return Reader(trouble, account is None, may_manage_connections(request.membership))


def _known_since(shown: Channel, lives: Sequence[Aired], since: datetime) -> datetime:
    """Return from when on something is known: before a channel was added, silence says nothing."""
    return max(since, min([shown.added_at, *(live.began_at for live in lives)]))
