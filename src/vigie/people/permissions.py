"""Who may do what. Areas compose their own predicates from `Membership.may`; views are guarded by `in_workspace`."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from vigie.people.models import Membership, User, Workspace

Rest = ParamSpec("Rest")
Predicate = Callable[[Membership], bool]


class WorkspaceRequest(HttpRequest):
    """A request by a member of a workspace; what `in_workspace` hands to a view."""

    user: User
    workspace: Workspace
    membership: Membership


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a view be reached by who is signed in.

    Others sign in first and come back to the page they were on; a page that asks by htmx is led there as a whole (401).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        sign_in = redirect_to_login(_page_of(request))
        if "HX-Request" in request.headers:
            return HttpResponse(status=401, headers={"HX-Redirect": sign_in.url})
        return sign_in

    return guarded


def _page_of(request: HttpRequest) -> str:
    """Return where the reader was: what a form or a fragment is asked from, as their addresses are no pages."""
    is_fragment = "HX-Request" in request.headers
    if request.method in {"GET", "HEAD"} and not is_fragment:
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL" if is_fragment else "Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(page)._replace(scheme="", netloc="").geturl() if is_ours else "/"


def in_workspace(
    predicate: Predicate,
) -> Callable[[Callable[Concatenate[WorkspaceRequest, Rest], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Let a view be reached by members of the workspace in its address for whom `predicate` holds.

    Others get the sign-in page, 404 (not a member: the workspace's existence is not told) or 403.
    """

    def decorate(
        view: Callable[Concatenate[WorkspaceRequest, Rest], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @signed_in
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


def may_manage_connections(membership: Membership) -> bool:
    """Return whether this person may connect accounts of platforms and disconnect them."""
    return membership.may("people.manage_connections")


def may_create_workspace(user: User) -> bool:
    """Return whether this person may start a workspace: the operator, or anyone where sign-up is open."""
    return user.is_superuser or bool(settings.OPTIONS.open_signup)
