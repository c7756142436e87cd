"""What the page of a live asks for of its chat: lines, what is looked for, files; and who somebody of it is."""

from datetime import timedelta

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime.numbers import number
from vigie.runtime.sealing import CannotUnseal
from vigie.site import chat_export, chat_lines, chat_pushes, visits
from vigie.site.chat_export import LinesResponse
from vigie.site.chat_lines import ChatLines
from vigie.site.forms import ErasureForm, ReasonForm
from vigie.site.timelines import seconds
from vigie.watch import queries as watch
from vigie.watch.models import ChatMessage, Chatter, Live
from vigie.watch.operations import chat as operations
from vigie.watch.permissions import may_read_chat, may_reveal_chatters

FORMS = {
    "csv": (chat_export.as_csv, "text/csv"),
    "jsonl": (chat_export.as_json_lines, "application/jsonl"),
}
LATEST = 100
"""Messages of one person that are shown."""


@require_safe
@in_workspace(may_read_chat)
def live_chat(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the end of a chat, what is `before` or `after` a message, or what surrounds a moment (`at`)."""
    live = _live(request, pk)
    visits.go_on_chat(request, live)
    return render(request, "board/_chat_lines.html", {"live": live, "lines": _lines(request, live)})


def _lines(request: WorkspaceRequest, live: Live) -> ChatLines:
    before, following = (_message(live, request.GET.get(name, "")) for name in ("before", "after"))
    at_s = seconds(request.GET.get("at", ""))
    if following:
        return chat_lines.after(live, following)
    if at_s is not None:
        return chat_lines.around(live, at_s)
    return chat_lines.tail(live, before)


def _message(live: Live, text: str) -> ChatMessage | None:
    pk = number(text)
    return ChatMessage.objects.filter(live=live, pk=pk).first() if pk is not None else None


@require_safe
@in_workspace(may_read_chat)
def chat_search(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show the last messages that hold all the words of `q`; nothing for none."""
    live, words = _live(request, pk), request.GET.get("q", "")[:100].strip()
    visits.go_on_chat(request, live)
    page = watch.chat_found(live, words) if words else None
    return render(request, "board/_chat_found.html", {"live": live, "words": words, "page": page})


@require_safe
@in_workspace(may_read_chat)
def download(request: WorkspaceRequest, pk: int, form: str) -> HttpResponseBase:
    """Hand out all that the audience did, as `csv` or `jsonl`. Accounted for."""
    live = _live(request, pk)
    operations.record_export(live, actor=request.membership, form=form)
    write, kind = FORMS[form]
    name = f"{slugify(live.channel.name) or 'live'}-{live.started_at:%Y%m%d-%H%M}-chat.{form}"
    return LinesResponse(
        write(live),
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


# ── somebody of an audience ────────────────────────────────────────────────────────────────────────────────────────


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


def _live(request: WorkspaceRequest, pk: int) -> Live:
    return get_object_or_404(watch.lives_for(request.membership), pk=pk)
