"""How a rule stands: on trial, in force, to rest, thrown away and brought back."""

from collections.abc import Callable
from functools import partial

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
from vigie.rules.models import Mode, Rule
from vigie.rules.permissions import may_edit_rules, may_publish_rules
from vigie.rules.views.answers import REFUSALS, refusal
from vigie.runtime import clock

END_TRIAL, RESUME = "end_trial", "resume"
OF_EDITORS = frozenset({Mode.TRIAL.value, END_TRIAL})
"""What whoever writes rules may do; the rest needs the right to publish."""


@require_POST
@in_workspace(may_edit_rules)
def turn(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Put a rule in force, on trial, to rest."""
    rule = get_object_or_404(queries.rules_for(request.membership), number=number)
    asked = request.POST.get("mode", "")
    act = _turns(request, rule).get(asked)
    if act is None:
        raise BadRequest
    if asked not in OF_EDITORS and not may_publish_rules(request.membership):
        raise PermissionDenied
    try:
        act()
    except REFUSALS as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, str(wording.TURNED[asked]))
    return redirect("rule", request.workspace.slug, number)


def _turns(request: WorkspaceRequest, rule: Rule) -> dict[str, Callable[[], object]]:
    actor, now = request.membership, clock.now()
    return {
        Mode.TRIAL: partial(operations.try_out, rule, actor=actor, now=now),
        Mode.ACTIVE: partial(operations.put_in_force, rule, actor=actor, now=now),
        Mode.PAUSED: partial(operations.pause, rule, actor=actor),
        RESUME: partial(operations.resume, rule, actor=actor, now=now),
        END_TRIAL: partial(operations.end_trial, rule, actor=actor, now=now),
    }


@require_POST
@in_workspace(may_publish_rules)
def remove(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Throw a rule away; the next page offers to bring it back."""
    rule = get_object_or_404(queries.rules_for(request.membership), number=number)
    operations.remove_rule(rule, actor=request.membership, now=clock.now())
    undo = reverse("rule-restore", args=[request.workspace.slug, number])
    messages.success(request, _("Rule %(number)d was removed.") % {"number": number}, extra_tags=undo)
    return redirect("rules", request.workspace.slug)


@require_POST
@in_workspace(may_publish_rules)
def bring_back(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Bring a rule back that was thrown away, and show it."""
    rule = get_object_or_404(Rule, workspace=request.workspace, number=number)
    operations.bring_back(rule, actor=request.membership)
    messages.success(request, _("Rule %(number)d is back.") % {"number": number})
    page = reverse("rule", args=[request.workspace.slug, number])
    return HttpResponseClientRedirect(page) if "HX-Request" in request.headers else redirect(page)
