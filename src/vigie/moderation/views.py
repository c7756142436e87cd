"""Pages of alerts: the queue, one alert with its moment, and what people decide there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from vigie.moderation import operations, queries, sounds, states
from vigie.moderation.forms import DecisionForm, NoteForm
from vigie.moderation.lanes import lanes, percent
from vigie.moderation.models import Alert, AlertState, Finding
from vigie.moderation.permissions import (
    may_decide_alerts,
    may_hear_alerts,
    may_read_around,
    may_see_alerts,
)
from vigie.moderation.wording import DONE, REFUSED, VIEWS
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.risk.queries import justification_of
from vigie.runtime import clock, visits
from vigie.runtime.numbers import number
from vigie.runtime.ranges import ranged
from vigie.watch.permissions import may_manage_channels

# ── the queue ──────────────────────────────────────────────────────────────────────────────────────────────────────


@in_workspace(may_see_alerts)
@require_safe
def alerts(request: WorkspaceRequest) -> HttpResponse:
    """Show a view of the queue. Reading what was said in its alerts is accounted for."""
    views = queries.views_for(request.membership)
    view = views.get(request.GET.get("view", ""), views["to-review"])
    now = clock.now()
    page = queries.page_of(request.membership, view, request.GET.get("after", ""), now=now)
    operations.record_queue([row.alert for row in page.rows], actor=request.membership)
    context = _menu(request, view) | {
        "page": page,
        "newest": queries.newest(request.membership),
        "lives": None if page.rows else queries.watched_lives(request.membership),
        "may_manage_channels": may_manage_channels(request.membership),
        "undoable": _undoable(request),
    }
    return render(request, "moderation/alerts.html", context)


@in_workspace(may_see_alerts)
@require_safe
def news(request: WorkspaceRequest) -> HttpResponse:
    """Tell, in a line, what was raised since the reader's page was made; and how many each view now holds."""
    views = queries.views_for(request.membership)
    view = views.get(request.GET.get("view", ""), views["to-review"])
    after = request.GET.get("after", "")
    found = queries.news_for(request.membership, number(after) or 0)
    return render(request, "moderation/_news.html", _menu(request, view) | {"news": found, "is_update": True})


def _menu(request: WorkspaceRequest, view: queries.View) -> dict[str, object]:
    return {
        "view": view.name,
        "view_name": VIEWS[view.name],
        "views": [(name, VIEWS[name], count) for name, count in queries.count_views(request.membership).items()],
        "decides": may_decide_alerts(request.membership),
    }


def _undoable(request: WorkspaceRequest) -> dict[str, object] | None:
    """Return what the reader may still take back, as the page's toast needs it."""
    now = clock.now()
    decision = queries.undoable_by(request.membership, now)
    if decision is None:
        return None
    return _toast(decision.alert, seconds=(decision.decided_at + states.UNDO - now).total_seconds())


def _toast(alert: Alert, seconds: float) -> dict[str, object]:
    return {
        "pk": alert.pk,
        "text": str(DONE[alert.state]) % {"pk": alert.pk},
        "undo": reverse("alert-undo", args=[alert.workspace.slug, alert.pk]),
        "seconds": round(seconds),
    }


# ── one alert ──────────────────────────────────────────────────────────────────────────────────────────────────────


@in_workspace(may_see_alerts)
@require_safe
def alert(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show an alert with its moment. Reading it is accounted for."""
    found = _alert(request, pk)
    operations.record_view(found, actor=request.membership)
    visits.begin(request.session, f"alert:{pk}")
    return _page(request, found)


def _alert(request: WorkspaceRequest, pk: int) -> Alert:
    return get_object_or_404(queries.alerts_for(request.membership), pk=pk)


def _page(request: WorkspaceRequest, alert: Alert, *, status: int = 200, **filled: object) -> HttpResponse:
    """Return the page of an alert; `filled` is what the reader filled in, and what could not be recorded of it."""
    context = _moment(request, alert) | {
        "neighbours": queries.neighbours_of(request.membership, alert.pk),
        "history": queries.history_of(request.membership, alert),
        "notes": alert.notes.order_by("pk"),
        "findings": Finding.choices,
        "form": DecisionForm(initial={"version": alert.version}),
        "justification": justification_of(alert.assessment),
        "raised_by": next(iter(queries.raised_by(alert)), ""),
        "decides": may_decide_alerts(request.membership),
        "undoable": _undoable(request),
    }
    return render(request, "moderation/alert.html", context | filled, status=status)


def _moment(request: WorkspaceRequest, alert: Alert) -> dict[str, object]:
    found = queries.moment_of(alert, reads_around=may_read_around(request.membership))
    hears = may_hear_alerts(request.membership)
    return {
        "alert": alert,
        "moment": found,
        "lanes": lanes(found.grid, found.window, alert.threshold),
        "gauge": percent(alert.score),
        "hears": hears,
        "sound": sounds.extent(alert.live_id, found.window) if hears else None,
    }


@in_workspace(may_see_alerts)
@require_safe
def moment(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the moment of an alert again, while what follows is still coming in."""
    found = _alert(request, pk)
    if visits.is_first(request.session, f"alert:{pk}"):
        operations.record_view(found, actor=request.membership)
    return render(request, "moderation/_moment.html", _moment(request, found) | {"is_update": True})


@in_workspace(may_see_alerts)
@require_safe
def standing(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Tell who decided an alert, to a page that is looking at it."""
    return render(request, "moderation/_standing.html", {"alert": _alert(request, pk)})


@in_workspace(may_hear_alerts)
@require_safe
def audio(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Play the moment of an alert, or a part of it. Hearing it is accounted for, once a visit."""
    found = _alert(request, pk)
    try:
        path = sounds.flac(pk, found.live_id, queries.window_of(found))
    except FileNotFoundError as error:
        raise Http404 from error
    if visits.is_first(request.session, f"alert:{pk}/sound"):
        operations.record_hearing(found, actor=request.membership)
    response = ranged(request, path, content_type="audio/flac", etag=path.stem)
    response["Cache-Control"] = "private, no-cache"  # asked again each time, so that no hearing goes unaccounted
    return response


@in_workspace(may_hear_alerts)
@require_safe
def peaks(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Return the outline of the sound of an alert."""
    found = _alert(request, pk)
    window = queries.window_of(found)
    outline = sounds.outline(found.live_id, window)
    answer = {"length_s": window.length_s, "low": outline.low, "high": outline.high}
    return JsonResponse(answer, headers={"Cache-Control": "private, max-age=3600"})


# ── what people decide ─────────────────────────────────────────────────────────────────────────────────────────────


@in_workspace(may_decide_alerts)
@require_POST
def decide(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Record a decision, then lead to the next alert; from the queue (htmx) answer with the row as it now is."""
    found = _alert(request, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=400, form=form)
    following = queries.neighbours_of(request.membership, pk)
    version = form.cleaned_data["version"]
    try:
        operations.decide(pk, form.choice(), actor=request.membership, version=version, now=clock.now())
    except (states.AlreadyDecided, states.NoSuchMove) as refusal:
        return _conflict(request, pk, form, refusal)
    if _is_htmx(request):
        decided = _alert(request, pk)
        return _with_toast(_row(request, decided), _toast(decided, states.UNDO.total_seconds()))
    if form.cleaned_data["state"] == AlertState.PENDING:
        return redirect("alert", request.workspace.slug, pk)
    return _lead_to(request, following.after or following.before)


def _conflict(request: WorkspaceRequest, pk: int, form: DecisionForm, refusal: states.Refused) -> HttpResponse:
    """Show both versions: what is in force, and what the reader wanted; their words are kept."""
    current, choice = _alert(request, pk), form.choice()
    if _is_htmx(request):
        return _with_toast(_row(request, current, status=409), {"text": str(REFUSED[type(refusal)])})
    wanted = [AlertState(choice.state).label, *([Finding(choice.category).label] if choice.category else [])]
    fresh = DecisionForm(initial=form.cleaned_data | {"version": current.version})
    return _page(request, current, status=409, form=fresh, note_form=fresh, conflict=wanted)


def _lead_to(request: WorkspaceRequest, pk: int | None) -> HttpResponse:
    if pk is None:
        return redirect("alerts", request.workspace.slug)
    return redirect("alert", request.workspace.slug, pk)


@in_workspace(may_decide_alerts)
@require_POST
def undo(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Take the reader's own decision back, within 10 s."""
    _alert(request, pk)
    try:
        undone = operations.undo_decision(pk, actor=request.membership, now=clock.now())
    except states.CannotUndo as refusal:
        text, status = str(REFUSED[type(refusal)]), 409
    else:
        text, status = str(DONE[undone.state]) % {"pk": pk}, 204
    if _is_htmx(request):
        return _with_toast(HttpResponse(status=status), {"text": text})  # the row comes back by push
    messages.info(request, text)
    return redirect("alert", request.workspace.slug, pk)


@in_workspace(may_decide_alerts)
@require_POST
def note(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Add a remark to an alert."""
    found = _alert(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=400, note_form=form)
    operations.add_note(pk, form.cleaned_data["note"], actor=request.membership, now=clock.now())
    return redirect(f"{reverse('alert', args=[request.workspace.slug, pk])}#notes")


def _is_htmx(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers


def _row(request: WorkspaceRequest, alert: Alert, *, status: int = 200) -> HttpResponse:
    [row] = queries.rows([alert], clock.now())
    return render(request, "moderation/_row.html", {"row": row}, status=status)


def _with_toast(response: HttpResponse, toast: dict[str, object]) -> HttpResponse:
    # A push may have replaced the row that asked: what happens to it then reaches nobody.
    return trigger_client_event(response, "vigie:toast", toast | {"target": "body"})
