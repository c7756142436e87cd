"""How a rule stands: on trial, in force, to rest, thrown away and brought back."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.rules import operations, queries, wording
from vigie.rules.models import Rule
from vigie.rules.permissions import may_edit_rules, may_publish_rules, may_turn_rules
from vigie.rules.views.answers import REFUSALS, refusal
from vigie.runtime import clock


@require_POST
@in_workspace(may_edit_rules)
def turn(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Put a rule in force, on trial, to rest."""
    rule = get_object_or_404(queries.rules_for(request.membership), number=number)
    asked = request.POST.get("mode", "")
    if asked not in operations.TURNS:
        raise BadRequest
    if not may_turn_rules(request.membership, asked):
        raise PermissionDenied
    try:
        operations.turn(rule, asked, actor=request.membership, now=clock.now())
    except REFUSALS as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, str(wording.TURNED[asked]))
    return redirect("rule", request.workspace.slug, number)


@require_POST
@in_workspace(may_publish_rules)
def remove(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Throw a rule away; the next page offers to bring it back."""
    rule = get_object_or_404(queries.rules_for(request.membership), number=number)
    try:
        operations.remove_rule(rule, actor=request.membership, now=clock.now())
    except operations.RuleIsGone as error:
        messages.error(request, refusal(error))
    else:
        undo = reverse("rule-restore", args=[request.workspace.slug, number])
        messages.success(request, _("Rule %(number)d was removed.") % {"number": number}, extra_tags=undo)
    return redirect("rules", request.workspace.slug)


@require_POST
@in_workspace(may_publish_rules)
def bring_back(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Bring a rule back that was thrown away, and show it."""
    rule = get_object_or_404(Rule, workspace=request.workspace, number=number)
    try:
        operations.bring_back(rule, actor=request.membership, now=clock.now())
    except REFUSALS as error:
        messages.error(request, refusal(error))
        page = reverse("rules", args=[request.workspace.slug])
    else:
        messages.success(request, _("Rule %(number)d is back.") % {"number": number})
        page = reverse("rule", args=[request.workspace.slug, number])
    return HttpResponseClientRedirect(page) if "HX-Request" in request.headers else redirect(page)
