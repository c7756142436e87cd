import pytest
from django.contrib.sessions.backends.db import SessionStore

from tests.factories import make_channel, make_live, make_membership
from vigie.governance.models import AuditEntry
from vigie.people.permissions import WorkspaceRequest
from vigie.site import visits
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of_analyst() -> WorkspaceRequest:
    request = WorkspaceRequest()
    request.membership = make_membership("analyst")
    request.session = SessionStore()
    return request


def make(request: WorkspaceRequest) -> Live:
    return make_live(make_channel(request.membership.workspace))


def readings() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("object_id", flat=True))


def test_what_follows_an_opening_needs_no_account(request_of_analyst: WorkspaceRequest) -> None:
    first, second = make(request_of_analyst), make(request_of_analyst)

    visits.begin(request_of_analyst, first)
    visits.begin(request_of_analyst, second)
    visits.go_on(request_of_analyst, first)

    assert readings() == [str(first.pk), str(second.pk)]


def test_what_follows_no_opening_is_accounted_for_once(request_of_analyst: WorkspaceRequest) -> None:
    live = make(request_of_analyst)

    visits.go_on(request_of_analyst, live)
    visits.go_on(request_of_analyst, live)

    assert readings() == [str(live.pk)]


def test_each_opening_counts(request_of_analyst: WorkspaceRequest) -> None:
    live = make(request_of_analyst)

    visits.begin(request_of_analyst, live)
    visits.begin(request_of_analyst, live)

    assert readings() == [str(live.pk)] * 2


def test_the_list_of_one_workspace_is_not_that_of_another(request_of_analyst: WorkspaceRequest) -> None:
    visits.begin_list(request_of_analyst, [])
    visits.go_on_list(request_of_analyst, [])
    request_of_analyst.membership = make_membership("analyst", user=request_of_analyst.membership.user)
    visits.go_on_list(request_of_analyst, [])

    assert AuditEntry.objects.filter(verb="lives.read").count() == 2
