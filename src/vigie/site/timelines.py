"""What the page of a live asks for as its window and its selection move: lanes, what a stretch holds, marks."""

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vigie.clips.permissions import may_make_clips
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.site import lanes, listening, queries, stretches, visits
from vigie.site.forms import MarkForm
from vigie.site.moments import stretch_in
from vigie.site.stretches import Picked, Sight
from vigie.speech.permissions import may_read_transcripts
from vigie.watch import operations
from vigie.watch import queries as watch
from vigie.watch.models import Live, LiveMark, MarkKind
from vigie.watch.permissions import may_follow_lives, may_manage_channels


@require_safe
@in_workspace(may_follow_lives)
def live_lanes(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the lanes of a window: `from` and `to` in seconds, or the end of the live at a `scale`."""
    return render(request, "board/_lanes.html", lanes_of(request, _live(request, pk)))


def lanes_of(request: WorkspaceRequest, live: Live) -> dict[str, object]:
    """Return what the lanes of a live need, for the window that the address names."""
    edge_s = queries.edge_of(live, clock.now())
    sight = stretches.sight_of(request.membership, live)
    frame = _frame(request, live, edge_s)
    return {
        "live": live,
        "drawn": stretches.drawn(live, frame, edge_s, sight),
        "scale": _scale(request, live),
        "may_clip": may_clip(request, live),
    }


def may_clip(request: WorkspaceRequest, live: Live) -> bool:
    """Return whether the reader may make clips of a live, which is on air."""
    return live.ended_at is None and may_make_clips(request.membership)


def _frame(request: WorkspaceRequest, live: Live, edge_s: float) -> lanes.Frame:
    from_s, to_s = stretch_in(request.GET) or (None, None)
    return lanes.framed(edge_s, from_s=from_s, to_s=to_s, scale=_scale(request, live) or "30min")


def _scale(request: WorkspaceRequest, live: Live) -> str:
    """Return the scale that is asked for; empty between two moments. A live that is over is shown as a whole."""
    if stretch_in(request.GET):
        return ""
    asked = request.GET.get("scale", "")
    return asked if asked in lanes.SCALES else "all" if live.ended_at else "30min"


@require_safe
@in_workspace(may_follow_lives)
def live_table(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show what the lanes of a window draw, in figures; its marks and gaps."""
    live = _live(request, pk)
    edge_s = queries.edge_of(live, clock.now())
    sight = stretches.sight_of(request.membership, live)
    drawn = stretches.drawn(live, _frame(request, live, edge_s), edge_s, sight)
    context = {
        "live": live,
        "sight": sight,
        "drawn": drawn,
        "rows": stretches.table_of(live, drawn.frame, sight),
        "marks": [(mark, _may_remove(request, mark)) for mark in stretches.marks_of(live, drawn.frame, sight)],
    }
    return render(request, "board/_table.html", context)


@require_safe
@in_workspace(may_follow_lives)
def live_stretch(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show what a stretch holds: how much of what, its words beside its chat."""
    live = _live(request, pk)
    stretch = stretch_in(request.GET)
    if stretch is None:
        raise Http404
    from_s, to_s = stretch
    sight = stretches.sight_of(request.membership, live)
    account(request, live, sight)
    context = {
        "live": live,
        "picked": Picked(live, from_s, to_s, sight),
        "began": live.started_at + timedelta(seconds=from_s),
        "may_mark": may_read_transcripts(request.membership),
        "may_clip": may_clip(request, live),
        "sound": listening.address_of(request, live, from_s, to_s),
    }
    return render(request, "board/_stretch.html", context)


def account(request: WorkspaceRequest, live: Live, sight: Sight) -> None:
    """Account for words and chat being read, once a visit."""
    if sight.has_words:
        visits.go_on(request, live)
    if sight.has_chat:
        visits.go_on_chat(request, live)


# ── marks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_POST
@in_workspace(may_read_transcripts)
def place_mark(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Mark a stretch; a stretch that makes no sense is answered by one line (400)."""
    live = _live(request, pk)
    form = MarkForm(request.POST, edge_s=queries.edge_of(live, clock.now()))
    if not form.is_valid():
        return HttpResponse(_("This stretch cannot be marked."), status=400, content_type="text/plain; charset=utf-8")
    label = form.cleaned_data["label"]
    operations.place_mark(live, form.stretch(), label, actor=request.membership, now=clock.now())
    return HttpResponse(status=204)


@require_POST
@in_workspace(may_read_transcripts)
def remove_mark(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Take a mark of one's own away, or, who manages channels, anyone's."""
    marks = LiveMark.objects.filter(live__channel__workspace=request.workspace, kind=MarkKind.PERSON)
    mark = get_object_or_404(marks.select_related("live"), pk=pk)
    if not _may_remove(request, mark):
        raise Http404
    operations.remove_mark(mark, actor=request.membership)
    return HttpResponse(status=204)


def _may_remove(request: WorkspaceRequest, mark: LiveMark) -> bool:
    is_own = mark.placed_by_id == request.membership.pk
    may_mark = may_read_transcripts(request.membership)
    return mark.kind == MarkKind.PERSON and may_mark and (is_own or may_manage_channels(request.membership))


def _live(request: WorkspaceRequest, pk: int) -> Live:
    return get_object_or_404(watch.lives_for(request.membership), pk=pk)
