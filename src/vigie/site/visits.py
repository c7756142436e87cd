"""Readings of a live, accounted for once a visit, however many requests its pages make. Lives in the session."""

from vigie.people.permissions import WorkspaceRequest
from vigie.site import operations
from vigie.watch.models import Live

KEY = "lives_read"
KEPT = 20
"""Lives that may be open side by side without being accounted for again."""


def begin(request: WorkspaceRequest, live: Live) -> None:
    """Account for the page of a live being opened."""
    operations.record_reading(live, request.membership)
    others = [pk for pk in request.session.get(KEY, []) if pk != live.pk]
    request.session[KEY] = [*others, live.pk][-KEPT:]


def go_on(request: WorkspaceRequest, live: Live) -> None:
    """Account for what follows on that page, unless its opening was."""
    if live.pk not in request.session.get(KEY, []):
        begin(request, live)
