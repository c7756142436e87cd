"""What the rules did and why they held back, newest first, as it happens."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vigie.people.permissions import WorkspaceRequest, in_workspace
from vigie.rules import listings
from vigie.rules.forms import LogForm
from vigie.rules.operations import reading
from vigie.rules.permissions import may_read_texts, may_see_rules
from vigie.runtime import visits
from vigie.runtime.numbers import number

A_PAGE = 50
PAGE = "rule-log"


@require_safe
@in_workspace(may_see_rules)
def log(request: WorkspaceRequest) -> HttpResponse:
    """Show what the rules did, a page at a time."""
    visits.begin(request.session, PAGE)
    _account(request)
    form = LogForm(request.membership, request.GET)
    page = Paginator(form.firings(), A_PAGE).get_page(request.GET.get("page"))
    lines = listings.told(list(page.object_list), request.membership)
    context = {"form": form, "page": page, "lines": lines, "is_newest": page.number == 1}
    return render(request, "rules/log.html", context)


@require_safe
@in_workspace(may_see_rules)
def lines(request: WorkspaceRequest) -> HttpResponse:
    """Show the newest lines of the log, or those that came `after` one, as the reader's page narrows them."""
    _account(request)
    found = LogForm(request.membership, request.GET).firings()
    after = number(request.GET.get("after", ""))
    if after is not None:
        found = found.filter(pk__gt=after)
    context = {"lines": listings.told(list(found[:A_PAGE]), request.membership)}
    return render(request, "rules/_lines.html", context)


@require_safe
@in_workspace(may_see_rules)
def line(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Show a line of the log as it now stands: actions take a while."""
    _account(request)
    firing = get_object_or_404(listings.firings_for(request.membership), pk=pk)
    [told] = listings.told([firing], request.membership)
    return render(request, "rules/_firing.html", {"line": told})


def _account(request: WorkspaceRequest) -> None:
    """Account for the log being read, once a visit."""
    if may_read_texts(request.membership) and visits.is_first(request.session, f"{PAGE}/read"):
        reading.record_log(request.membership)
