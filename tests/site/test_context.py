import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_alert, make_membership, make_user, make_workspace
from vigie.people.models import Membership, Theme
from vigie.site.context import shell


def request_of(member: Membership, page: str = "lives") -> HttpRequest:
    address = f"/w/{member.workspace.slug}/{page}/"
    request = RequestFactory().get(address)
    request.user = member.user
    request.resolver_match = resolve(address)
    request.membership = member  # type: ignore[attr-defined]
    return request


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "rooms"),
    [
        ("analyst", ["wall", "lives", "alerts", "rules", "clips", "channels", "health"]),
        (
            "supervisor",
            ["wall", "lives", "alerts", "rules", "clips", "channels", "policy", "connections", "obs", "health"],
        ),
        ("auditor", ["wall", "lives", "alerts", "rules", "clips", "channels", "audit", "health"]),
    ],
)
def test_the_rail_leads_where_the_role_may_go(role: str, rooms: list[str]) -> None:
    rail = shell(request_of(make_membership(role)))["rail"]

    shown = [room.name for room in [*rail.work, *rail.setup]]  # type: ignore[attr-defined]
    assert [room for room in rooms if room != "policy"] == [room for room in shown if room != "policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "current"),
    [
        ("lives", "lives"),
        ("channels/add", "channels"),
        ("lives/7", "lives"),
        ("settings/api-keys", "workspace-settings"),
    ],
)
def test_the_room_that_one_is_in_is_marked(page: str, current: str) -> None:
    rail = shell(request_of(make_membership("administrator"), page))["rail"]

    assert [room.name for room in [*rail.work, *rail.setup] if room.is_current] == [current]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_queue_says_how_many_alerts_wait() -> None:
    member = make_membership()
    alert = make_alert()
    type(alert).objects.update(workspace=member.workspace)

    rail = shell(request_of(member))["rail"]

    assert {room.name: room.count for room in rail.work if room.count is not None} == {"alerts": 1}  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_tabs_hold_the_work_and_the_channels() -> None:
    rail = shell(request_of(make_membership("supervisor")))["rail"]

    assert [room.name for room in rail.tabs] == ["wall", "lives", "alerts", "channels"]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_room_has_its_place_under_the_thumb_or_in_the_menu() -> None:
    rail = shell(request_of(make_membership("supervisor")))["rail"]

    tabs, more = ([room.name for room in rooms] for rooms in (rail.tabs, rail.more))  # type: ignore[attr-defined]
    assert "clips" in more
    assert sorted([*tabs, *more]) == sorted(room.name for room in [*rail.work, *rail.setup])  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_page_outside_workspaces_shows_the_first_one() -> None:
    user = make_user()
    for slug in ("newsroom", "archive"):
        make_membership(user=user, workspace=make_workspace(slug))
    request = RequestFactory().get("/profile/")
    request.user = user

    rail = shell(request)["rail"]

    assert rail.membership.workspace.slug == "archive"  # type: ignore[attr-defined]
    assert [workspace.slug for workspace in rail.workspaces] == ["archive", "newsroom"]  # type: ignore[attr-defined]


def test_a_visitor_has_an_empty_rail_and_the_systems_theme() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    context = shell(request)

    assert context["theme"] == Theme.SYSTEM
    assert (context["membership"], context["rail"].work, context["rail"].workspaces) == (None, [], [])  # type: ignore[attr-defined]


def test_a_request_that_was_refused_early_has_no_user() -> None:
    assert shell(RequestFactory().get("/"))["rail"].setup == []  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_rail_asks_nothing_until_it_is_shown(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    request = request_of(make_membership())

    with django_assert_num_queries(0):
        shell(request)


@pytest.mark.django_db
def test_the_theme_is_the_profiles() -> None:
    member = make_membership()
    member.user.theme = Theme.DARK

    assert shell(request_of(member))["theme"] == Theme.DARK
