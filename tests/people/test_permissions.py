import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from tests.factories import make_membership, make_user
from vigie.people import permissions
from vigie.people.models import User
from vigie.people.permissions import WorkspaceRequest, in_workspace, signed_in

pytestmark = pytest.mark.django_db


@in_workspace(lambda membership: membership.may("watch.follow_lives"))
def page(request: WorkspaceRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse(f"{request.workspace.slug} {request.membership.pk} {pk}")


def ask(user: User | AnonymousUser, slug: str) -> HttpResponseBase:
    request = RequestFactory().get("/somewhere/")
    request.user = user
    return page(request, workspace=slug, pk=3)


def test_a_member_gets_the_page() -> None:
    membership = make_membership()

    answer = ask(membership.user, membership.workspace.slug)

    assert isinstance(answer, HttpResponse)
    assert answer.content.decode() == f"{membership.workspace.slug} {membership.pk} 3"


def test_the_guard_costs_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    membership = make_membership()

    with django_assert_num_queries(2):
        ask(membership.user, membership.workspace.slug)


def test_a_stranger_signs_in_first() -> None:
    answer = ask(AnonymousUser(), make_membership().workspace.slug)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/somewhere/")


PAGE = "http://testserver/w/team/alerts/?view=high"


@pytest.mark.parametrize(
    ("page", "back"),
    [(PAGE, "/w/team/alerts/%3Fview%3Dhigh"), ("https://elsewhere.example/trap/", "/"), ("", "/")],
)
def test_a_form_of_who_was_signed_out_leads_back_to_its_page(page: str, back: str) -> None:
    request = RequestFactory().post("/w/team/alerts/1/decision/", headers={"Referer": page})
    request.user = AnonymousUser()

    answer = signed_in(lambda _: HttpResponse())(request)

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={back}")


def test_a_fragment_for_who_was_signed_out_leads_the_whole_page_to_sign_in() -> None:
    request = RequestFactory().get("/w/team/alerts/news/", headers={"HX-Request": "true", "HX-Current-URL": PAGE})
    request.user = AnonymousUser()

    answer = signed_in(lambda _: HttpResponse())(request)

    assert (answer.status_code, answer["HX-Redirect"]) == (
        401,
        "/accounts/login/?next=/w/team/alerts/%3Fview%3Dhigh",
    )


def test_a_workspace_of_others_is_not_told_from_one_that_does_not_exist() -> None:
    user = make_membership().user

    with pytest.raises(Http404):
        ask(user, make_membership().workspace.slug)
    with pytest.raises(Http404):
        ask(user, "nowhere")


def test_a_member_who_may_not_is_refused() -> None:
    membership = make_membership()
    membership.role.permissions.clear()

    with pytest.raises(PermissionDenied):
        ask(membership.user, membership.workspace.slug)


@pytest.mark.parametrize("predicate", [permissions.may_manage_people, permissions.may_manage_workspace])
def test_administrators_manage(predicate: permissions.Predicate) -> None:
    roles = ["analyst", "moderator", "supervisor", "administrator", "auditor", "api_client"]

    assert [role for role in roles if predicate(make_membership(role))] == ["administrator"]


@pytest.mark.parametrize(
    ("is_superuser", "open_signup", "may"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_the_operator_creates_workspaces_and_everyone_where_sign_up_is_open(
    settings: Settings,
    is_superuser: bool,  # noqa: FBT001 - a column
    open_signup: bool,  # noqa: FBT001 - a column
    may: bool,  # noqa: FBT001 - a column
) -> None:
    user = make_user()
    user.is_superuser = is_superuser
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"open_signup": open_signup})

    assert permissions.may_create_workspace(user) is may
