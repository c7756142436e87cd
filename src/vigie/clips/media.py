"""The bytes of clips over HTTP: films in parts, so that players seek; posters; downloads under their name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from vigie.clips import folders
from vigie.clips.models import Clip, Poster
from vigie.runtime.ranges import ranged

FILM = "video/mp4"
ASKED_AGAIN = "private, no-cache"
"""Kept by the reader's own browser, and shown only once we said that they still may."""


def film(request: HttpRequest, clip: Clip) -> HttpResponseBase:
    """Return the film of a clip, or the part of it that is asked for. Raises Http404 where there is none."""
    if not clip.has_file:
        raise Http404
    folder = folders.folder_of(clip.workspace_id).resolve()
    path = folders.path_of(clip).resolve()
    if not path.is_relative_to(folder):
        raise Http404
    try:
        response = ranged(request, path, content_type=FILM, etag=clip.sha256 or f"clip-{clip.pk}-{clip.size_bytes}")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Http404 from error
    response["Cache-Control"] = ASKED_AGAIN
    return response


def download(request: HttpRequest, clip: Clip) -> HttpResponseBase:
    """Return the film of a clip to be kept under its name (RFC 6266). Raises Http404 where there is none."""
    response = film(request, clip)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=clip.file_name))
    return response


def begins(response: HttpResponseBase) -> bool:
    """Return whether an answer brings the first byte of a film: what follows belongs to it."""
    part = response.get("Content-Range", "")
    return response.status_code == 200 or (response.status_code == 206 and part.startswith("bytes 0-"))


def poster(request: HttpRequest, clip: Clip) -> HttpResponseBase:
    """Return the picture that stands for a clip. Raises Http404 where there is none."""
    found = Poster.objects.filter(clip=clip).first()
    if found is None:
        raise Http404
    etag = quote_etag(f"poster-{clip.pk}-{clip.sha256[:16]}")
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        bytes(found.jpeg), content_type="image/jpeg"
    )
    response["ETag"] = etag
    response["Cache-Control"] = ASKED_AGAIN
    return response
