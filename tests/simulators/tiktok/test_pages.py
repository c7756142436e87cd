import json
import re
from typing import Any

import pytest

from vigie.simulators.tiktok.accounts import Account, Standing, State
from vigie.simulators.tiktok.pages import (
    alive,
    live_page,
    no_room_info,
    profile_page,
    rate_limits,
    restricted_info,
    room_info,
    stream_urls,
    user_room,
)

ALICE = Account("alice", 11, 101, nickname="Alice </script>")
BANNED = Account("banni", 15, 105, standing=Standing.BANNED)
RUBBISH = ("rubbish", "", "-1", "²", "٣", "9" * 5000)
PRIVATE = Account("prive", 14, 104, standing=Standing.PRIVATE)


def state_of(page: str, script: str) -> Any:
    found = re.search(rf'<script id="{script}" type="application/json">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(("state", "status"), [(State.LIVE, 2), (State.PAUSED, 3), (State.OFFLINE, 4)])
def test_the_live_page_tells_the_room_and_its_status(state: State, status: int) -> None:
    page = live_page(Account("alice", 11, 101, state, nickname="Alice </script>"))
    user = state_of(page, "SIGI_STATE")["LiveRoom"]["liveRoomUserInfo"]["user"]

    assert (user["uniqueId"], user["id"], user["roomId"], user["status"]) == ("alice", "11", "101", status)
    assert user["nickname"] == "Alice </script>"


@pytest.mark.parametrize("account", [None, BANNED])
def test_who_is_not_there_has_no_live_page(account: Account | None) -> None:
    assert "LiveRoom" not in state_of(live_page(account), "SIGI_STATE")
    assert user_room(account)["message"] == "user_not_found"


def test_the_lives_of_a_private_account_are_not_shown() -> None:
    user = user_room(PRIVATE)["data"]["user"]

    assert (user["roomId"], user["status"], user["secret"]) == ("", 4, True)


@pytest.mark.parametrize(("account", "code"), [(None, 10202), (BANNED, 10221), (PRIVATE, 10222), (ALICE, 0)])
def test_the_profile_says_why_it_shows_nothing(account: Account | None, code: int) -> None:
    scope = state_of(profile_page(account), "__UNIVERSAL_DATA_FOR_REHYDRATION__")["__DEFAULT_SCOPE__"]

    assert scope["webapp.user-detail"]["statusCode"] == code
    assert ("userInfo" in scope["webapp.user-detail"]) is (code in {0, 10222})


def test_rooms_are_alive_or_not_in_the_order_asked() -> None:
    answer = alive([("101", ALICE), ("999", None), ("104", PRIVATE), *((it, None) for it in RUBBISH)])

    assert [(it["room_id_str"], it["alive"]) for it in answer["data"]] == [
        ("101", True),
        ("999", False),
        ("104", False),
    ]


def test_room_info_has_every_shape_of_address() -> None:
    urls = stream_urls("http://media.example/fr")
    data = json.loads(urls["live_core_sdk_data"]["pull_data"]["stream_data"])["data"]

    assert set(data) == {"ld", "sd", "hd", "uhd", "origin", "ao"}
    assert data["hd"]["main"]["flv"] == urls["flv_pull_url"]["HD1"] == "http://media.example/fr.flv?quality=hd"
    assert data["hd"]["main"]["hls"] == urls["hls_pull_url"] == "http://media.example/fr.m3u8?quality=hd"
    assert data["ao"]["main"]["flv"] == "http://media.example/fr/audio.flv"


def test_room_info_tells_the_live_and_ends_with_it() -> None:
    told = room_info(ALICE, "http://m/fr", viewers=42, likes=7)["data"]
    over = room_info(Account("alice", 11, 101, State.OFFLINE), "http://m/fr", viewers=0, likes=0)["data"]

    assert (told["user_count"], told["like_count"], told["owner"]["id_str"]) == (42, 7, "11")
    assert ("stream_url" in told, "stream_url" in over, over["status"]) == (True, False, 4)


def test_rooms_that_cannot_be_seen_tell_little() -> None:
    assert "prompts" in restricted_info()["data"]
    assert len(no_room_info()["data"]) == 1


@pytest.mark.parametrize(("asked", "left"), [(0, [20, 200, 1000]), (50, [0, 150, 950])])
def test_limits_shrink_with_every_request(asked: int, left: list[int]) -> None:
    limits = rate_limits(asked)

    assert [limits[name]["remaining"] for name in ("minute", "hour", "day")] == left
