"""The OBS of a workspace: added, changed, tried out, removed; how each does."""

import asyncio

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vigie.clips import operations, queries
from vigie.clips.models import ObsInstance
from vigie.clips.obs_forms import ObsSettingsForm, kept_password
from vigie.clips.permissions import may_manage_obs
from vigie.people.models import Membership
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.ports import ObsAddress, ObsConnector, ObsStatus, PortError
from vigie.runtime import clock, registry

TRY_S = 5.0
"""For all of a trial."""


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_manage_obs)
def instances(request: WorkspaceRequest) -> HttpResponse:
    """Show the OBS of the workspace, each with how it does; a POST adds one."""
    if _is_fragment(request):
        return render(request, "clips/_obs_standings.html", {"instances": queries.obs_for(request.membership)})
    form = ObsSettingsForm(request.membership, data=request.POST or None)
    if form.is_valid():
        added = operations.save_obs(form.wanted(), actor=request.membership, now=clock.now())
        messages.success(request, _("“%(name)s” was added.") % {"name": added.name})
        return redirect("obs", request.workspace.slug)
    context = {"instances": queries.obs_for(request.membership), "form": form}
    return render(request, "clips/obs.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_manage_obs)
def instance(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show an OBS; a POST changes it."""
    obs = _obs(request, pk)
    if _is_fragment(request):
        return render(request, "clips/_obs_standing.html", {"obs": obs})
    form = ObsSettingsForm(request.membership, obs, request.POST or None)
    if form.is_valid():
        operations.save_obs(form.wanted(), actor=request.membership, now=clock.now(), obs=obs)
        messages.success(request, _("Saved."))
        return redirect("obs-instance", request.workspace.slug, pk)
    context = {"obs": obs, "form": form}
    return render(request, "clips/obs_instance.html", context, status=400 if form.is_bound else 200)


@require_POST
@in_workspace(may_manage_obs)
def remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Take an OBS off the list; its clips stay."""
    obs = _obs(request, pk)
    operations.remove_obs(obs, actor=request.membership, now=clock.now())
    messages.success(request, _("“%(name)s” was removed. Its clips stay.") % {"name": obs.name})
    return redirect("obs", request.workspace.slug)


@require_POST
@in_workspace(may_manage_obs)
def try_new(request: WorkspaceRequest) -> HttpResponse:
    """Connect as the form says, and tell what is there."""
    return _try(request, ObsSettingsForm(request.membership, data=request.POST))


@require_POST
@in_workspace(may_manage_obs)
def try_one(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Connect with an OBS, as the form says where one is sent, and tell what is there."""
    obs = _obs(request, pk)
    if "host" in request.POST:
        return _try(request, ObsSettingsForm(request.membership, obs, request.POST), obs)
    return _found(request, ObsAddress(obs.host, obs.port, kept_password(obs)), obs)


def _try(request: WorkspaceRequest, form: ObsSettingsForm, obs: ObsInstance | None = None) -> HttpResponse:
    wrong = [str(form.fields[name].label) for name in ("host", "port") if form.errors.get(name)]
    if wrong:
        return render(request, "clips/_obs_found.html", {"wrong": wrong})
    return _found(request, form.address(), obs)


def _found(request: WorkspaceRequest, address: ObsAddress, obs: ObsInstance | None) -> HttpResponse:
    """Tell within 5 s what is at an address."""
    status, trouble = try_out(address, obs, actor=request.membership)
    return render(request, "clips/_obs_found.html", {"status": status, "trouble": trouble})


def try_out(address: ObsAddress, obs: ObsInstance | None, *, actor: Membership) -> tuple[ObsStatus | None, str]:
    """Return within 5 s how the OBS at an address does, or None and why that is not known. It is accounted for."""
    status, trouble = None, ""
    try:
        status = async_to_sync(_look)(address)
    except PortError as error:
        trouble = str(error)
    except TimeoutError:
        trouble = f"OBS at {address.host}:{address.port}: no answer for {TRY_S:g} s."
    operations.note_trial(address, obs, actor=actor, trouble=trouble)
    return status, trouble


async def _look(address: ObsAddress) -> ObsStatus:
    """Raises PortError, TimeoutError."""
    async with asyncio.timeout(TRY_S), registry.get(ObsConnector).connect(address) as session:
        return await session.status()


def _is_fragment(request: WorkspaceRequest) -> bool:
    """Return whether a page that is open asks how OBS do."""
    return request.method == "GET" and "HX-Request" in request.headers


def _obs(request: WorkspaceRequest, pk: int) -> ObsInstance:
    return get_object_or_404(queries.obs_for(request.membership), pk=pk)
