"""Pages about people: getting in, oneself, the workspace and who is in it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from vigie.people import forms, mails, operations, permissions, queries
from vigie.people.models import Invitation, Membership, User
from vigie.people.permissions import WorkspaceRequest, in_workspace, signed_in
from vigie.runtime import clock
from vigie.runtime.sealing import seal, unseal

BY_PASSWORD = "django.contrib.auth.backends.ModelBackend"  # noqa: S105 -- a backend, not a password
ISSUED = "people.issued_link"
"""Session key of a link that was just made: it is shown once, by the next page."""

Rest = ParamSpec("Rest")


# ── getting in ─────────────────────────────────────────────────────────────────────────────────────────────────────


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Go to the reader's first workspace."""
    membership = queries.memberships_of(_reader(request)).first()
    if membership:
        return redirect("wall", workspace=membership.workspace.slug)
    return render(
        request, "people/no_workspace.html", {"may_create": permissions.may_create_workspace(_reader(request))}
    )


@never_cache
@sensitive_post_parameters("password1", "password2")
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Let the first administrator in, with the link that `vigie up` printed."""
    found = queries.find_invitation(token, clock.now())
    if found is None or found.workspace:
        return _link_not_valid(request)
    account, workspace = forms.AccountForm(request.POST or None), forms.NewWorkspaceForm(request.POST or None)
    if not all([account.is_valid(), workspace.is_valid()]):
        return render(request, "people/setup.html", {"account": account, "workspace": workspace})
    name, preset = workspace.cleaned_data["name"], workspace.cleaned_data["preset"]
    try:
        membership = operations.set_up(token, account.account(), workspace=name, preset=preset, now=clock.now())
    except operations.LinkNotValid:
        return _link_not_valid(request)
    return _enter(request, membership)


@never_cache
@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person in, with the account they have or a new one."""
    found = queries.find_invitation(token, clock.now())
    if found is None or found.workspace is None:
        return _link_not_valid(request)
    try:
        answer = _accept_as_reader if request.user.is_authenticated else _accept_as_new
        return answer(request, token, found)
    except operations.LinkNotValid:
        return _link_not_valid(request)
    except operations.AlreadyMember as refused:
        messages.info(request, str(refused))
        return redirect("home")


def _accept_as_reader(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    if request.method != "POST":
        return render(request, "people/invitation.html", {"invitation": found})
    membership = operations.accept(token, _reader(request), clock.now())
    return redirect("wall", workspace=membership.workspace.slug)


def _accept_as_new(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    form = forms.AccountForm(request.POST or None, initial={"email": found.email})
    if form.is_valid():
        return _enter(request, operations.accept_as_new(token, form.account(), clock.now()))
    sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    context = {"invitation": found, "form": form, "sign_in": sign_in}
    return render(request, "people/invitation.html", context)


def _enter(request: HttpRequest, membership: Membership) -> HttpResponse:
    login(request, membership.user, backend=BY_PASSWORD)
    return redirect("wall", workspace=membership.workspace.slug)


def _link_not_valid(request: HttpRequest) -> HttpResponse:
    return render(request, "people/link_not_valid.html", status=410)


# ── oneself ────────────────────────────────────────────────────────────────────────────────────────────────────────


@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change what a person says of themselves."""
    form = forms.ProfileForm(request.POST or None, instance=_reader(request))
    if not form.is_valid():
        context = {
            "form": form,
            "has_second_factor": is_mfa_enabled(_reader(request)),
            "memberships": queries.memberships_of(_reader(request)),
            "may_create": permissions.may_create_workspace(_reader(request)),
        }
        return render(request, "people/profile.html", context)
    user = form.save(commit=False)
    operations.update_profile(user)
    with override(user.language):
        messages.success(request, _("Your profile was changed."))
    return redirect("profile")


@signed_in
def workspace_add(request: HttpRequest) -> HttpResponse:
    """Start a workspace."""
    if not permissions.may_create_workspace(_reader(request)):
        raise PermissionDenied
    form = forms.NewWorkspaceForm(request.POST or None)
    if not form.is_valid():
        return render(request, "people/workspace_add.html", {"form": form})
    membership = operations.create_workspace(_reader(request), **form.cleaned_data)
    return redirect("wall", workspace=membership.workspace.slug)


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)


# ── the workspace ──────────────────────────────────────────────────────────────────────────────────────────────────


@in_workspace(permissions.may_manage_workspace)
def workspace_settings(request: WorkspaceRequest) -> HttpResponse:
    """Show and change the settings of a workspace."""
    form = forms.WorkspaceForm(request.workspace, request.POST or None)
    if not form.is_valid():
        return render(request, "people/workspace_settings.html", {"form": form})
    if operations.change_workspace(request.membership, form.settings()):
        messages.success(request, _("The settings were changed."))
    return redirect("workspace-settings", workspace=request.workspace.slug)


@in_workspace(permissions.may_manage_people)
def people(request: WorkspaceRequest) -> HttpResponse:
    """Show who is in the workspace and who is invited; invite."""
    form = forms.InvitationForm(request.membership, request.POST or None)
    if form.is_valid():
        return _issued(request, operations.invite(request.membership, **form.cleaned_data, now=clock.now()))
    roles = forms.role_choices(request.membership)
    context = {
        "form": form,
        "roles": roles,
        "grantable": {role.pk for role in roles},
        "members": queries.members_of(request.workspace),
        "invitations": queries.invitations_of(request.workspace),
        "issued": _shown_once(request),
        "now": clock.now(),
    }
    return render(request, "people/people.html", context)


def _issued(request: WorkspaceRequest, issued: operations.IssuedLink) -> HttpResponse:
    """Show a new link once, and mail it where that is possible."""
    url = mails.address(request, reverse("invitation", args=[issued.token]))
    mailed = mails.send_invitation(issued.invitation, url)
    sealed = seal(url)  # sessions lie in the database, the link lets in whoever has it
    request.session[ISSUED] = {"url": sealed, "email": issued.invitation.email, "mailed": mailed}
    return redirect("people", workspace=request.workspace.slug)


def _shown_once(request: WorkspaceRequest) -> dict[str, object] | None:
    """Return the link that was just made, if there is one."""
    issued = request.session.pop(ISSUED, None)
    return {**issued, "url": unseal(issued["url"])} if issued else None


def _saying_why(
    view: Callable[Concatenate[WorkspaceRequest, Rest], HttpResponse],
) -> Callable[Concatenate[WorkspaceRequest, Rest], HttpResponse]:
    """Turn a refusal into a message on the page about people."""

    @wraps(view)
    def answered(request: WorkspaceRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except operations.Refused as refused:
            messages.warning(request, str(refused))
            return redirect("people", workspace=request.workspace.slug)

    return answered


@require_POST
@in_workspace(permissions.may_manage_people)
@_saying_why
def invitation_renew(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Make a new link for an invitation."""
    found = get_object_or_404(queries.invitations_of(request.workspace), pk=pk)
    return _issued(request, operations.renew_invitation(request.membership, found, clock.now()))


@require_POST
@in_workspace(permissions.may_manage_people)
@_saying_why
def invitation_revoke(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    found = get_object_or_404(queries.invitations_of(request.workspace), pk=pk)
    operations.revoke_invitation(request.membership, found)
    messages.success(request, _("The invitation was revoked."))
    return redirect("people", workspace=request.workspace.slug)


@require_POST
@in_workspace(permissions.may_manage_people)
@_saying_why
def member_role(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    member = get_object_or_404(queries.members_of(request.workspace), pk=pk)
    form = forms.RoleForm(request.POST)
    if form.is_valid():
        operations.change_role(request.membership, member, form.cleaned_data["role"])
        said = {"person": member.user, "role": member.role_name}
        messages.success(request, _("%(person)s is now: %(role)s.") % said)
    return redirect("people", workspace=request.workspace.slug)


@require_POST
@in_workspace(permissions.may_manage_people)
@_saying_why
def member_remove(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Take a member out of the workspace."""
    member = get_object_or_404(queries.members_of(request.workspace), pk=pk)
    operations.remove_member(request.membership, member)
    if member.user == request.user:
        return redirect("home")
    messages.success(request, _("%(person)s is no longer in the workspace.") % {"person": member.user})
    return redirect("people", workspace=request.workspace.slug)
