from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from vigie.people.middleware import reader_preferences
from vigie.people.models import User

MOMENT = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{translation.get_language()} {timezone.localtime(MOMENT):%d %H:%M}")


@pytest.mark.parametrize(
    ("user", "said"),
    [
        (User(language="en", time_zone="America/New_York"), "en 05 18:30"),
        (User(language="fr", time_zone="Asia/Tokyo"), "fr 06 08:30"),
        (AnonymousUser(), "fr 06 00:30"),
        (User(language="en", time_zone="US/Nowhere"), "en 06 00:30"),
        (User(language="en", time_zone=""), "en 06 00:30"),
    ],
)
def test_a_reader_gets_their_language_and_time_zone(user: User | AnonymousUser, said: str) -> None:
    request = RequestFactory().get("/")
    request.user = user

    with translation.override("fr"):
        assert reader_preferences(answer)(request).content.decode() == said


def test_the_next_reader_is_not_concerned() -> None:
    request = RequestFactory().get("/")
    request.user = User(language="en", time_zone="Asia/Tokyo")

    with translation.override("fr"):
        reader_preferences(answer)(request)

        assert (translation.get_language(), timezone.get_current_timezone_name()) == ("fr", "Europe/Paris")
