"""What TikTok answers, read: shapes as of TikTokLive 7.0.1, and anything else."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.tiktok import parse
from vigie.adapters.tiktok.parse import Odd, Profile, RoomInfo
from vigie.ports import Airing, Sighting

MEDIA = "https://pull.example"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "user", "liveRoom", "id", "status", "roomId", "message", "alive", "stream_url", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def room_answer(status: object = 2, room: dict[str, Any] | None = None, **user: Any) -> dict[str, Any]:
    known = {"id": "61", "uniqueId": "Alba", "roomId": "71", "status": 4, **user}
    return {"data": {"user": known, "liveRoom": {"status": status, "title": "Bonsoir", **(room or {})}}, "message": ""}


def page(detail: object, script: str = 'id="__UNIVERSAL_DATA_FOR_REHYDRATION__" type="application/json"') -> str:
    state = json.dumps({"__DEFAULT_SCOPE__": {"webapp.user-detail": detail}})
    return f"<!doctype html><title>TikTok</title><script {script}>{state}</script>"


def packed(**streams: dict[str, str]) -> dict[str, Any]:
    data = json.dumps({"data": {name: {"main": urls} for name, urls in streams.items()}})
    return {"live_core_sdk_data": {"pull_data": {"stream_data": data}}}


# ── the room of a channel ──


def test_user_room_tells_all_there_is() -> None:
    room = {"liveRoomStats": {"userCount": 321}, "startTime": 1_790_000_000}

    assert parse.user_room("alba", room_answer(room=room)) == Sighting(
        asked="alba",
        airing=Airing.LIVE,
        platform_id="61",
        handle="alba",
        room_id="71",
        title="Bonsoir",
        viewers=321,
        started_at=datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("status", "airing", "reason", "room_id"),
    [
        (2, Airing.LIVE, "", "71"),
        (3, Airing.LIVE, "The live is paused.", "71"),
        (4, Airing.OFFLINE, "", ""),
        (0, Airing.UNKNOWN, "TikTok says status 0, whose meaning is not known.", ""),
        (7, Airing.UNKNOWN, "TikTok says status 7, whose meaning is not known.", ""),
        (None, Airing.OFFLINE, "", ""),
    ],
)
def test_user_room_takes_no_unknown_status_for_an_end(
    status: object, airing: Airing, reason: str, room_id: str
) -> None:
    seen = parse.user_room("alba", room_answer(status))

    assert seen is not None
    assert (seen.airing, seen.reason, seen.room_id, seen.is_permanent) == (airing, reason, room_id, False)


def test_user_room_of_a_private_account_is_permanently_unknown() -> None:
    seen = parse.user_room("alba", room_answer(4, secret=True))

    assert seen is not None
    assert (seen.airing, seen.is_permanent) == (Airing.UNKNOWN, True)


def test_user_room_of_a_private_account_that_shows_its_live_is_live() -> None:
    seen = parse.user_room("alba", room_answer(2, secret=True))

    assert seen is not None
    assert (seen.airing, seen.is_permanent) == (Airing.LIVE, False)


def test_user_room_of_nobody_is_none() -> None:
    assert parse.user_room("x", {"data": {}, "message": "user_not_found", "statusCode": 19881007}) is None


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"data": []},
        {"data": {}, "message": "something new"},
        {"data": {"user": {"id": "61"}}},
        {"data": {"liveRoom": {"status": 4}}},
        room_answer(2, roomId=""),
        room_answer(2, roomId="0"),
        room_answer(2, roomId="../72"),
        {"data": {"user": {"id": "61", "status": "4"}, "liveRoom": {"status": "2"}}},
    ],
)
def test_user_room_takes_nothing_else_for_an_answer(answer: object) -> None:
    with pytest.raises(Odd):
        parse.user_room("alba", answer)


@pytest.mark.parametrize("started", [0, -5, 10**18, "soon", None, True])
def test_user_room_forgets_a_beginning_that_is_none(started: object) -> None:
    seen = parse.user_room("alba", room_answer(room={"startTime": started}))

    assert seen is not None
    assert seen.started_at is None


@given(JSON)
def test_user_room_of_anything_is_a_sighting_or_odd(answer: object) -> None:
    try:
        seen = parse.user_room("alba", answer)
    except Odd:
        return
    assert seen is None or seen.platform_id


# ── many rooms ──


def test_alive_tells_each_room() -> None:
    answer = {"data": [{"alive": True, "room_id_str": "71"}, {"alive": False, "room_id": 72}, {"alive": 1}, None]}

    assert parse.alive(answer) == {"71": True, "72": False}


@pytest.mark.parametrize("answer", [None, {}, {"data": {}}, {"data": None}, []])
def test_alive_takes_nothing_else_for_an_answer(answer: object) -> None:
    with pytest.raises(Odd):
        parse.alive(answer)


@given(JSON)
def test_alive_of_anything_is_rooms_or_odd(answer: object) -> None:
    try:
        rooms = parse.alive(answer)
    except Odd:
        return
    assert all(type(is_alive) is bool for is_alive in rooms.values())


# ── profiles ──


@pytest.mark.parametrize(
    ("detail", "profile"),
    [
        (
            {"statusCode": 0, "userInfo": {"user": {"id": "61", "uniqueId": "Alba"}}},
            Profile("", "alba", "61"),
        ),
        ({"userInfo": {"user": {"id": 61, "uniqueId": "alba"}}}, Profile("", "alba", "61")),
        ({"statusCode": 10202}, Profile("TikTok knows no such account.")),
        ({"statusCode": 10221}, Profile("TikTok banned this account.")),
        (
            {"statusCode": 10222, "userInfo": {"user": {"id": "61", "uniqueId": "alba"}}},
            Profile("This account is private: TikTok shows its lives to nobody else.", "alba", "61"),
        ),
    ],
)
def test_profile_says_who_or_why_not(detail: dict[str, Any], profile: Profile) -> None:
    assert parse.profile(page(detail)) == profile


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ("", "something else than a profile"),
        ("<p>Have a cup of tea</p>", "something else than a profile"),
        (page({"statusCode": 0}), "something else than a profile"),
        (page(None), "something else than a profile"),
        (page({"statusCode": 10999}), r"no profile \(code 10999\)"),
        (page({"statusCode": 0}, script='id="SIGI_STATE"'), "something else than a profile"),
        ('<script id="__UNIVERSAL_DATA_FOR_REHYDRATION__">{oops</script>', "something else than a profile"),
    ],
)
def test_profile_takes_nothing_else_for_one(shown: str, reason: str) -> None:
    with pytest.raises(Odd, match=reason):
        parse.profile(shown)


# ── everything about a room ──

AO = {"flv": f"{MEDIA}/ao.flv", "hls": ""}
LD = {"flv": f"{MEDIA}/ld.flv", "hls": f"{MEDIA}/ld.m3u8"}
HD = {"flv": "", "hls": f"{MEDIA}/hd.m3u8"}
UHD = {"flv": f"{MEDIA}/uhd.flv", "hls": ""}


@pytest.mark.parametrize(
    ("streams", "sound", "picture"),
    [
        (packed(ao=AO, ld=LD, hd=HD), "/ao.flv", "/ld.flv"),
        (packed(hd=HD, ld=LD), "/ld.flv", "/ld.flv"),
        (packed(hd=HD), "/hd.m3u8", "/hd.m3u8"),
        (
            {"flv_pull_url": {"FULL_HD1": f"{MEDIA}/full.flv", "SD1": f"{MEDIA}/sd1.flv"}},
            "/sd1.flv",
            "/sd1.flv",
        ),
        ({"hls_pull_url": f"{MEDIA}/hls.m3u8", "rtmp_pull_url": "rtmp://x"}, "/hls.m3u8", "/hls.m3u8"),
        ({**packed(hd=HD), "flv_pull_url": {"SD1": f"{MEDIA}/sd1.flv"}}, "/hd.m3u8", "/hd.m3u8"),
    ],
)
def test_room_info_names_the_smallest_stream(streams: dict[str, Any], sound: str, picture: str) -> None:
    answer = {"data": {"status": 2, "title": "Bonsoir", "stream_url": streams}, "status_code": 0}

    assert parse.room_info(answer) == RoomInfo(url=MEDIA + sound, title="Bonsoir")
    assert parse.room_info(answer, wants_picture=True) == RoomInfo(url=MEDIA + picture, title="Bonsoir")


@pytest.mark.parametrize(
    ("streams", "shown"),
    [
        (packed(ao=AO, ld=LD, hd=HD), "/hd.m3u8"),
        (packed(ao=AO, ld=LD, uhd=UHD), "/ld.flv"),
        (packed(ao=AO, uhd=UHD), "/uhd.flv"),
        ({"flv_pull_url": {"FULL_HD1": f"{MEDIA}/full.flv", "SD1": f"{MEDIA}/sd1.flv"}}, "/sd1.flv"),
        ({"flv_pull_url": {"HD1": f"{MEDIA}/hd1.flv", "SD1": f"{MEDIA}/sd1.flv"}}, "/hd1.flv"),
        ({"hls_pull_url": f"{MEDIA}/hls.m3u8"}, "/hls.m3u8"),
    ],
)
def test_room_info_names_the_stream_that_is_fit_for_clips(streams: dict[str, Any], shown: str) -> None:
    answer = {"data": {"status": 2, "title": "Bonsoir", "stream_url": streams}, "status_code": 0}

    for wants_picture in (False, True):
        found = parse.room_info(answer, wants_picture=wants_picture, with_packets=True)
        assert found == RoomInfo(url=MEDIA + shown, title="Bonsoir")


@pytest.mark.parametrize(
    ("said", "owner_id"),
    [
        ({"owner": {"id": 61, "id_str": "61"}}, "61"),
        ({"owner_user_id_str": "61"}, "61"),
        ({"owner": {"id_str": None}, "owner_user_id_str": []}, ""),
        ({}, ""),
    ],
)
def test_room_info_says_whose_broadcast_it_is(said: dict[str, Any], owner_id: str) -> None:
    streams = {"hls_pull_url": "https://pull.example/a.m3u8"}

    assert parse.room_info({"data": {"status": 2, "stream_url": streams, **said}}).owner_id == owner_id


@pytest.mark.parametrize(
    ("answer", "info"),
    [
        ({"data": {"status": 4}, "status_code": 0}, RoomInfo(is_over=True)),
        ({"data": {"message": "room does not exist"}, "status_code": 30003}, RoomInfo(is_missing=True)),
        ({"data": {"prompts": "Log in", "message": ""}, "status_code": 4003110}, RoomInfo(is_restricted=True)),
        ({"data": {"prompts": "Log in"}}, RoomInfo(is_restricted=True)),
    ],
)
def test_room_info_says_why_there_is_no_stream(answer: object, info: RoomInfo) -> None:
    assert parse.room_info(answer) == info


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"data": {}, "status_code": 0},
        {"data": {"message": ""}},
        {"data": {"status": 2, "stream_url": {}}},
        {"data": {"status": 2, "stream_url": packed(ld={"flv": "file:///etc/passwd"})}},
        {"data": {"status": 2, "stream_url": {"hls_pull_url": 5, "live_core_sdk_data": "x"}}},
        {"data": {"status": 2, "stream_url": {"live_core_sdk_data": {"pull_data": {"stream_data": "{"}}}}},
    ],
)
def test_room_info_takes_a_block_neither_for_an_end_nor_for_an_age(answer: object) -> None:
    with pytest.raises(Odd):
        parse.room_info(answer)


@given(JSON)
def test_room_info_of_anything_is_known_or_odd(answer: object) -> None:
    try:
        info = parse.room_info(answer)
    except Odd:
        return
    assert info.url or info.is_over or info.is_missing or info.is_restricted
