from datetime import UTC, datetime

from vigie.simulators.twitch.users import TwitchUser, rfc3339


def test_a_user_without_a_name_has_their_login() -> None:
    assert TwitchUser("1", "max").name == "max"
    assert TwitchUser("1", "max", "Max_!").name == "Max_!"


def test_a_user_is_named_for_a_role() -> None:
    assert TwitchUser("1", "max", "Max").labels("moderator") == {
        "moderator_id": "1",
        "moderator_login": "max",
        "moderator_name": "Max",
    }


def test_a_moment_is_told_to_the_second() -> None:
    assert rfc3339(datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)) == "2026-03-04T05:06:07Z"
