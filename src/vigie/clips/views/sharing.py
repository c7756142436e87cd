"""A clip that was shared: for anybody who has the link, without signing in. Nothing of the team is told."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vigie.clips import media, operations
from vigie.clips.models import Poster, ShareLink
from vigie.clips.operations import NoSuchLink
from vigie.runtime import clock

View = Callable[[HttpRequest, str], HttpResponseBase]


def _unlisted(view: View) -> View:
    """Keep what a link leads to out of search engines and of other sites' logs; a link that is over is gone (410)."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            response = view(request, token)
        except NoSuchLink:
            response = render(request, "clips/shared_gone.html", status=410)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded


@require_safe
@_unlisted
def shared(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show a clip and its title. Each opening is counted."""
    found = operations.open_link(token, now=clock.now()) if request.method == "GET" else _found(token)
    clip = found.clip
    context = {
        "title": clip.title or _("A clip"),
        "token": token,
        "has_poster": Poster.objects.filter(clip=clip).exists(),
        "width": clip.width,
        "height": clip.height,
        "expires_at": found.expires_at,
    }
    return render(request, "clips/shared.html", context)


def _found(token: str) -> ShareLink:
    return operations.find_link(token, now=clock.now())


@require_safe
@_unlisted
def video(request: HttpRequest, token: str) -> HttpResponseBase:
    """Play a clip that was shared, or a part of it."""
    return media.film(request, _found(token).clip)


@require_safe
@_unlisted
def poster(request: HttpRequest, token: str) -> HttpResponseBase:
    """Return the picture that stands for a clip that was shared."""
    return media.poster(request, _found(token).clip)
