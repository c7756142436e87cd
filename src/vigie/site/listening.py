"""The sound of a stretch that somebody selected on the page of a live."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from vigie.moderation import sounds
from vigie.moderation.moment import Window
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import visits
from vigie.runtime.ranges import ranged
from vigie.site import operations
from vigie.site.moments import stretch_in
from vigie.speech.permissions import may_hear_audio
from vigie.watch import queries as watch
from vigie.watch.models import Live

LONGEST_S = 300.0
"""What is heard at once: a longer selection shows its words and its chat alone."""


def address_of(request: WorkspaceRequest, live: Live, from_s: float, to_s: float) -> str:
    """Return where the sound of a stretch is; empty where there is none, or the reader may not hear it."""
    if not may_hear_audio(request.membership) or to_s - from_s > LONGEST_S:
        return ""
    if sounds.extent(live.pk, Window(from_s, to_s, from_s, to_s)) is None:
        return ""
    sound = reverse("stretch-sound", kwargs={"workspace": request.workspace.slug, "pk": live.pk})
    return f"{sound}?from={from_s:.1f}&to={to_s:.1f}"


@require_safe
@in_workspace(may_hear_audio)
def stretch_sound(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Return the sound of a stretch (`from`, `to`) as FLAC. Hearing it is accounted for, once a visit."""
    live = get_object_or_404(watch.lives_for(request.membership), pk=pk)
    stretch = stretch_in(request.GET)
    if stretch is None or stretch[1] - stretch[0] > LONGEST_S:
        raise Http404
    from_s, to_s = stretch
    try:
        path = sounds.flac_of_stretch(live.pk, Window(from_s, to_s, from_s, to_s))
    except FileNotFoundError as error:
        raise Http404 from error
    if visits.is_first(request.session, f"live:{pk}/sound:{from_s}-{to_s}"):
        operations.record_hearing(live, request.membership, from_s, to_s)
    response = ranged(request, path, content_type="audio/flac", etag=path.stem)
    response["Cache-Control"] = "private, no-cache"  # asked again each time, so that no hearing goes unaccounted
    return response
