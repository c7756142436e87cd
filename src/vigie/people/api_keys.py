"""The page of the keys that let programs in: made, shown once, revoked."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vigie.people import mails, operations, queries
from vigie.people.forms import KeyForm
from vigie.people.models import ApiKey
from vigie.people.permissions import WorkspaceRequest, in_workspace, may_manage_workspace
from vigie.people.wording import SCOPES
from vigie.runtime import clock
from vigie.runtime.sealing import seal, unseal

ISSUED = "people.issued_key"
"""Session key of an API key that was just made: it is shown once, by the next page."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is shown."""

    key: ApiKey
    scopes: list[str]
    """In words."""
    is_over: bool
    has_maker: bool


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_manage_workspace)
def keys(request: WorkspaceRequest) -> HttpResponse:
    """Show the keys of the workspace; a POST makes one, which the next page shows, once."""
    form, now, docs = KeyForm(request.membership, request.POST or None), clock.now(), reverse("api-docs")
    if form.is_valid():
        issued = operations.make_key(request.membership, **form.wanted(now), now=now)
        request.session[ISSUED] = seal(issued.key)  # sessions lie in the database, the key lets in whoever has it
        return redirect("api-keys", workspace=request.workspace.slug)
    sealed = request.session.pop(ISSUED, None) if request.method == "GET" else None
    context = {
        "form": form,
        "rows": [_row(key, now) for key in queries.keys_of(request.workspace)],
        "issued": unseal(sealed) if sealed else "",
        "base": mails.address(request, f"{docs.removesuffix('docs')}w/{request.workspace.slug}/"),
        "docs": docs,
    }
    return render(request, "people/api_keys.html", context)


def _row(key: ApiKey, now: datetime) -> KeyRow:
    words = [str(told) for scope, told in SCOPES.items() if scope in key.scopes]
    is_over = key.expires_at is not None and key.expires_at <= now
    return KeyRow(key, words, is_over, has_maker=key.has_maker)  # type: ignore[attr-defined] # annotated


@require_POST
@in_workspace(may_manage_workspace)
def revoke(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Let a key open nothing from now on."""
    found = get_object_or_404(queries.keys_of(request.workspace), pk=pk)
    try:
        operations.revoke_key(request.membership, found, clock.now())
    except operations.KeyNotValid as refused:
        messages.info(request, str(refused))
    else:
        messages.success(request, _("The key %(name)s opens nothing any more.") % {"name": found.name})
    return redirect("api-keys", workspace=request.workspace.slug)
