"""The page of connected accounts, and the way to a platform's page of consent and back."""

from collections.abc import Iterator
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from vigie.people import consents, forms, operations, queries, scopes
from vigie.people.consents import Asked
from vigie.people.keys import answered, authority_of
from vigie.people.models import ConnectedAccount, Membership, User
from vigie.people.operations import Consent
from vigie.people.permissions import WorkspaceRequest, in_workspace, may_manage_connections, signed_in
from vigie.people.wording import purpose_words
from vigie.ports import AccountAuthority, PortError
from vigie.runtime import clock, registry
from vigie.runtime.sealing import CannotUnseal, unseal

SETTINGS = {scopes.TWITCH: ("twitch_client_id", "twitch_client_secret")}
"""What a platform needs of the settings."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A connected account as it is shown."""

    account: ConnectedAccount
    allowed: list[str]
    """What it may be used for, in words."""
    lacking: list[str]
    """What it was connected for and may not be used for, in words."""
    offers: list[tuple[str, str]]
    """What it may be asked for besides: purpose and words."""


@dataclass(frozen=True, slots=True)
class PlatformPanel:
    """A platform as it is shown."""

    key: str
    name: str
    missing: list[str]
    """Settings without which no account can be connected."""
    redirect_uri: str
    first: list[str]
    """What an account is asked for when it is connected, in words."""
    rows: list[AccountRow]


@require_GET
@in_workspace(may_manage_connections)
def connections(request: WorkspaceRequest) -> HttpResponse:
    """Show what is connected, how it is, and what can be done about it."""
    accounts = list(queries.connections_of(request.workspace))
    return render(request, "people/connections.html", {"platforms": list(_panels(accounts))})


def _panels(accounts: list[ConnectedAccount]) -> Iterator[PlatformPanel]:
    for key, name in scopes.NAMES.items():
        rows = [_row(account) for account in accounts if account.platform == key]
        yield PlatformPanel(key, name, missing_settings(key), redirect_uri(key), purpose_words(scopes.FIRST[key]), rows)


def _row(account: ConnectedAccount) -> AccountRow:
    offered = scopes.OFFERED[account.platform]
    lacking = scopes.unserved(account.platform, account.scopes, offered)
    allowed = [purpose for purpose in offered if purpose not in lacking]
    wanted = [purpose for purpose in lacking if purpose in account.purposes]
    offers = [purpose for purpose in lacking if purpose not in account.purposes]
    return AccountRow(
        account,
        purpose_words(allowed),
        purpose_words(wanted),
        list(zip(offers, purpose_words(offers), strict=True)),
    )


def missing_settings(platform: str) -> list[str]:
    """Return the settings that a platform still needs; none where it is reached without, as in the demo."""
    if registry.find(AccountAuthority, platform):
        return []
    return [f"VIGIE_{name.upper()}" for name in SETTINGS[platform] if not getattr(settings.OPTIONS, name)]


def redirect_uri(platform: str) -> str:
    """Return where the platform sends people back to: the operator tells it the same address."""
    return f"{settings.PUBLIC_URL}{reverse('connection-callback', args=[platform])}"


@require_POST
@in_workspace(may_manage_connections)
def connect(request: WorkspaceRequest) -> HttpResponse:
    """Lead a person to the platform's page of consent: for a new account, for one to be mended, or for one more use.

    The answer is a page that leads there, as our policy lets no form end anywhere else.
    """
    form = forms.ConnectForm(request.workspace, request.POST)
    if not form.is_valid():
        messages.warning(request, _("This cannot be connected."))
        return _back(request.workspace.slug)
    asked = form.asked()
    try:
        authority = authority_of(asked.platform)
    except PortError as trouble:
        messages.warning(request, _(str(trouble)))
        return _back(request.workspace.slug)
    url = authority.authorize_url(
        state=consents.ask(request.session, request.user, asked, clock.now()),
        scopes=scopes.scopes_for(asked.platform, asked.purposes),
        redirect_uri=redirect_uri(asked.platform),
    )
    return render(request, "people/leaving.html", {"url": url, "platform": scopes.NAMES[asked.platform]})


@never_cache
@require_GET
@signed_in
def callback(request: HttpRequest, platform: str) -> HttpResponse:
    """Take a person back from the platform's page of consent. Whatever went wrong there, nothing is changed here."""
    person = request.user
    assert isinstance(person, User)  # noqa: S101 -- whoever is signed in is
    try:
        asked = consents.answer(request.session, person, request.GET.get("state", ""), clock.now())
    except operations.ConsentNotValid as refused:
        messages.warning(request, str(refused))
        return redirect("home")
    by = queries.memberships_of(person).filter(workspace=asked.workspace_id).first()
    if by is None or not may_manage_connections(by) or asked.platform != platform:
        raise PermissionDenied
    try:
        account = _connected(request, by, asked)
    except (operations.Refused, PortError) as refused:
        messages.warning(request, _(str(refused)))
    else:
        messages.success(request, _("%(account)s is connected.") % {"account": account})
    return _back(by.workspace.slug)


def _connected(request: HttpRequest, by: Membership, asked: Asked) -> ConnectedAccount:
    """Return the account that a person consented to. Raises Refused, PortError."""
    if error := request.GET.get("error", ""):
        raise operations.ConsentRefused if error == "access_denied" else operations.ConsentFailed
    consent = async_to_sync(_redeem)(asked, request.GET.get("code", ""))
    if asked.mends not in {"", consent.identity.platform_id}:
        raise operations.OtherAccount
    return operations.connect_account(by, consent, clock.now())


async def _redeem(asked: Asked, code: str) -> Consent:
    authority = authority_of(asked.platform)
    grant = await answered(authority.exchange(code, redirect_uri=redirect_uri(asked.platform)))
    identity = await answered(authority.validate(grant.access_token))
    return Consent(asked.platform, asked.purposes, grant, identity)


@require_POST
@in_workspace(may_manage_connections)
def disconnect(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Forget an account, and give its token back to the platform."""
    account = get_object_or_404(queries.connections_of(request.workspace), pk=pk)
    operations.disconnect_account(request.membership, account)
    try:
        async_to_sync(_give_back)(account)
    except (PortError, CannotUnseal):
        said = _("%(account)s is disconnected here. %(platform)s could not be told: take the consent back there, too.")
        messages.warning(request, said % {"account": account, "platform": account.platform_name})
    else:
        messages.success(request, _("%(account)s is disconnected.") % {"account": account})
    return _back(request.workspace.slug)


async def _give_back(account: ConnectedAccount) -> None:
    await answered(authority_of(account.platform).revoke(unseal(account.access_token)))


def _back(workspace: str) -> HttpResponse:
    return redirect("connections", workspace=workspace)
