"""The audit log, as auditors see it. Looking at it is itself an entry."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from vigie.governance import operations, queries, wording
from vigie.governance.chain import Verdict
from vigie.governance.forms import SearchForm
from vigie.governance.models import AuditEntry
from vigie.governance.permissions import may_read_audit
from vigie.governance.queries import Search
from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.runtime.numbers import number


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in words."""

    entry: AuditEntry
    person: str
    """Empty for Vigie itself."""
    act: str
    object: str
    body: str | None
    """None once it was erased."""


@in_workspace(may_read_audit)
def audit(request: WorkspaceRequest) -> HttpResponse:
    """Show what was done in the workspace, newest first."""
    return _page(request)


@require_POST
@in_workspace(may_read_audit)
def audit_verify(request: WorkspaceRequest) -> HttpResponse:
    """Verify the chain of the workspace, and show what was found."""
    return _page(request, operations.verify(request.membership))


def _page(request: WorkspaceRequest, verdict: Verdict | None = None) -> HttpResponse:
    form = SearchForm(request.GET)
    search = form.search()
    found = queries.entries_for(request.membership, search, timezone.get_current_timezone())
    page = queries.page(found, number(request.GET.get("below", "")))
    operations.account_for_reading(request.membership, search)
    older = request.GET.copy()
    older["below"] = str(page.older or "")
    context = {
        "form": form,
        "rows": _rows(page),
        "older": older.urlencode() if page.older else "",
        "is_filtered": search != Search(),
        "verdict": verdict,
        "fault": wording.FAULTS[verdict.fault] if verdict and verdict.fault else "",
    }
    return render(request, "governance/audit.html", context)


def _rows(page: queries.Page) -> list[Row]:
    names = queries.names_of(page.entries)
    return [
        Row(
            entry=entry,
            person=names.get(entry.actor_id, f"#{entry.actor_id}") if entry.actor_id else "",
            act=wording.verb_words(entry.verb),
            object=wording.object_words(entry.object_type, entry.object_id),
            body=entry.payload.body if hasattr(entry, "payload") else None,
        )
        for entry in page.entries
    ]
