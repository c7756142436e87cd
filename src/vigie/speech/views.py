"""What can be done with what was said."""

from contextlib import suppress

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.speech import operations, queries
from vigie.speech.permissions import may_retry


@require_POST
@in_workspace(may_retry)
def retry(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Let an utterance that was skipped or failed be transcribed after all; answer with its line as it now is."""
    utterance = get_object_or_404(queries.utterances_for(request.membership), pk=pk)
    with suppress(operations.NotWaiting):  # somebody else asked meanwhile: the line says where it stands
        operations.retry_utterance(utterance, request.membership, clock.now())
    utterance.refresh_from_db()
    return render(request, "speech/_unsaid.html", {"utterance": utterance, "workspace": request.workspace})
