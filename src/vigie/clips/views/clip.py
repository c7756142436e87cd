"""One clip: its page with what was said and written beside it, its file, and what is done with it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vigie.clips import archive, media, operations, previews
from vigie.clips.archive import Card
from vigie.clips.beside import beside
from vigie.clips.filenames import BadTemplate
from vigie.clips.forms import ClipForm, RenameForm, ShareForm
from vigie.clips.models import Clip, ShareLink
from vigie.clips.permissions import may_delete_clips, may_make_clips, may_see_clips
from vigie.clips.views.archive import UNDOABLE, label_of, undo_of, with_toast
from vigie.clips.wording import FIELDS, flaw, refused
from vigie.errors import VigieError
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock, visits
from vigie.runtime.sealing import seal, unseal

ISSUED = "clips.issued_link"
"""Session key of a link that was just made: it is shown once, by the next page."""


@require_safe
@in_workspace(may_see_clips)
def clip(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show a clip. Looking at it is accounted for."""
    found = _clip(request, pk)
    visits.begin(request.session, f"clip:{pk}")
    operations.record_view(found, actor=request.membership)
    return _page(request, found)


def _clip(request: WorkspaceRequest, pk: int) -> Clip:
    return get_object_or_404(archive.shown(request.membership), pk=pk)


def _page(request: WorkspaceRequest, clip: Clip, *, status: int = 200, **filled: object) -> HttpResponse:
    """Return the page of a clip; `filled` is what the reader filled in, and what is wrong with it."""
    member, [card] = request.membership, archive.cards([clip])
    context = {
        "clip": clip,
        "card": card,
        "beside": beside(clip, member),
        "neighbours": archive.neighbours_of(member, clip),
        "alert": _alert(request, clip),
        "names": clip.names.exclude(name=clip.name).order_by("-given_at", "-pk"),
        "tags": archive.tags_of(member),
        "links": clip.links.order_by("-made_at", "-pk") if may_delete_clips(member) else (),
        "now": clock.now(),
        "form": ClipForm(initial={"title": clip.title, "tags": ", ".join(clip.tags), "note": clip.note}),
        "renaming": RenameForm(initial={"template": clip.template}),
        "sharing": ShareForm(),
        "fields": FIELDS,
        "issued": _shown_once(request, clip),
        "may_make": may_make_clips(member),
        "may_delete": may_delete_clips(member),
    }
    return render(request, "clips/clip.html", context | filled, status=status)


def _alert(request: WorkspaceRequest, clip: Clip) -> int | None:
    """Return the number of the alert that a clip shows, for who may see alerts."""
    if clip.assessment is None or not request.membership.may("moderation.see_alerts"):
        return None
    alert = getattr(clip.assessment, "alert", None)
    return alert and alert.pk


def _shown_once(request: WorkspaceRequest, clip: Clip) -> str:
    """Return the link to a clip that was made by the page before; empty without one."""
    issued = request.session.get(ISSUED)
    if not issued or issued["clip"] != clip.pk:
        return ""
    del request.session[ISSUED]
    return unseal(issued["url"])


@require_safe
@in_workspace(may_see_clips)
def standing(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Tell how far a clip has come, to a page that is looking at it."""
    return render(request, "clips/_standing.html", {"card": Card(_clip(request, pk))})


# ── its file ───────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
@in_workspace(may_see_clips)
def video(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Play a clip, or a part of it. Looking at it is accounted for, once a visit."""
    found = _clip(request, pk)
    response = media.film(request, found)
    if visits.is_first(request.session, f"clip:{pk}"):
        operations.record_view(found, actor=request.membership)
    return response


@require_safe
@in_workspace(may_see_clips)
def download(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Hand out the file of a clip under its name. Accounted for where it begins; of its rest, that it was seen."""
    found = _clip(request, pk)
    response = media.download(request, found)
    if request.method == "GET" and media.begins(response):
        visits.begin(request.session, f"clip:{pk}")
        operations.record_download(found, actor=request.membership)
    elif response.status_code == 206 and visits.is_first(request.session, f"clip:{pk}"):
        operations.record_view(found, actor=request.membership)
    return response


@require_safe
@in_workspace(may_see_clips)
def poster(request: WorkspaceRequest, pk: int) -> HttpResponseBase:
    """Return the picture that stands for a clip."""
    return media.poster(request, _clip(request, pk))


# ── what is done with it ───────────────────────────────────────────────────────────────────────────────────────────


@require_POST
@in_workspace(may_make_clips)
def change(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Give a clip a title, tags and notes."""
    found, form = _clip(request, pk), ClipForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=400, form=form)
    operations.change_clip(found, actor=request.membership, **form.cleaned_data)
    messages.info(request, _("Saved."))
    return _back_to(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_make_clips)
def rename(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Give the file of a clip another name; asked for by GET, say which that would be."""
    found = _clip(request, pk)
    if request.method != "POST":
        return _preview(request, found)
    form = RenameForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=400, renaming=form)
    try:
        operations.rename_clip(found, form.cleaned_data["template"], actor=request.membership, now=clock.now())
    except operations.NoFile as error:
        messages.info(request, refused(error, label_of(found)))
    else:
        messages.info(request, _("The file gets its new name in a moment."))
    return _back_to(request, pk)


def _preview(request: WorkspaceRequest, clip: Clip) -> HttpResponse:
    text = request.GET.get("template", clip.template)
    try:
        context: dict[str, object] = {"previews": previews.preview_of(clip, text)}
    except BadTemplate as error:
        context = {"trouble": flaw(error.flaw, error.what)}
    return render(request, "clips/_names.html", context)


@require_POST
@in_workspace(may_make_clips)
def keep(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Star a clip, so that it is not deleted by itself, or take the star away."""
    is_kept = bool(request.POST.get("is_kept"))
    operations.keep_clip(_clip(request, pk), actor=request.membership, is_kept=is_kept)
    return _back_to(request, pk)


@require_POST
@in_workspace(may_delete_clips)
def hold(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Hold a clip, so that nobody deletes it, or let it go."""
    is_held = bool(request.POST.get("is_held"))
    operations.hold_clip(_clip(request, pk), actor=request.membership, is_held=is_held)
    return _back_to(request, pk)


@require_POST
@in_workspace(may_make_clips)
def again(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Go on with a clip that failed; the page shows how far it comes by push."""
    found = _clip(request, pk)
    try:
        operations.try_again(found, actor=request.membership, now=clock.now())
    except operations.NotFailed as error:
        text, status = refused(error, label_of(found)), 409
    else:
        text, status = _("%(clip)s is tried again.") % {"clip": label_of(found)}, 204
    if "HX-Request" in request.headers:
        return with_toast(HttpResponse(status=status), {"text": text})
    messages.info(request, text)
    return _back_to(request, pk)


@require_POST
@in_workspace(may_delete_clips)
def remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Delete a clip, and lead to the archive, which offers to take it back."""
    found = _clip(request, pk)
    try:
        operations.remove_clip(found, actor=request.membership, now=clock.now())
    except VigieError as error:
        messages.info(request, refused(error, label_of(found)))
        return _back_to(request, pk)
    text = _("%(clip)s deleted.") % {"clip": label_of(found)}
    request.session[UNDOABLE] = {"text": text, **undo_of(request, [found])}
    return redirect("clips", request.workspace.slug)


# ── links to it ────────────────────────────────────────────────────────────────────────────────────────────────────


@require_POST
@in_workspace(may_delete_clips)
def share(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Make a link that lets anybody see a clip; the next page shows it, once."""
    found, form, now = _clip(request, pk), ShareForm(request.POST), clock.now()
    if not form.is_valid():
        return _page(request, found, status=400, sharing=form)
    expires_at = now + timedelta(days=form.cleaned_data["days"])
    try:
        _link, token = operations.share_clip(found, expires_at=expires_at, actor=request.membership, now=now)
    except operations.NoFile as error:
        messages.info(request, refused(error, label_of(found)))
        return _back_to(request, pk)
    address = request.build_absolute_uri(reverse("shared-clip", args=[token]))
    request.session[ISSUED] = {"clip": pk, "url": seal(address)}
    return _back_to(request, pk)


@require_POST
@in_workspace(may_delete_clips)
def revoke(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Let a link lead nowhere from now on."""
    links = ShareLink.objects.filter(clip__workspace=request.workspace, clip__removed_at=None)
    link = get_object_or_404(links.select_related("clip"), pk=pk)
    try:
        operations.revoke_link(link, actor=request.membership, now=clock.now())
    except operations.NoSuchLink:
        messages.info(request, _("This link led nowhere already."))
    else:
        messages.info(request, _("The link leads nowhere from now on."))
    return _back_to(request, link.clip_id)


def _back_to(request: WorkspaceRequest, pk: int) -> HttpResponse:
    return redirect("clip", request.workspace.slug, pk)
