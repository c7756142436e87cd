"""Settings of clips: their names, their length, for how long they are kept; each with what follows from it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vigie.clips import archive, operations, queries
from vigie.clips.filenames import BadTemplate
from vigie.clips.forms import KeepingForm, SettingsForm
from vigie.clips.keeping import Keeping
from vigie.clips.permissions import may_delete_clips, may_manage_obs, may_see_clips
from vigie.clips.previews import previews
from vigie.clips.wording import FIELDS, flaw
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock

FIRST = 8
"""Of what would go tonight, named."""


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_delete_clips)
def settings(request: WorkspaceRequest) -> HttpResponse:
    """Show how clips are made and kept, and change it."""
    current = queries.settings_of(request.workspace.pk)
    if request.method != "POST":
        fields = ("template", "before_s", "after_s", "keep_days", "keep_gigabytes")
        form = SettingsForm(initial={name: getattr(current, name) for name in fields})
        return _page(request, form, Keeping(current.keep_days, current.keep_gigabytes), current.template)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, form, Keeping(current.keep_days, current.keep_gigabytes), current.template, status=400)
    operations.save_settings(form.habits(), actor=request.membership)
    messages.info(request, _("Saved."))
    return redirect("clip-settings", request.workspace.slug)


def _page(
    request: WorkspaceRequest, form: SettingsForm, keeping: Keeping, template: str, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "fields": FIELDS,
        "room_used": archive.room_used(request.workspace.pk),
        "has_obs": may_manage_obs(request.membership),
        **_names(template),
        **_tonight(request, keeping),
    }
    return render(request, "clips/settings.html", context, status=status)


@require_safe
@in_workspace(may_delete_clips)
def name_preview(request: WorkspaceRequest) -> HttpResponse:
    """Show what a `template` makes of names, or what is wrong with it."""
    return render(request, "clips/_names.html", _names(request.GET.get("template", "")))


def _names(template: str) -> dict[str, object]:
    try:
        return {"previews": previews(template, clock.now())}
    except BadTemplate as error:
        return {"trouble": flaw(error.flaw, error.what)}


@require_safe
@in_workspace(may_delete_clips)
def keeping_preview(request: WorkspaceRequest) -> HttpResponse:
    """Show what would go, and what would not, if clips were kept so long."""
    form = KeepingForm(request.GET)
    context = _tonight(request, form.keeping()) if form.is_valid() else {"nonsense": form.errors}
    return render(request, "clips/_tonight.html", context)


def _tonight(request: WorkspaceRequest, keeping: Keeping) -> dict[str, object]:
    preview = queries.preview_retention(request.workspace.pk, keeping, clock.now())
    named = preview.removals[:FIRST] if may_see_clips(request.membership) else []
    first = [removal.clip_id for removal in named]
    return {
        "is_limited": keeping != Keeping(),
        "preview": preview,
        "going": archive.cards_among(first),
        "going_more": len(preview.removals) - len(first),
        "protected": sum(clip.is_protected for clip in queries.kept_clips(request.workspace.pk)),
    }
