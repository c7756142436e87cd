"""Readings of lives, accounted for once a visit, however many requests their pages make."""

from collections.abc import Iterable

from vigie.people.permissions import WorkspaceRequest
from vigie.runtime import visits
from vigie.site import operations
from vigie.speech.permissions import may_read_transcripts
from vigie.watch.models import Live


def begin(request: WorkspaceRequest, live: Live) -> None:
    """Account for the page of a live being opened, by somebody who may read it, or only its alerts."""
    visits.begin(request.session, _page_of(live))
    verb = "transcript.read" if may_read_transcripts(request.membership) else "alerts.read"
    operations.record_reading(live, request.membership, verb)


def go_on(request: WorkspaceRequest, live: Live) -> None:
    """Account for what follows on that page, unless its opening was."""
    if visits.is_first(request.session, _page_of(live)):
        begin(request, live)


def begin_chat(request: WorkspaceRequest, live: Live) -> None:
    """Account for the chat of a live being opened, by somebody who may read it."""
    visits.begin(request.session, _chat_of(live))
    operations.record_reading(live, request.membership, "chat.read")


def go_on_chat(request: WorkspaceRequest, live: Live) -> None:
    """Account for what follows of that chat, unless its opening was."""
    if visits.is_first(request.session, _chat_of(live)):
        begin_chat(request, live)


def begin_list(request: WorkspaceRequest, live_ids: Iterable[int]) -> None:
    """Account for the last words of many lives being opened, by somebody who may read them: the list, the wall."""
    if may_read_transcripts(request.membership):
        visits.begin(request.session, _list_of(request))
        operations.record_list(request.membership, list(live_ids))


def go_on_list(request: WorkspaceRequest, live_ids: Iterable[int]) -> None:
    """Account for what follows on that list, unless its opening was."""
    if visits.is_first(request.session, _list_of(request)):
        begin_list(request, live_ids)


def _page_of(live: Live) -> str:
    return f"live:{live.pk}"


def _chat_of(live: Live) -> str:
    return f"chat:{live.pk}"


def _list_of(request: WorkspaceRequest) -> str:
    return f"lives:{request.membership.workspace_id}"
