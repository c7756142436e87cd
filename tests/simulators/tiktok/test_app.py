"""The addresses as any client sees them."""

from typing import Any

import httpx
import pytest

from vigie.simulators.tiktok import Account, Fault, Kind, Route, TikTokServer

EVERY_ADDRESS = [
    (Route.LIVE_PAGE, "@alice/live"),
    (Route.PROFILE, "@alice"),
    (Route.USER_ROOM, "api-live/user/room/?uniqueId=alice"),
    (Route.ALIVE, "webcast/room/check_alive/?room_ids=101,102"),
    (Route.INFO, "webcast/room/info/?room_id=101"),
    (Route.SIGN, "sign/webcast/fetch?room_id=101"),
    (Route.LIMITS, "sign/webcast/rate_limits?room_id=101"),
]


def get(server: TikTokServer, path: str) -> httpx.Response:
    return httpx.get(server.url(path), timeout=5)


@pytest.mark.parametrize(("route", "path"), EVERY_ADDRESS)
def test_every_request_is_written_down(server: TikTokServer, route: Route, path: str) -> None:
    answer = get(server, path)
    (asked,) = server.requests

    assert answer.status_code == 200
    assert (asked.route, asked.handles[0], asked.path) == (route, "alice", f"/{path.partition('?')[0]}")
    assert asked.query == dict(answer.request.url.params)
    assert asked.headers["host"] == server.url().split("/")[2]


@pytest.mark.parametrize(("route", "path"), EVERY_ADDRESS)
def test_every_answer_can_go_wrong_for_one_and_not_for_others(server: TikTokServer, route: Route, path: str) -> None:
    server.break_live("alice", Fault(Kind.REFUSE, frozenset({route}), times=1, status=502))
    others = path.replace("alice", "carol").replace("101,102", "103").replace("101", "103")

    assert [get(server, it).status_code for it in (others, path, path)] == [200, 502, 200]


def test_a_slow_answer_is_the_right_one(server: TikTokServer) -> None:
    server.break_all(Fault(Kind.SLOW, delay_s=0.01, times=1))

    assert get(server, "api-live/user/room/?uniqueId=alice").json()["data"]["user"]["roomId"] == "101"


def test_a_request_that_waits_is_written_down_at_once(server: TikTokServer) -> None:
    server.break_live("alice", Fault(Kind.SLOW, delay_s=30))
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(server.url("@alice/live"), timeout=0.2)

    assert [asked.route for asked in server.requests] == [Route.LIVE_PAGE]


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("api-live/user/room/?uniqueId=nobody", 200, {"message": "user_not_found"}),
        ("api-live/user/room/", 200, {"message": "user_not_found"}),
        ("webcast/room/info/?room_id=999", 200, {"status_code": 30003}),
        ("webcast/room/info/?room_id=104", 200, {"status_code": 30003}),
        ("webcast/room/info/?room_id=106", 200, {"status_code": 4003110}),
        ("webcast/room/info/?room_id=102", 200, {"status_code": 0}),
        ("webcast/room/check_alive/", 200, {"data": []}),
        ("sign/webcast/fetch?room_id=999", 404, {"code": 404}),
    ],
)
def test_who_is_not_there_is_told_in_the_platforms_way(
    server: TikTokServer, path: str, status: int, told: dict[str, Any]
) -> None:
    answer = get(server, path)

    assert answer.status_code == status
    assert {key: answer.json()[key] for key in told} == told


def test_who_is_logged_in_is_shown_a_live_for_adults(server: TikTokServer) -> None:
    address = server.url("webcast/room/info/?room_id=106")

    answer = httpx.get(address, cookies={"sessionid": "s"}, timeout=5).json()

    assert (answer["status_code"], "stream_url" in answer["data"]) == (0, True)


def test_the_signing_service_counts(server: TikTokServer) -> None:
    before = get(server, "sign/webcast/rate_limits").json()["minute"]["remaining"]
    get(server, "sign/webcast/fetch?room_id=101")

    assert get(server, "sign/webcast/rate_limits").json()["minute"]["remaining"] == before - 1


def test_without_media_the_addresses_are_its_own() -> None:
    server = TikTokServer()
    account = server.add(Account("dora"))
    with server:
        info = get(server, f"webcast/room/info/?room_id={account.room_id}").json()["data"]

        assert info["stream_url"]["rtmp_pull_url"] == server.url("pull/dora.flv?quality=origin")


def test_another_live_has_another_address(server: TikTokServer) -> None:
    server.go_offline("alice")
    room_id = server.go_live("alice")
    alive = get(server, f"webcast/room/check_alive/?room_ids=101,{room_id}").json()["data"]

    assert [it["alive"] for it in alive] == [False, True]


def test_the_room_info_counts_viewers_and_likes(server: TikTokServer) -> None:
    server.count_viewers("alice", 42)

    assert get(server, "webcast/room/info/?room_id=101").json()["data"]["user_count"] == 42
