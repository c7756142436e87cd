"""How the installation is, for people and for machines; and the pages of trouble."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime import clock
from vigie.site import health as installation
from vigie.watch import queries as watch
from vigie.watch.permissions import may_follow_lives


@require_safe
@in_workspace(may_follow_lives)
def health(request: WorkspaceRequest) -> HttpResponse:
    """Show what runs, what waits and what is missing: in the workspace, to an operator in the whole installation."""
    now, scope = clock.now(), None if request.user.is_staff else request.workspace
    lives = watch.on_air_for(request.membership, now).filter(ended_at=None)
    context = {"findings": installation.findings(now, scope), "scope": scope, "lives": lives}
    return render(request, "health.html", context)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: 503 when the database does not answer."""
    is_ready = installation.answers()
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"status": "ok" if is_ready else "unavailable", "database": is_ready}, status=status)


# ── trouble: these pages ask neither the session nor the database ──────────────────────────────────────────────────


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 400."""
    return _trouble(400, _("This request makes no sense"), _("Go back, and try again from the page."))


def permission_denied(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 403."""
    return _trouble(
        403, _("Your role does not open this page"), _("An administrator of the workspace can change roles.")
    )


@requires_csrf_token
def csrf_failure(_request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 403 to a form that did not come from our page, or whose page is too old."""
    return _trouble(
        403, _("This form is too old"), _("Load the page again and send it once more; nothing was changed.")
    )


def page_not_found(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer 404."""
    return _trouble(404, _("There is no such page"), _("It was removed, or belongs to a workspace that is not yours."))


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _trouble(500, _("Vigie could not do this"), _("What happened was written down. Try again in a moment."))


def _trouble(status: int, title: str, advice: str) -> HttpResponse:
    page = render_to_string("trouble.html", {"status": status, "trouble": title, "advice": advice})
    return HttpResponse(page, status=status)
