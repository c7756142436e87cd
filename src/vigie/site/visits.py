"""Readings of lives, accounted for once a visit, however many requests their pages make. Lives in the session."""

from collections.abc import Iterable

from vigie.people.permissions import WorkspaceRequest
from vigie.site import operations
from vigie.site.queries import Row
from vigie.speech.permissions import may_read_transcripts
from vigie.watch.models import Live

KEY = "lives_read"
KEPT = 20
"""Pages that may be open side by side without being accounted for again."""


def begin(request: WorkspaceRequest, live: Live) -> None:
    """Account for the page of a live being opened, by somebody who may read it, or only its alerts."""
    verb = "transcript.read" if may_read_transcripts(request.membership) else "alerts.read"
    operations.record_reading(live, request.membership, verb)
    _remember(request, _page_of(live))


def go_on(request: WorkspaceRequest, live: Live) -> None:
    """Account for what follows on that page, unless its opening was."""
    if _page_of(live) not in request.session.get(KEY, []):
        begin(request, live)


def begin_list(request: WorkspaceRequest, rows: Iterable[Row]) -> None:
    """Account for the list of lives being opened, by somebody who may read their last words."""
    if may_read_transcripts(request.membership):
        operations.record_list(request.membership, [row.live.pk for row in rows])
        _remember(request, _list_of(request))


def go_on_list(request: WorkspaceRequest, rows: Iterable[Row]) -> None:
    """Account for what follows on that list, unless its opening was."""
    if _list_of(request) not in request.session.get(KEY, []):
        begin_list(request, rows)


def _page_of(live: Live) -> str:
    return f"live:{live.pk}"


def _list_of(request: WorkspaceRequest) -> str:
    return f"lives:{request.membership.workspace_id}"


def _remember(request: WorkspaceRequest, page: str) -> None:
    others = [other for other in request.session.get(KEY, []) if other != page]
    request.session[KEY] = [*others, page][-KEPT:]
