"""The pages of rules: the list, the editor with its preview, what they did, YAML in and out."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vigie.errors import VigieError
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.people.presets import PRESETS
from vigie.rules import document, listings, operations, previewing, queries, wording
from vigie.rules.actions import BadAction
from vigie.rules.document import BadRules
from vigie.rules.forms import ImportForm, LogForm
from vigie.rules.models import Mode, Rule
from vigie.rules.permissions import may_edit_rules, may_publish_rules, may_see_rules
from vigie.rules.sheets import Desk, desk_of
from vigie.runtime import clock

A_PAGE = 50


@require_safe
@in_workspace(may_see_rules)
def rules(request: WorkspaceRequest) -> HttpResponse:
    """Show the rules of the workspace and what they did lately."""
    context = {
        "rules": listings.rules_listed(request.membership, clock.now()),
        "may_edit": may_edit_rules(request.membership),
        "examples": wording.EXAMPLES,
    }
    return render(request, "rules/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_edit_rules)
def edit(request: WorkspaceRequest, number: int | None = None) -> HttpResponse:
    """Show a rule in the editor; a POST saves it as a draft, and proposes it where that is asked for."""
    desk = _desk(request, number, is_final=request.method == "POST")
    if request.method == "POST" and desk.sheet.spec and (saved := _saved(request, desk)):
        return redirect("rule", request.workspace.slug, saved.number)
    return render(request, "rules/rule.html", _context(request, desk))


def _saved(request: WorkspaceRequest, desk: Desk) -> Rule | None:
    """Save what the form holds; return None where it cannot be, having said why."""
    spec, now = desk.sheet.spec, clock.now()
    if spec is None:
        return None
    try:
        rule = desk.rule or operations.add_rule(spec, actor=request.membership, now=now)
        if desk.rule:
            operations.save_draft(rule, spec, based_on=desk.based_on, actor=request.membership, now=now)
        if "propose" in request.POST:
            operations.propose(rule, actor=request.membership, now=now)
    except operations.ChangedMeanwhile:
        messages.error(
            request, _("Somebody else changed this rule meanwhile. Copy your words, then load the page again.")
        )
    except VigieError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Proposed.") if "propose" in request.POST else _("Saved as a draft."))
        return rule
    return None


@require_POST
@in_workspace(may_edit_rules)
def sheet(request: WorkspaceRequest, number: int | None = None) -> HttpResponse:
    """Show the editor's form with a row more, a row less or other fields. Saves nothing."""
    desk = _desk(request, number)
    response = render(request, "rules/_sheet.html", _context(request, desk))
    response.headers["HX-Trigger-After-Settle"] = "sheet-changed"
    return response


@require_POST
@in_workspace(may_edit_rules)
def preview(request: WorkspaceRequest, number: int | None = None) -> HttpResponse:
    """Show what the rule in the form would have done in the last lives. Saves nothing."""
    desk = _desk(request, number)
    return render(request, "rules/_preview.html", {**_context(request, desk), "oob": True})


def _context(request: WorkspaceRequest, desk: Desk) -> dict[str, object]:
    spec = desk.sheet.spec
    found = (
        previewing.preview(
            spec,
            reader=request.membership,
            rule=desk.rule,
            now=clock.now(),
            zone=timezone.get_current_timezone(),
        )
        if spec
        else None
    )
    where = [request.workspace.slug, *([desk.rule.number] if desk.rule else [])]
    base = "rule" if desk.rule else "rule-new"
    return {
        "desk": desk,
        "save_url": reverse(base, args=where),
        "sheet_url": reverse(f"{base}-sheet", args=where),
        "preview_url": reverse(f"{base}-preview", args=where),
        "zone": str(timezone.get_current_timezone()),
        "preview": found,
        "rules": listings.rules_listed(request.membership, clock.now()),
        "may_publish": may_publish_rules(request.membership),
        "needs_second": PRESETS[request.workspace.preset].separates_duties,
    }


# ── in force, on trial, to rest ────────────────────────────────────────────────────────────────────────────────────


@require_POST
@in_workspace(may_edit_rules)
def turn(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Put a rule in force, on trial, to rest."""
    rule = _rule(request, number)
    asked = request.POST.get("mode", "")
    act = _turns(request, rule).get(asked)
    if act is None or (asked not in {Mode.TRIAL, "end_trial"} and not may_publish_rules(request.membership)):
        return HttpResponse(status=403)
    try:
        act()
    except operations.NeedsSecondPerson:
        messages.error(request, _("Somebody else puts it in force: whoever wrote a version does not publish it here."))
    except operations.NothingToPublish:
        messages.error(request, _("Somebody else changed this rule meanwhile."))
    except operations.TooManyKeywords:
        most = number_format(operations.MOST_KEYWORDS_OF_TEAM)
        messages.error(request, _("All rules in force have %(most)s keywords at most.") % {"most": most})
    except (BadAction, BadRules) as flaw:
        messages.error(request, str(flaw))
    else:
        messages.success(request, str(wording.TURNED[asked]))
    return redirect("rule", request.workspace.slug, number)


def _turns(request: WorkspaceRequest, rule: Rule) -> dict[str, Callable[[], object]]:
    actor, now = request.membership, clock.now()
    return {
        Mode.TRIAL: partial(operations.try_out, rule, actor=actor, now=now),
        Mode.ACTIVE: partial(operations.put_in_force, rule, actor=actor, now=now),
        Mode.PAUSED: partial(operations.pause, rule, actor=actor),
        "resume": partial(operations.resume, rule, actor=actor, now=now),
        "end_trial": partial(operations.end_trial, rule, actor=actor, now=now),
    }


@require_POST
@in_workspace(may_publish_rules)
def remove(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Throw a rule away; it can be brought back."""
    rule = _rule(request, number)
    operations.remove_rule(rule, actor=request.membership, now=clock.now())
    undo = reverse("rule-restore", args=[request.workspace.slug, number])
    messages.success(request, _("Rule %(number)d was removed.") % {"number": number}, extra_tags=undo)
    return redirect("rules", request.workspace.slug)


@require_POST
@in_workspace(may_publish_rules)
def bring_back(request: WorkspaceRequest, number: int) -> HttpResponse:
    """Bring a rule back that was thrown away."""
    rule = get_object_or_404(Rule, workspace=request.workspace, number=number)
    operations.bring_back(rule, actor=request.membership)
    messages.success(request, _("Rule %(number)d is back.") % {"number": number})
    return redirect("rule", request.workspace.slug, number)


# ── YAML ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
@in_workspace(may_see_rules)
def export(request: WorkspaceRequest, number: int | None = None) -> HttpResponse:
    """Send the newest versions of all rules, or of one, as YAML."""
    found = listings.newest_versions(request.membership, number)
    if number is not None and not found:
        return HttpResponse(status=404)
    text = document.write([queries.spec_of(version) for version in found])
    name = f"rule-{number}.yaml" if number else f"{request.workspace.slug}-rules.yaml"
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_edit_rules)
def import_rules(request: WorkspaceRequest) -> HttpResponse:
    """Take rules from YAML, as drafts."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            made = operations.import_rules(form.specs(), actor=request.membership, now=clock.now())
        except VigieError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Rules imported as drafts: %(count)d.") % {"count": len(made)})
            return redirect("rules", request.workspace.slug)
    return render(request, "rules/import.html", {"form": form})


# ── what they did ──────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
@in_workspace(may_see_rules)
def log(request: WorkspaceRequest) -> HttpResponse:
    """Show what the rules did and why they held back, newest first."""
    form = LogForm(request.membership, request.GET)
    page = Paginator(form.firings(), A_PAGE).get_page(request.GET.get("page"))
    lines = listings.told(list(page.object_list), request.membership)
    return render(request, "rules/log.html", {"form": form, "page": page, "lines": lines})


def _rule(request: WorkspaceRequest, number: int) -> Rule:
    return get_object_or_404(queries.rules_for(request.membership), number=number)


def _desk(request: WorkspaceRequest, number: int | None, *, is_final: bool = False) -> Desk:
    return desk_of(None if number is None else _rule(request, number), request, is_final=is_final)
