"""Who may do what. Areas compose their own predicates from `Membership.may`; views are guarded by `in_workspace`."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from vigie.people.models import Membership, User, Workspace

Rest = ParamSpec("Rest")
Predicate = Callable[[Membership], bool]


class WorkspaceRequest(HttpRequest):
    """A request by a member of a workspace; what `in_workspace` hands to a view."""

    user: User
    workspace: Workspace
    membership: Membership


def in_workspace(
    predicate: Predicate,
) -> Callable[[Callable[Concatenate[WorkspaceRequest, Rest], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let a view be reached by members of the workspace in its address for whom `predicate` holds.

    Others get the sign-in page, 404 (not a member: the workspace's existence is not told) or 403.
    """

    def decorate(
        view: Callable[Concatenate[WorkspaceRequest, Rest], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, workspace: str, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            membership = (
                Membership.objects.select_related("workspace", "role", "user")
                .filter(user=request.user.pk, workspace__slug=workspace)
                .first()
            )
            if membership is None:
                raise Http404
            if not predicate(membership):
                raise PermissionDenied
            request.membership = membership  # type: ignore[attr-defined]
            request.workspace = membership.workspace  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        return guarded

    return decorate


def may_manage_people(membership: Membership) -> bool:
    """Return whether this person may invite others, change their role, remove them."""
    return membership.may("people.manage_people")


def may_manage_workspace(membership: Membership) -> bool:
    """Return whether this person may change the settings of the workspace."""
    return membership.may("people.manage_workspace")


def may_create_workspace(user: User) -> bool:
    """Return whether this person may start a workspace: the operator, or anyone where sign-up is open."""
    return user.is_superuser or bool(settings.OPTIONS.open_signup)
