"""The pages that span areas: all lives, and one live. They stand above the areas, so they are the site's."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vigie.moderation.permissions import may_see_alerts
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.runtime.numbers import number
from vigie.site import queries, visits
from vigie.speech.lag import Rung, rung
from vigie.speech.permissions import may_read_transcripts, may_retry
from vigie.watch import queries as watch
from vigie.watch.forms import HistoryForm
from vigie.watch.models import Live
from vigie.watch.permissions import may_follow_lives, may_manage_channels

LIVES_A_PAGE = 25


# ── all lives ──────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
@in_workspace(may_follow_lives)
def lives(request: WorkspaceRequest) -> HttpResponse:
    """Show the lives that are watched now, and find those of the past. Reading last words is accounted for."""
    form = HistoryForm(request.membership, request.GET)
    past = Paginator(watch.history_for(request.membership, form.wanted()), LIVES_A_PAGE)
    now = clock.now()
    rows = _on_air(request, now)
    visits.begin_list(request, (row.live.pk for row in rows))
    context = _list(request, rows) | {
        "late_s": _late_s(rows),
        "off_air": watch.off_air_for(request.membership, now),
        "form": form,
        "lives": past.get_page(request.GET.get("page")),
    }
    return render(request, "board/lives.html", context)


@require_safe
@in_workspace(may_follow_lives)
def on_air(request: WorkspaceRequest) -> HttpResponse:
    """Show the rows of the lives that are watched now, for a page that may have missed some news."""
    rows = _on_air(request, clock.now())
    visits.go_on_list(request, (row.live.pk for row in rows))
    return render(request, "board/_rows.html", _list(request, rows))


def _on_air(request: WorkspaceRequest, now: datetime) -> list[queries.Row]:
    return queries.rows_of(
        list(watch.on_air_for(request.membership, now)),
        now,
        with_words=may_read_transcripts(request.membership),
        with_alerts=may_see_alerts(request.membership),
    )


def _late_s(rows: list[queries.Row]) -> float | None:
    """Return how late the words of the latest live are; None where that needs no warning."""
    longest_s = max((row.live.lag_s for row in rows), default=0.0)
    return longest_s if rung(longest_s) >= Rung.URGENT_FIRST else None


def _list(request: WorkspaceRequest, rows: list[queries.Row]) -> dict[str, object]:
    return {"rows": rows, "may_manage": may_manage_channels(request.membership)}


# ── one live ───────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
@in_workspace(may_follow_lives)
def live(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show a live: its state, its risk, what is said in it, its alerts. Reading it is accounted for, once a visit."""
    shown = _live(request, pk)
    context = _head(shown) | _timeline(shown) | {"may_manage": may_manage_channels(request.membership)}
    reads, sees = may_read_transcripts(request.membership), may_see_alerts(request.membership)
    if reads or sees:
        visits.begin(request, shown)
    if reads:
        context |= {"lines": queries.lines_of(shown), "may_retry": may_retry(request.membership)}
    if sees:
        context["alerts"] = queries.alerts_of(shown)
    return render(request, "board/live.html", context)


@require_safe
@in_workspace(may_follow_lives)
def live_head(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the state of a live."""
    return render(request, "board/_head.html", _head(_live(request, pk)))


@require_safe
@in_workspace(may_read_transcripts)
def live_words(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the last lines of a live, or those before one that the page has."""
    shown = _live(request, pk)
    visits.go_on(request, shown)
    lines = queries.lines_of(shown, number(request.GET.get("before", "")))
    return render(request, "board/_lines.html", {"live": shown, "lines": lines})


@require_safe
@in_workspace(may_read_transcripts)
def live_timeline(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the risk over a whole live."""
    return render(request, "board/_timeline.html", _timeline(_live(request, pk)))


@require_safe
@in_workspace(may_see_alerts)
def live_alerts(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the alerts of a live."""
    shown = _live(request, pk)
    visits.go_on(request, shown)
    context = {"live": shown, "alerts": queries.alerts_of(shown), "workspace": request.workspace}
    return render(request, "board/_alerts.html", context)


def _live(request: WorkspaceRequest, pk: int) -> Live:
    return get_object_or_404(watch.lives_for(request.membership), pk=pk)


def _head(shown: Live) -> dict[str, object]:
    return {"live": shown, "gaps_count": shown.gaps.count()}


def _timeline(shown: Live) -> dict[str, object]:
    now = clock.now()
    edge_s = max(queries.edge_of(shown, now), queries.SHORTEST_S)
    return {
        "live": shown,
        "strip": queries.whole_strip(shown, edge_s),
        "ticks": [edge_s * part / 4 for part in range(5)],
    }
