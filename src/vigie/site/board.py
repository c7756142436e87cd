"""The pages that span areas: all lives, and one live. They stand above the areas, so they are the site's."""

from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vigie.moderation.permissions import may_see_alerts
from vigie.people import queries as people
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.people.queries import ConnectionTrouble
from vigie.runtime import clock
from vigie.runtime.numbers import number
from vigie.site import chat_lines, queries, stretches, timelines, visits
from vigie.site.facts import facts_of
from vigie.site.moments import seconds
from vigie.site.queries import Lines
from vigie.speech.lag import Rung, rung
from vigie.speech.permissions import may_read_transcripts, may_retry
from vigie.watch import operations
from vigie.watch import queries as watch
from vigie.watch.forms import HistoryForm
from vigie.watch.models import ChatState, Live, Platform
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
    """Show a live: its state, its risk, what is said in it, its alerts. Reading it is accounted for, once a visit.

    Who looks at one that is on air has its channel looked at sooner.
    """
    shown = _live(request, pk)
    if shown.ended_at is None:
        operations.look_at([shown.channel_id], clock.now())
    sight = stretches.sight_of(request.membership, shown)
    context = _head(request, shown) | timelines.lanes_of(request, shown)
    context |= {"sight": sight, "may_manage": may_manage_channels(request.membership)}
    reads, sees = may_read_transcripts(request.membership), may_see_alerts(request.membership)
    if reads or sees:
        visits.begin(request, shown)
    if reads:
        context |= {"lines": queries.lines_of(shown), "may_retry": may_retry(request.membership)}
    if sight.has_chat:
        visits.begin_chat(request, shown)
        context |= {"chat": chat_lines.tail(shown), "trouble": _chat_trouble(request, shown)}
    if sees:
        context["alerts"] = queries.alerts_of(shown)
    return render(request, "board/live.html", context)


@require_safe
@in_workspace(may_follow_lives)
def live_head(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the state of a live."""
    return render(request, "board/_head.html", _head(request, _live(request, pk)))


@require_safe
@in_workspace(may_follow_lives)
def live_facts(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show who watches a live, and how far what is said in it may go."""
    return render(request, "board/_facts.html", _head(request, _live(request, pk)))


@require_safe
@in_workspace(may_read_transcripts)
def live_words(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the last lines of a live, those `before` or `after` one of them, or those around a moment (`at`)."""
    shown = _live(request, pk)
    visits.go_on(request, shown)
    return render(request, "board/_lines.html", {"live": shown, "lines": _lines(request, shown)})


def _lines(request: WorkspaceRequest, shown: Live) -> Lines:
    after, at_s = number(request.GET.get("after", "")), seconds(request.GET.get("at", ""))
    if after is not None:
        return queries.lines_after(shown, after)
    if at_s is not None:
        return queries.lines_around(shown, at_s)
    return queries.lines_of(shown, number(request.GET.get("before", "")))


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


def _head(request: WorkspaceRequest, shown: Live) -> dict[str, object]:
    shown.channel.workspace = request.workspace
    return facts_of(shown, clock.now())


def _chat_trouble(request: WorkspaceRequest, shown: Live) -> ConnectionTrouble | None:
    """Return what is wrong with the accounts of the team, where the chat of a live is not read for that."""
    is_refused = shown.ended_at is None and shown.chat_state in {ChatState.REFUSED, ChatState.BROKEN}
    is_twitch = shown.channel.platform == Platform.TWITCH
    return people.connection_trouble(request.membership) if is_refused and is_twitch else None
