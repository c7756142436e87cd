from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.callers import Caller, make_caller, refusal
from tests.factories import NOW, make_channel, make_live, make_workspace
from vigie.governance.models import AuditEntry
from vigie.runtime import clock
from vigie.watch.models import AiringState, Channel, LiveState, Platform, Presence

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller() -> Caller:
    return make_caller()


def test_a_channel_is_added_and_watched(caller: Caller) -> None:
    added = caller.post("channels", {"address": "@Ada.Live", "platform": "tiktok"})

    channel = Channel.objects.get()
    assert added == {
        "id": channel.pk,
        "platform": "tiktok",
        "address": "ada.live",
        "name": "@ada.live",
        "language": "fr",
        "watched": True,
        "state": "unknown",
        "standing": "looking",
        "live_since": None,
        "viewers": None,
        "next_look_at": added["next_look_at"],
        "lives": 0,
        "last_live_at": None,
    }
    assert added["next_look_at"].endswith("Z")
    assert caller.get(f"channels/{channel.pk}") == added
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")][-2:] == ["channel.added", "channel.watched"]


def test_a_channel_may_be_added_with_its_name_and_not_watched(caller: Caller) -> None:
    wanted = {"address": "https://live.example.org/a.m3u8", "name": "Place", "language": "en", "watched": False}

    added = caller.post("channels", wanted)

    assert (added["name"], added["language"], added["watched"], added["standing"]) == ("Place", "en", False, "off")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "address: Field required."),
        ({"address": ""}, "address: This field is required."),
        ({"address": "@ada\n@bob"}, "address: Give one address."),
        ({"address": "ftp://example.org"}, "address: Only http, https, rtmp, rtmps and srt addresses can be watched."),
        (
            {"address": "@ada", "language": "tlh"},
            "language: Select a valid choice. tlh is not one of the available choices.",
        ),
        ({"address": "@ada", "shout": True}, "shout: Extra inputs are not permitted."),
        ({"address": "@ada", "name": "a\0b"}, "name: a text holds no NUL."),
        ([], "Input should be a valid dictionary or object to extract fields from."),
    ],
)
def test_what_is_no_channel_gets_one_line(caller: Caller, wanted: object, words: str) -> None:
    assert refusal(caller.ask("POST", "channels", wanted)) == (400, words)
    assert not Channel.objects.exists()


def test_a_body_that_is_no_json_gets_one_line(caller: Caller) -> None:
    status, words = refusal(caller.ask("POST", "channels", "{"))

    assert status == 400
    assert words.startswith("Cannot parse request body")


def test_a_channel_is_added_once(caller: Caller) -> None:
    caller.post("channels", {"address": "@ada", "platform": "tiktok"})

    assert refusal(caller.ask("POST", "channels", {"address": "@ADA", "platform": "tiktok"}))[0] == 409


def test_watching_is_switched(caller: Caller) -> None:
    channel = make_channel(caller.workspace)

    states = [caller.post(f"channels/{channel.pk}/{verb}")["watched"] for verb in ("watch", "watch", "unwatch")]

    assert states == [True, True, False]
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs[1:] == ["channel.watched", "channel.unwatched"]


def test_a_removed_channel_is_gone(caller: Caller) -> None:
    channel = make_channel(caller.workspace)

    assert caller.ask("DELETE", f"channels/{channel.pk}").status_code == 204

    assert caller.get("channels")["items"] == []
    assert refusal(caller.ask("GET", f"channels/{channel.pk}"))[0] == 404
    assert refusal(caller.ask("DELETE", f"channels/{channel.pk}"))[0] == 404


@pytest.mark.parametrize(
    ("airing", "state"),
    [(AiringState.LIVE, "live"), (AiringState.OFFLINE, "offline"), (AiringState.UNKNOWN, "unknown")],
)
def test_what_is_known_of_a_channel_is_told(caller: Caller, airing: AiringState, state: str) -> None:
    channel = make_channel(caller.workspace, platform=Platform.TIKTOK, address="ada")
    channel.is_watched = True
    channel.save()
    now = clock.now()
    Presence.objects.create(channel=channel, airing=airing, since=NOW, checked_at=now, due_at=now, viewers=12)

    [told] = caller.get("channels")["items"]

    assert (told["state"], told["standing"], told["viewers"]) == (state, state, 12)


def test_channels_come_by_pages(caller: Caller) -> None:
    made = [make_channel(caller.workspace).pk for _ in range(3)]
    make_channel()  # of others

    first = caller.get("channels?limit=2")
    second = caller.get(f"channels?limit=2&after={first['next']}")

    assert [item["id"] for item in first["items"] + second["items"]] == made
    assert second["next"] is None


def test_lives_on_air_come_with_what_is_counted(caller: Caller) -> None:
    channel = make_channel(caller.workspace, name="Place")
    live = make_live(channel, viewers=42, heard_s=90.0, lost_s=1.5, title="En direct")
    over = make_live(make_channel(caller.workspace), ended_at=clock.now() - timedelta(minutes=9), state=LiveState.ENDED)
    make_live(make_channel(caller.workspace), ended_at=clock.now() - timedelta(minutes=11), state=LiveState.ENDED)
    make_live()  # of others

    told = {item["id"]: item for item in caller.get("lives")["items"]}

    assert told.keys() == {live.pk, over.pk}
    assert told[live.pk] == {
        "id": live.pk,
        "channel": channel.pk,
        "channel_name": "Place",
        "title": "En direct",
        "state": "ok",
        "reason": "",
        "started_at": "2026-01-05T10:00:00Z",
        "ended_at": None,
        "viewers": 42,
        "peak_viewers": None,
        "reach": "unknown",
        "heard_s": 90.0,
        "lost_s": 1.5,
        "lag_s": 0.0,
        "chat_state": "none",
    }


@pytest.mark.parametrize("path", ["channels", "lives"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_however_long(
    path: str, count: int, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    workspace = make_workspace()
    caller = make_caller(workspace=workspace)
    for _ in range(count):
        make_live(make_channel(workspace))

    with django_assert_max_num_queries(14):
        assert len(caller.get(path)["items"]) == count
