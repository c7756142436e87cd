"""What the page of a live asks for of its chat: lines, what is looked for, files."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime.numbers import number
from vigie.site import chat_export, chat_lines, visits
from vigie.site.chat_export import LinesResponse
from vigie.site.chat_lines import ChatLines
from vigie.site.moments import seconds
from vigie.watch import queries as watch
from vigie.watch.models import ChatMessage, Live
from vigie.watch.operations import chat as operations
from vigie.watch.permissions import may_read_chat

FORMS = {
    "csv": (chat_export.as_csv, "text/csv"),
    "jsonl": (chat_export.as_json_lines, "application/jsonl"),
}


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


def _live(request: WorkspaceRequest, pk: int) -> Live:
    return get_object_or_404(watch.lives_for(request.membership), pk=pk)
