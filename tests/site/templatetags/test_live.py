from datetime import UTC, datetime

import pytest
from django.utils import timezone

from vigie.site.templatetags import live


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ("", []),
        ("follower", []),
        ("moderator subscriber", ["mod", "subscriber"]),
        ("broadcaster vip", ["host", "VIP"]),
        ("moderators", []),
    ],
)
def test_badges_are_words_of_those_that_matter(held: str, words: list[str]) -> None:
    assert [str(badge) for badge in live.badges(held)] == words


def test_local_is_on_the_reader_s_clock() -> None:
    began = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)

    with timezone.override("America/New_York"):
        assert live.local(began, 90.5) == "05:01:30"


@pytest.mark.parametrize(("at_s", "text"), [(0, "00:00"), (4800.0, "01:20"), (90_000, "25:00")])
def test_hour_is_a_whole_minute(at_s: float, text: str) -> None:
    assert live.hour(at_s) == text


def test_found_marks_words_and_escapes_all() -> None:
    assert live.found("<b>Été & co</b>", "ete") == '&lt;b&gt;<mark class="low">Été</mark> &amp; co&lt;/b&gt;'
