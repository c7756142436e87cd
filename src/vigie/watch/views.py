"""The pages of channels: the list, one channel with its lives, and what can be done with it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.watch import hosts, operations, queries
from vigie.watch.forms import ChannelForm, LabelForm
from vigie.watch.models import Channel
from vigie.watch.permissions import may_follow_lives, may_manage_channels
from vigie.watch.queries import Wanted

LIVES_A_PAGE = 25


@require_GET
@in_workspace(may_follow_lives)
def channels(request: WorkspaceRequest) -> HttpResponse:
    """Show every channel of the team."""
    found = queries.with_activity(queries.channels_for(request.membership), clock.now())
    context = {"channels": found, "may_manage": may_manage_channels(request.membership)}
    return render(request, "watch/channels.html", context)


@require_http_methods(["GET", "POST"])
@in_workspace(may_manage_channels)
def add_channel(request: WorkspaceRequest) -> HttpResponse:
    """Add a channel, and watch it unless told otherwise."""
    form = ChannelForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        channel = _added(request, form)
        if channel is not None:
            messages.success(request, _("%(channel)s was added.") % {"channel": channel.name})
            return redirect("channel", request.workspace.slug, channel.pk)
    return render(request, "watch/channel_add.html", {"form": form})


def _added(request: WorkspaceRequest, form: ChannelForm) -> Channel | None:
    try:
        channel = operations.add_channel(
            request.workspace, form.place(), form.label(), actor=request.membership, now=clock.now()
        )
    except operations.AlreadyAdded:
        form.add_error("address", _("This channel is on the list already."))
        return None
    if form.cleaned_data["is_watched"]:
        operations.start_watching(channel, actor=request.membership)
    return channel


@require_http_methods(["GET", "POST"])
@in_workspace(may_follow_lives)
def channel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show a channel and its lives; a POST changes its name and language."""
    found = queries.with_prospects(queries.channels_for(request.membership), clock.now())
    shown = get_object_or_404(found, pk=pk)
    may_manage = may_manage_channels(request.membership)
    if request.method == "POST" and not may_manage:
        raise PermissionDenied
    form = LabelForm(request.POST or None, initial={"name": shown.name, "language": shown.language})
    if form.is_valid():
        operations.change_channel(shown, form.label(), actor=request.membership)
        messages.success(request, _("Saved."))
        return redirect("channel", request.workspace.slug, pk)
    past = queries.history_for(request.membership, Wanted(channel_id=pk))
    context = {
        "channel": shown,
        "form": form if may_manage else None,
        "host_rests": hosts.is_left_alone(shown.address, clock.now()),
        "open_live": shown.lives.filter(ended_at=None).select_related("channel").first(),
        "lives": Paginator(past, LIVES_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "watch/channel.html", context)


@require_POST
@in_workspace(may_manage_channels)
def watch_channel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Start watching."""
    return _switch(request, pk, operations.start_watching)


@require_POST
@in_workspace(may_manage_channels)
def unwatch_channel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Stop watching."""
    return _switch(request, pk, operations.stop_watching)


def _switch(request: WorkspaceRequest, pk: int, switch: Callable[..., None]) -> HttpResponse:
    switch(get_object_or_404(queries.channels_for(request.membership), pk=pk), actor=request.membership)
    return redirect(_page_before(request) or reverse("channels", args=[request.workspace.slug]))


def _page_before(request: HttpRequest) -> str:
    """Return the page that a form was on, if it is one of ours, else nothing."""
    page = request.POST.get("next", "")
    return page if url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()) else ""


@require_POST
@in_workspace(may_manage_channels)
def remove_channel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Take a channel off the list."""
    removed = get_object_or_404(queries.channels_for(request.membership), pk=pk)
    operations.remove_channel(removed, actor=request.membership, now=clock.now())
    messages.success(request, _("%(channel)s was removed.") % {"channel": removed.name})
    return redirect("channels", request.workspace.slug)
