"""The list of rules, and the editor with its preview."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.people.presets import PRESETS
from vigie.rules import listings, operations, previewing, queries, wording
from vigie.rules.models import Rule
from vigie.rules.operations import reading
from vigie.rules.permissions import may_edit_rules, may_publish_rules, may_read_texts, may_see_rules
from vigie.rules.sheets import Desk, desk_of
from vigie.rules.spec import RuleSpec
from vigie.rules.views.answers import REFUSALS, refusal
from vigie.runtime import clock, visits


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
    """Show a rule in the editor; a POST saves it as a draft, and proposes it or puts it in force where asked to."""
    desk = _desk(request, number, is_final=request.method == "POST")
    status = 200
    if request.method == "POST":
        saved, desk = _saved(request, desk)
        if saved:
            return redirect("rule", request.workspace.slug, saved.number)
        status = 400
    visits.begin(request.session, _page_of(desk))
    return render(request, "rules/rule.html", _context(request, desk), status=status)


def _saved(request: WorkspaceRequest, desk: Desk) -> tuple[Rule | None, Desk]:
    """Save what the form holds; return no rule where it cannot be, and the desk as it is to be shown then."""
    spec, now = desk.sheet.spec, clock.now()
    if spec is None or not desk.sheet.is_sound:
        messages.error(request, _("Nothing was saved: see what is said beside the fields."))
        return None, desk
    try:
        rule = desk.rule or operations.add_rule(spec, actor=request.membership, now=now)
        if desk.rule:
            operations.save_draft(rule, spec, based_on=desk.based_on, actor=request.membership, now=now)
    except operations.ChangedMeanwhile:
        return None, _overtaken(request, desk)
    except REFUSALS as error:
        messages.error(request, refusal(error))
        return None, desk
    _go_on(request, rule)
    return rule, desk


def _overtaken(request: WorkspaceRequest, desk: Desk) -> Desk:
    """Say that somebody else was faster; what was typed stays, and may be saved after theirs."""
    if desk.rule is None:
        return desk
    newest = listings.newest_version(desk.rule)
    words = _("Somebody else saved version %(version)d. Yours is still here: saved again, it comes after theirs.")
    messages.error(request, words % {"version": newest.version})
    return replace(desk, based_on=newest.version)


def _go_on(request: WorkspaceRequest, rule: Rule) -> None:
    """Propose what was saved, or put it in force, where that is asked for; say what was done."""
    actor, now, said = request.membership, clock.now(), _("Saved as a draft.")
    try:
        if "propose" in request.POST:
            operations.propose(rule, actor=actor, now=now)
            said = _("Proposed. Somebody else puts it in force.")
        elif "publish" in request.POST and may_publish_rules(actor):
            operations.publish_draft(rule, actor=actor, now=now)
            said = str(wording.TURNED["active"])
    except REFUSALS as error:
        messages.error(request, refusal(error))
    messages.success(request, said)


@require_POST
@in_workspace(may_edit_rules)
def sheet(request: WorkspaceRequest, number: int | None = None) -> HttpResponse:
    """Show the editor's form with a row more, a row less or other fields. Saves nothing."""
    desk = _desk(request, number)
    response = render(request, "rules/_sheet.html", _context(request, desk))
    return trigger_client_event(response, "vigie:sheet", {"focus": desk.focus}, after="settle")


@require_POST
@in_workspace(may_edit_rules)
def preview(request: WorkspaceRequest, number: int | None = None) -> HttpResponse:
    """Show what the rule in the form would have done in the last lives. Saves nothing."""
    desk = _desk(request, number)
    found = _preview(request, desk, desk.sheet.spec) if desk.sheet.spec else None
    shown = {"preview": found, "is_answer": True, "most": previewing.MOST}
    return render(request, "rules/_preview.html", _context(request, desk) | shown)


def _preview(request: WorkspaceRequest, desk: Desk, spec: RuleSpec) -> previewing.Preview:
    """Return the preview; that it is read is accounted for once a page."""
    if may_read_texts(request.membership) and visits.is_first(request.session, f"{_page_of(desk)}/preview"):
        reading.record_preview(desk.rule, request.membership)
    zone = timezone.get_current_timezone()
    return previewing.preview(spec, reader=request.membership, rule=desk.rule, now=clock.now(), zone=zone)


def _page_of(desk: Desk) -> str:
    return f"rule:{desk.rule.pk if desk.rule else 'new'}"


def _context(request: WorkspaceRequest, desk: Desk) -> dict[str, object]:
    where = [request.workspace.slug, *([desk.rule.number] if desk.rule else [])]
    base = "rule" if desk.rule else "rule-new"
    needs_second = PRESETS[request.workspace.preset].separates_duties
    may_publish = may_publish_rules(request.membership)
    return {
        "desk": desk,
        "save_url": reverse(base, args=where),
        "sheet_url": reverse(f"{base}-sheet", args=where),
        "preview_url": reverse(f"{base}-preview", args=where),
        "rules": listings.rules_listed(request.membership, clock.now()),
        "may_publish": may_publish,
        "publishes": may_publish and not needs_second,
        "needs_second": needs_second,
        "proposer": listings.proposer_of(desk.coming),
        "is_mine": desk.coming is not None and desk.coming.author_id == request.user.pk,
    }


def _desk(request: WorkspaceRequest, number: int | None, *, is_final: bool = False) -> Desk:
    rule = None if number is None else get_object_or_404(queries.rules_for(request.membership), number=number)
    return desk_of(rule, request, is_final=is_final)
