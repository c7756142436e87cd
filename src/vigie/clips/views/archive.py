"""The archive: clips by what is looked for, what is new since, and what is done with several at once."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from vigie.clips import archive, operations, queries
from vigie.clips.forms import ArchiveForm, tags_in
from vigie.clips.models import Clip
from vigie.clips.permissions import may_delete_clips, may_make_clips, may_see_clips
from vigie.clips.wording import refused
from vigie.errors import VigieError
from vigie.people.models import Membership
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.runtime.numbers import number

A_PAGE = 24
MOST_AT_ONCE = 200
UNDOABLE = "clips.undoable"
"""Session key of what was deleted by the page before: the next one offers to take it back."""
UNDO_S = int(queries.UNDO.total_seconds())

Toast = dict[str, object]


@require_safe
@in_workspace(may_see_clips)
def clips(request: WorkspaceRequest) -> HttpResponse:
    """Show the clips that are looked for, a page at a time."""
    member = request.membership
    form = ArchiveForm(member, request.GET)
    found = archive.found_for(member, form.sought(), form.in_order())
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    newest = archive.newest(member)
    context = {
        "page": page,
        "cards": archive.cards(list(page.object_list)),
        "form": form,
        "chatters": archive.chatters_of(member),
        "tags": form.tags,
        "newest": newest,
        "has_any": bool(newest),
        "room_used": archive.room_used(member.workspace_id),
        "may_make": may_make_clips(member),
        "may_delete": may_delete_clips(member),
        "undoable": request.session.pop(UNDOABLE, None),
    }
    return render(request, "clips/clips.html", context)


@require_safe
@in_workspace(may_see_clips)
def news(request: WorkspaceRequest) -> HttpResponse:
    """Tell, in a line, how many clips were asked for since the reader's page was made."""
    after = number(request.GET.get("after", "")) or 0
    return render(request, "clips/_news.html", {"count": archive.count_after(request.membership, after)})


# ── several at once ────────────────────────────────────────────────────────────────────────────────────────────────

Deed = Callable[[Clip, Membership], None]


@require_POST
@in_workspace(may_make_clips)
def change(request: WorkspaceRequest) -> HttpResponse:
    """Keep, tag or delete the clips that were chosen; those that refuse are named."""
    deed = request.POST.get("deed", "")
    if deed == "delete" and not may_delete_clips(request.membership):
        raise PermissionDenied
    doing = _deeds(request.POST.get("tag", "")).get(deed)
    chosen = _chosen(request, request.POST.getlist("clip"))
    if doing is None or not chosen:
        return _answer(request, chosen, {"text": _("Nothing was selected.")})
    done, trouble = _do(chosen, doing, request.membership)
    toast: Toast = {"text": " ".join([*([_said(deed, len(done))] if done else []), *trouble])}
    if deed == "delete" and done:
        toast |= undo_of(request, done)
    return _answer(request, chosen, toast)


def _deeds(tag: str) -> Mapping[str, Deed]:
    return {
        "keep": lambda clip, by: operations.keep_clip(clip, actor=by),
        "let-go": lambda clip, by: operations.keep_clip(clip, actor=by, is_kept=False),
        "tag": lambda clip, by: operations.change_clip(clip, actor=by, tags=[*clip.tags, *_tags(tag)]),
        "delete": lambda clip, by: operations.remove_clip(clip, actor=by, now=clock.now()),
    }


def _tags(text: str) -> list[str]:
    try:
        return tags_in(text)
    except forms.ValidationError as error:
        raise operations.BadTags from error


def _do(clips: Sequence[Clip], deed: Deed, by: Membership) -> tuple[list[Clip], list[str]]:
    """Return the clips with which it was done, and why it was not with the others."""
    done, trouble = [], []
    for clip in clips:
        try:
            deed(clip, by)
        except VigieError as error:
            trouble.append(refused(error, label_of(clip)))
        else:
            done.append(clip)
    return done, trouble


def _said(deed: str, count: int) -> str:
    said = {
        "keep": ngettext("%(count)d clip is kept.", "%(count)d clips are kept.", count),
        "let-go": ngettext("%(count)d clip is kept no longer.", "%(count)d clips are kept no longer.", count),
        "tag": ngettext("%(count)d clip was tagged.", "%(count)d clips were tagged.", count),
        "delete": ngettext("%(count)d clip deleted.", "%(count)d clips deleted.", count),
    }
    return said[deed] % {"count": count}


def label_of(clip: Clip) -> str:
    """Return the number of a clip in its workspace: `C-118`."""
    return f"C-{clip.seq}"


def undo_of(request: WorkspaceRequest, clips: Sequence[Clip]) -> Toast:
    """Return what the toast needs that offers to take clips back."""
    address = reverse("clips-undo", args=[request.workspace.slug])
    return {"undo": f"{address}?{urlencode([('clip', clip.pk) for clip in clips])}", "seconds": UNDO_S}


@require_POST
@in_workspace(may_delete_clips)
def undo(request: WorkspaceRequest) -> HttpResponse:
    """Take back clips that were deleted less than 10 s ago."""
    asked = [number(pk) for pk in request.GET.getlist("clip")[:MOST_AT_ONCE]]
    gone = Clip.objects.filter(workspace=request.workspace, pk__in=[pk for pk in asked if pk]).order_by("pk")
    back, trouble = _do(
        list(gone), lambda clip, by: operations.restore_clip(clip, actor=by, now=clock.now()), request.membership
    )
    said = ngettext("%(count)d clip is back.", "%(count)d clips are back.", len(back)) % {"count": len(back)}
    return _answer(request, list(gone), {"text": " ".join([*([said] if back else []), *trouble])})


def _chosen(request: WorkspaceRequest, asked: Sequence[str]) -> list[Clip]:
    wanted = [pk for pk in map(number, asked[:MOST_AT_ONCE]) if pk]
    return list(queries.clips_for(request.membership).filter(pk__in=wanted))


def _answer(request: WorkspaceRequest, clips: Sequence[Clip], toast: Toast) -> HttpResponse:
    """Show clips as they now stand, each in its place, and say what was done; without scripts, on the next page."""
    if "HX-Request" not in request.headers:
        if "undo" in toast:
            request.session[UNDOABLE] = toast
        else:
            messages.info(request, str(toast["text"]))
        return redirect("clips", request.workspace.slug)
    cards = archive.cards_among([clip.pk for clip in clips])
    parts = [render_to_string("clips/_card.html", {"card": card, "is_update": True}, request) for card in cards]
    return with_toast(HttpResponse("".join(parts)), toast)


def with_toast(response: HttpResponse, toast: Toast) -> HttpResponse:
    """Let the page say something at its foot, once it has taken an answer to htmx."""
    # A push may have replaced what asked: what happens to it then reaches nobody.
    return trigger_client_event(response, "vigie:toast", toast | {"target": "body"})
