"""Rules as YAML: taken away, and taken in."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.rules import document, listings, operations, queries
from vigie.rules.document import BadRules
from vigie.rules.forms import ImportForm
from vigie.rules.permissions import may_edit_rules, may_see_rules
from vigie.rules.views.answers import REFUSALS, refusal
from vigie.runtime import clock


@require_safe
@in_workspace(may_see_rules)
def export(request: WorkspaceRequest, number: int | None = None) -> HttpResponse:
    """Send the newest versions of all rules, or of one, as YAML."""
    found = listings.newest_versions(request.membership, number)
    if number is not None and not found:
        raise Http404
    try:
        text = document.write([queries.spec_of(version) for version in found])
    except BadRules as error:
        messages.error(request, refusal(error))
        return redirect("rules", request.workspace.slug)
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
        except REFUSALS as error:
            form.add_error(None, refusal(error))
        else:
            messages.success(request, _("Rules imported as drafts: %(count)d.") % {"count": len(made)})
            return redirect("rules", request.workspace.slug)
    return render(request, "rules/import.html", {"form": form}, status=400 if form.errors else 200)
