"""The pages of the policy: the rules in force, their former versions, an edit with what it changes, a text to try."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.ports import TextToAssess
from vigie.risk import analysts, operations, queries, wording
from vigie.risk.changes import changes
from vigie.risk.flaws import BadLexicon
from vigie.risk.forms import PolicyForm, TrialForm, language_choices
from vigie.risk.justification import justify
from vigie.risk.lexicon import Lexicon, Predicate
from vigie.risk.lexicon_yaml import sources
from vigie.risk.models import Category, Policy
from vigie.risk.permissions import may_edit_policy, may_read_policy
from vigie.runtime import clock

VERSIONS_SHOWN = 20


@require_safe
@in_workspace(may_read_policy)
def policy(request: WorkspaceRequest) -> HttpResponse:
    """Show the rules in force, in one language."""
    in_force = operations.ensure_policy(request.workspace, clock.now())
    lexicons, trouble = _usable(in_force)
    languages = list(lexicons or sources(in_force.lexicon))
    language = _language(request, languages)
    context = {
        "policy": in_force,
        "language": language,
        "languages": language_choices(languages),
        "rules": _shown(lexicons[language]) if lexicons else {},
        "trouble": trouble,
        "versions": queries.policies_for(request.membership)[:VERSIONS_SHOWN],
        "trial": TrialForm(languages, chosen=language),
        "may_edit": may_edit_policy(request.membership),
    }
    return render(request, "risk/policy.html", context)


def _usable(in_force: Policy) -> tuple[Mapping[str, Lexicon], str]:
    """Return the rules by language; none, and why, for a policy written for another version of Vigie."""
    try:
        return analysts.of_policy(in_force).lexicons, ""
    except BadLexicon as error:
        return {}, wording.flaw_words(error)


def _language(request: WorkspaceRequest, languages: list[str]) -> str:
    for wanted in (request.GET.get("language", ""), get_language() or ""):
        if wanted in languages:
            return wanted
    return languages[0]


def _shown(lexicon: Lexicon) -> dict[str, object]:
    """Return the rules as the page lists them, each list with its name."""
    return {
        "groups": lexicon.groups,
        "slurs": [(slur, wording.STRENGTHS.get(slur.strength, "")) for slur in lexicon.slurs],
        "labels": {group.key: group.label for group in lexicon.groups},
        "predicates": [
            (words, [_listed(predicate) for predicate in lexicon.predicates if predicate.kind == kind])
            for kind, words in wording.KINDS.items()
        ],
        "guards": [(words, getattr(lexicon.guards, name)) for name, words in wording.GUARDS.items()],
        "others": [(wording.OTHERS[other.kind], other.words) for other in lexicon.others],
        "exceptions": lexicon.exceptions,
    }


def _listed(predicate: Predicate) -> dict[str, object]:
    return {
        "side": wording.SIDES[predicate.side],
        "needs": wording.NEEDS.get(predicate.needs, ""),
        "strength": wording.STRENGTHS.get(predicate.strength, ""),
        "words": predicate.words,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@in_workspace(may_edit_policy)
def edit_policy(request: WorkspaceRequest) -> HttpResponse:
    """Edit the rules in one language; a POST saves them as the next version."""
    form, language = _form(request)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        return redirect("policy", request.workspace.slug)
    return render(request, "risk/policy_edit.html", {"form": form, "language": language})


def _form(request: WorkspaceRequest) -> tuple[PolicyForm, str]:
    in_force = operations.ensure_policy(request.workspace, clock.now())
    language = _language(request, list(sources(in_force.lexicon)))
    return PolicyForm(in_force, language, request.POST if request.method == "POST" else None), language


def _saved(request: WorkspaceRequest, form: PolicyForm) -> bool:
    try:
        saved = operations.save_policy(form.edit(), actor=request.membership, now=clock.now())
    except operations.NothingChanged:
        form.add_error("lexicon", _("Nothing changed: these are the rules in force."))
    except operations.ChangedMeanwhile:
        form.add_error(None, _("Somebody else changed the rules meanwhile. Copy your text, then edit the new version."))
    else:
        _tell_version(request, saved)
        return True
    return False


def _tell_version(request: WorkspaceRequest, saved: Policy) -> None:
    messages.success(request, _("Version %(version)d judges from the next text on.") % {"version": saved.version})


@require_POST
@in_workspace(may_edit_policy)
def policy_changes(request: WorkspaceRequest) -> HttpResponse:
    """Show what an edit would change, or what is wrong with it. Saves nothing."""
    form, _language_edited = _form(request)
    is_usable = form.is_valid() or "lexicon" not in form.errors
    lines = changes(form.former(), form.cleaned_data["lexicon"]) if is_usable else []
    return render(request, "risk/_changes.html", {"lines": lines, "errors": form.errors.get("lexicon", [])})


@require_safe
@in_workspace(may_read_policy)
def policy_version(request: WorkspaceRequest, version: int) -> HttpResponse:
    """Show what a version changed."""
    versions = Policy.objects.filter(workspace=request.workspace)
    shown = get_object_or_404(versions, version=version)
    former = versions.filter(version=version - 1).first()
    context = {
        "policy": shown,
        "is_in_force": not versions.filter(version__gt=version).exists(),
        "is_first": former is None,
        "lines": changes(former.lexicon, shown.lexicon) if former else [],
        "may_edit": may_edit_policy(request.membership),
    }
    return render(request, "risk/policy_version.html", context)


@require_POST
@in_workspace(may_edit_policy)
def restore_policy(request: WorkspaceRequest, version: int) -> HttpResponse:
    """Put a former version in force again, as a new one."""
    former = get_object_or_404(Policy, workspace=request.workspace, version=version)
    note = _("Version %(version)d restored.") % {"version": version}
    try:
        _tell_version(request, operations.restore_policy(former, note, actor=request.membership, now=clock.now()))
    except operations.NothingChanged:
        messages.info(request, _("These are the rules in force already."))
    return redirect("policy", request.workspace.slug)


@require_POST
@in_workspace(may_read_policy)
def try_text(request: WorkspaceRequest) -> HttpResponse:
    """Show what the rules in force make of a text. Keeps nothing."""
    in_force = operations.ensure_policy(request.workspace, clock.now())
    lexicons, trouble = _usable(in_force)
    form = TrialForm(list(lexicons), request.POST)
    if trouble:
        return render(request, "risk/_trial.html", {"trouble": trouble})
    if not form.is_valid():
        return render(request, "risk/_trial.html", {"form": form})
    text, language = form.cleaned_data["text"], form.cleaned_data["language"]
    (verdict,) = analysts.of_policy(in_force).assess([TextToAssess(text, language)])
    context = {
        "text": text,
        "verdict": verdict,
        "category": Category(verdict.category).label,
        "spans": [(span.start, span.end, str(span.reason)) for span in verdict.spans],
        "justification": justify(verdict.signals, queries.label_of(verdict.target, in_force)),
    }
    return render(request, "risk/_trial.html", context)
