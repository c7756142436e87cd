"""Who somebody of an audience is: what they wrote, and, for a reason that is kept, their name or their erasure."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime.numbers import number
from vigie.runtime.sealing import CannotUnseal
from vigie.site import chat_pushes, visits
from vigie.site.forms import ErasureForm, ReasonForm
from vigie.watch import queries as watch
from vigie.watch.models import ChatMessage, Chatter
from vigie.watch.operations import chat as operations
from vigie.watch.permissions import may_read_chat, may_reveal_chatters

LATEST = 100
"""Messages of one person that are shown."""


@never_cache
@require_safe
@in_workspace(may_read_chat)
def chatter(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show what is known of somebody, and what they wrote in a live (`live`). Accounted for with its chat."""
    return _dialog(request, _chatter(request, pk))


@never_cache
@require_POST
@in_workspace(may_reveal_chatters)
def reveal(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Tell once who somebody is, for a reason that is kept. Accounted for."""
    found, form = _chatter(request, pk), ReasonForm(request.POST)
    if not form.is_valid():
        return _dialog(request, found, status=400, trouble=_("Say why: it is kept beside your name."))
    try:
        identity = operations.reveal_identity(found, actor=request.membership, reason=form.cleaned_data["reason"])
    except CannotUnseal:
        trouble = _("This cannot be opened: the secret key was changed since.")
        return _dialog(request, found, status=400, trouble=trouble)
    return _dialog(request, found, identity=identity)


@require_POST
@in_workspace(may_reveal_chatters)
def erase(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Remove somebody and all they wrote, in every live of the team. Accounted for."""
    found, form = _chatter(request, pk), ErasureForm(request.POST)
    if not form.is_valid():
        return _dialog(request, found, status=400, trouble=_("Say why, and tick that you mean it."))
    shown = chat_pushes.shown_of(found)
    messages = operations.erase_chatter(found, actor=request.membership, reason=form.cleaned_data["reason"])
    chat_pushes.take_away(shown)
    return render(request, "board/_chatter_erased.html", {"messages": messages})


def _dialog(request: WorkspaceRequest, found: Chatter, *, status: int = 200, **more: object) -> HttpResponse:
    live = watch.lives_for(request.membership).filter(pk=number(request.GET.get("live", "")) or 0).first()
    written: list[ChatMessage] = []
    if live is not None:
        visits.go_on_chat(request, live)
        theirs = watch.messages_of(live).filter(chatter=found)
        written = list(theirs.order_by("-at_s", "-pk")[:LATEST])[::-1]
        more["count"] = theirs.count()
        more["first_at"] = live.started_at + timedelta(seconds=written[0].at_s) if written else None
    context = {
        "chatter": found,
        "live": live,
        "written": written,
        "may_reveal": may_reveal_chatters(request.membership),
    }
    return render(request, "board/_chatter.html", context | more, status=status)


def _chatter(request: WorkspaceRequest, pk: int) -> Chatter:
    return get_object_or_404(watch.chatters_for(request.workspace.pk), pk=pk)
