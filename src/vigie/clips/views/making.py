"""Clips from the page of a live, and of the moment of an alert: asked for there, and shown there."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vigie.clips import archive, operations, queries
from vigie.clips.forms import NO_STRETCH, StretchForm
from vigie.clips.models import UNDER_WAY, Clip
from vigie.clips.permissions import may_make_clips, may_see_clips
from vigie.clips.views.archive import with_toast
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.watch import queries as watch
from vigie.watch.models import Live

MOST = 50
"""Clips of a moment that are shown: the archive has them all."""


@require_safe
@in_workspace(may_see_clips)
def of_live(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the clips of a stretch of a live (`from_s`, `to_s`), for the pages of others to load."""
    live = _live(request, pk)
    form = StretchForm(request.GET)
    stretch = form.stretch() if form.is_valid() else None
    if stretch is None:
        raise Http404
    found = archive.of_stretch(request.membership, live.pk, *stretch)[:MOST]
    return render(request, "clips/_of_moment.html", {"cards": archive.cards(list(found))})


@require_POST
@in_workspace(may_make_clips)
def make(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Ask for a stretch of a live (`from_s`, `to_s`) as a clip, or for its last seconds; answer with how far it is."""
    live, form = _live(request, pk), StretchForm(request.POST)
    if not form.is_valid():
        return _refuse(str(next(iter(form.non_field_errors()), NO_STRETCH)))
    try:
        wish = operations.wish_of(request.membership, live, form.stretch(), now=clock.now())
        clip = operations.request_clip(wish, by=request.user, now=clock.now())
    except operations.TooFarAhead:
        return _refuse(str(NO_STRETCH))
    except operations.NoOverlap:
        return _refuse(_("This moment is not kept any more: a clip is made during the live, or soon after."))
    return _toast(request, clip)


def _refuse(text: str) -> HttpResponse:
    return with_toast(HttpResponse(status=409), {"text": text})


@require_safe
@in_workspace(may_see_clips)
def toast(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Tell how far a clip has come that was asked for by the page."""
    return _toast(request, get_object_or_404(queries.clips_for(request.membership), pk=pk))


def _toast(request: WorkspaceRequest, clip: Clip) -> HttpResponse:
    return render(request, "clips/_toast.html", {"clip": clip, "is_under_way": clip.state in UNDER_WAY})


def _live(request: WorkspaceRequest, pk: int) -> Live:
    return get_object_or_404(watch.lives_for(request.membership), pk=pk)
