"""The list of channels, and what can be done with one. Its own page spans areas: `site.channels`."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.watch import operations, queries
from vigie.watch.forms import ChannelForm, ChannelsForm
from vigie.watch.models import Channel
from vigie.watch.permissions import may_follow_lives, may_manage_channels

CHANNELS_A_PAGE = 50


@require_safe
@in_workspace(may_follow_lives)
def channels(request: WorkspaceRequest) -> HttpResponse:
    """Show the channels of the team, or those that are looked for."""
    form = ChannelsForm(request.GET)
    known = queries.channels_for(request.membership)
    context = _rows(request, form) | {"form": form, "has_channels": known.exists()}
    return render(request, "watch/channels.html", context)


@require_safe
@in_workspace(may_follow_lives)
def channels_rows(request: WorkspaceRequest) -> HttpResponse:
    """Show the rows of the list alone, for a page that may have missed some news."""
    return render(request, "watch/_channels.html", _rows(request, ChannelsForm(request.GET)))


def _rows(request: WorkspaceRequest, form: ChannelsForm) -> dict[str, object]:
    known = queries.with_activity(queries.channels_for(request.membership), clock.now())
    page = Paginator(queries.sought_among(known, form.sought()), CHANNELS_A_PAGE)
    return {
        "channels": page.get_page(request.GET.get("page")),
        "may_manage": may_manage_channels(request.membership),
        "list_page": f"{reverse('channels', args=[request.workspace.slug])}?{request.GET.urlencode()}",
    }


@require_http_methods(["GET", "POST"])
@in_workspace(may_manage_channels)
def add_channel(request: WorkspaceRequest) -> HttpResponse:
    """Add channels, and watch them unless told otherwise: all that were written, or none."""
    form = ChannelForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        added = _added(request, form)
        if added:
            return _show_added(request, added)
    return render(request, "watch/channel_add.html", {"form": form})


def _added(request: WorkspaceRequest, form: ChannelForm) -> list[Channel]:
    try:
        return operations.add_channels(
            request.workspace,
            form.entries(),
            actor=request.membership,
            now=clock.now(),
            is_watched=form.cleaned_data["is_watched"],
        )
    except operations.AlreadyAdded as error:
        form.refuse_known(error.places)
        return []


def _show_added(request: WorkspaceRequest, added: Sequence[Channel]) -> HttpResponse:
    if len(added) == 1:
        messages.success(request, _("%(channel)s was added.") % {"channel": added[0].name})
        return redirect("channel", request.workspace.slug, added[0].pk)
    messages.success(request, _("%(count)d channels were added.") % {"count": len(added)})
    return redirect("channels", request.workspace.slug)


@require_POST
@in_workspace(may_follow_lives)
def look_at_channel(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Have a channel looked at now."""
    channel = get_object_or_404(queries.channels_for(request.membership), pk=pk)
    try:
        operations.look_now(channel, clock.now())
        messages.success(request, _("%(channel)s is looked at.") % {"channel": channel.name})
    except operations.TooSoon:
        messages.info(request, _("It was looked at just now: try again in half a minute."))
    except operations.NotWatched:
        messages.info(request, _("This channel is not watched, so nobody looks at it."))
    return _back(request)


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
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
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
