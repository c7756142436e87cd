from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from pytest_django.fixtures import Settings

from tests.factories import make_channel, make_live, make_membership
from vigie.people.models import User
from vigie.site import urls


def breaking(request: HttpRequest, trouble: str) -> HttpResponse:
    raise {"bug": ZeroDivisionError, "forbidden": PermissionDenied, "suspicious": SuspiciousOperation}[trouble]


urlpatterns = [path("trouble/<str:trouble>/", breaking), path("", include(urls))]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def troubled(settings: Settings) -> Client:
    """A signed-out visitor of a site with some pages that break."""
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("page", "status", "title"),
    [
        ("/trouble/suspicious/", 400, "This request makes no sense"),
        ("/trouble/forbidden/", 403, "Your role does not open this page"),
        ("/nowhere/", 404, "There is no such page"),
        ("/trouble/bug/", 500, "Vigie could not do this"),
    ],
)
def test_trouble_is_told_in_words_without_asking_the_database(
    troubled: Client, page: str, status: int, title: str
) -> None:
    answer = troubled.get(page, headers={"accept-language": "en"})

    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(("accepted", "language"), [("en-GB", "en"), ("fr-CA", "fr")])
def test_trouble_is_told_in_the_visitors_language(troubled: Client, accepted: str, language: str) -> None:
    page = troubled.get("/nowhere/", headers={"accept-language": accepted}).content.decode()

    assert f'<html lang="{language}"' in page


def test_an_old_form_is_told_apart() -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/accounts/login/", {"login": "a"}, headers={"accept-language": "en"})

    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


class Down:
    """A database that does not answer."""

    def __call__(self, *_: object) -> None:
        raise DatabaseError("down")


@pytest.fixture
def database_down() -> Iterator[None]:
    with connection.execute_wrapper(Down()):
        yield


@pytest.mark.django_db
def test_healthz_and_readyz_of_a_site_that_is_well(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "database": True})


@pytest.mark.django_db
@pytest.mark.usefixtures("database_down")
def test_readyz_says_that_the_database_is_down(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "unavailable", "database": False})


@pytest.mark.django_db
@pytest.mark.usefixtures("database_down")
def test_pages_are_trouble_while_the_database_is_down() -> None:
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.cookies["sessionid"] = "a" * 32

    answer = client.get("/w/team/lives/")

    assert answer.status_code == 500
    assert "Vigie could not do this" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("is_staff", [False, True])
def test_health_shows_the_team_its_lives_and_an_operator_the_installation(client: Client, *, is_staff: bool) -> None:
    member = make_membership("analyst")
    make_live(make_channel(member.workspace, name="Plateau"), heard_s=10, lag_s=4)
    make_live(make_channel(name="Elsewhere"))
    User.objects.filter(pk=member.user_id).update(is_staff=is_staff)
    client.force_login(member.user)

    page = client.get(reverse("health", kwargs={"workspace": member.workspace.slug})).content.decode()

    assert ("This installation" in page, "Watchers at work" in page) == (is_staff, is_staff)
    assert "Speech recognition" in page
    assert "To correct:" in page
    assert "words 4 s behind" in page
    assert "Plateau" in page
    assert "Elsewhere" not in page
