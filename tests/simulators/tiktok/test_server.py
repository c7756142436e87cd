"""The unmodified TikTokLive client against the simulator."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from vigie.simulators.tiktok import (
    Account,
    Caption,
    Fault,
    Follow,
    Gift,
    Join,
    Kind,
    Like,
    MessageKind,
    Removal,
    Role,
    Route,
    Share,
    State,
    TikTokServer,
    ViewerCount,
    viewer,
)

Watch = Callable[..., Any]
ROSE = Gift(viewer(3), streak=9)


async def outcome(work: Awaitable[Any]) -> str:
    """Return the name of the error that something ends with, `NoneType` for none."""
    task = asyncio.ensure_future(work)
    await asyncio.wait([task], timeout=10)
    return type(task.exception()).__name__


def routes(server: TikTokServer) -> list[str]:
    return [asked.route.value for asked in server.requests]


# ── what the client hears ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_comment_comes_with_its_id_its_time_and_its_author(server: TikTokServer, watch: Watch) -> None:
    alice = watch("@alice")
    await alice.connect("CommentEvent")
    at = datetime(2026, 11, 21, 20, 0, 0, 250_000, tzinfo=UTC)
    server.say("alice", "bonjour à tous", viewer=viewer(7, Role.MODERATOR), message_id=5, at=at)

    (comment,) = await alice.heard("CommentEvent")
    assert (comment.user.display_id, comment.user.id, comment.content) == (
        "viewer7",
        viewer(7).user_id,
        "bonjour à tous",
    )
    assert (comment.common.msg_id, comment.common.room_id) == (5, 101)
    assert comment.common.create_time == at.timestamp() * 1000
    assert comment.user_identity.is_moderator_of_anchor


async def test_every_sort_of_happening_is_an_event_of_the_client(server: TikTokServer, watch: Watch) -> None:
    alice = watch("alice")
    names = ["LikeEvent", "JoinEvent", "FollowEvent", "ShareEvent", "RoomUserSeqEvent", "CaptionEvent", "ImDeleteEvent"]
    await alice.connect(*names)
    somebody = viewer(4)
    server.publish(
        "alice",
        Like(somebody, 5, 500),
        Join(somebody, 7),
        Follow(somebody, 1201),
        Share(somebody, 3),
        ViewerCount(1234, 9999),
        Caption("bonsoir", duration_ms=1500),
        Removal((5,), (6,)),
    )

    like, join, follow, share, viewers, caption, removal = await alice.heard(*names)
    assert (like.count, like.total, join.member_count) == (5, 500, 7)
    assert (follow.follow_count, share.share_count, follow.user.display_id) == (1201, 3, "viewer4")
    assert (viewers.total, viewers.total_user) == (1234, 9999)
    assert (caption.content[0].content, caption.content[0].lang, caption.duration_ms) == ("bonsoir", "fr", 1500)
    assert (removal.delete_msg_ids, removal.delete_user_ids) == ([5], [6])


async def test_a_streak_of_gifts_streaks_until_its_end(server: TikTokServer, watch: Watch) -> None:
    alice = watch("alice")
    await alice.connect("GiftEvent")
    server.gift("alice", replace(ROSE, count=3), steps=(1, 2, 3))

    gifts = await alice.heard(*["GiftEvent"] * 4)
    assert [(gift.repeat_count, gift.streaking) for gift in gifts] == [(1, True), (2, True), (3, True), (3, False)]
    assert {(gift.gift.name, gift.gift.diamond_count, gift.group_id) for gift in gifts} == {("Rose", 1, 9)}


async def test_a_dear_gift_never_streaks(server: TikTokServer, watch: Watch) -> None:
    alice = watch("alice")
    await alice.connect("GiftEvent")
    server.gift("alice", Gift(viewer(3), "Galaxy", 11046, 1000, is_streakable=False))

    (gift,) = await alice.heard("GiftEvent")
    assert (gift.streaking, gift.gift.diamond_count) == (False, 1000)


async def test_a_live_is_paused_resumed_and_ended(server: TikTokServer, watch: Watch) -> None:
    alice = watch("alice")
    await alice.connect("LivePauseEvent", "LiveUnpauseEvent", "LiveEndEvent", "DisconnectEvent")
    server.pause("alice")
    server.resume("alice")
    server.go_offline("alice")

    await alice.heard("LivePauseEvent", "LiveUnpauseEvent", "LiveEndEvent", "DisconnectEvent")
    assert server.account("alice").state is State.OFFLINE


async def test_an_audience_goes_by_itself(server: TikTokServer, watch: Watch) -> None:
    alice = watch("alice")
    await alice.connect("CommentEvent")
    server.animate("alice", 50)

    (comment, *_) = await alice.news()
    assert comment.content


# ── what the client asks ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_start_costs_four_requests(server: TikTokServer, watch: Watch) -> None:
    await watch("alice").connect()

    assert routes(server) == ["live_page", "alive", "sign", "push"]
    assert {asked.handles for asked in server.requests} == {("alice",)}
    sign = server.requests[2]
    assert (sign.headers["x-api-key"], sign.query["client"], sign.query["room_id"]) == ("key", "ttlive-python", "101")
    assert "session_id" not in sign.query


async def test_a_known_room_costs_two(server: TikTokServer, watch: Watch) -> None:
    alice = watch("alice")
    await alice.connect(room_id=101, fetch_live_check=False)

    assert routes(server) == ["sign", "push"]


async def test_many_rooms_are_checked_at_once(server: TikTokServer, watch: Watch) -> None:
    alive = await watch("alice").client.web.fetch_is_live.fetch_is_live_room_ids(101, 102, 103, 999)

    assert alive == [True, False, True, False]
    assert [(asked.route, asked.handles) for asked in server.requests] == [(Route.ALIVE, ("alice", "bob", "carol"))]


@pytest.mark.parametrize(("handle", "is_live"), [("alice", True), ("bob", False), ("carol", True)])
async def test_a_client_can_ask_whether_somebody_is_live(watch: Watch, handle: str, *, is_live: bool) -> None:
    assert await watch(handle).client.is_live() is is_live


async def test_room_info_says_where_the_media_is(watch: Watch) -> None:
    alice = watch("alice")
    await alice.connect(fetch_room_info=True)

    info = alice.client.room_info
    assert (info["title"], info["owner"]["display_id"], info["status"]) == ("Cuisine du soir", "alice", 2)
    assert info["stream_url"]["flv_pull_url"]["HD1"] == "http://media.example/alice.flv?quality=hd"


@pytest.mark.parametrize(
    ("handle", "options", "error"),
    [
        ("bob", {}, "UserOfflineError"),
        ("prive", {}, "UserOfflineError"),
        ("banni", {}, "UserNotFoundError"),
        ("nobody", {}, "UserNotFoundError"),
        ("adulte", {"fetch_room_info": True}, "AgeRestrictedError"),
    ],
)
async def test_who_cannot_be_watched_is_an_error_of_the_client(
    watch: Watch, handle: str, options: dict[str, Any], error: str
) -> None:
    assert await outcome(watch(handle).start(**options)) == error


async def test_a_renamed_account_is_found_by_its_number(server: TikTokServer, watch: Watch) -> None:
    server.rename("alice", "alice.cuisine")
    with pytest.raises(Exception, match="not capable of going LIVE"):
        await watch("alice").start()
    found = watch("11", is_user_id=True)
    await found.connect()

    assert (found.client.unique_id, found.client.room_id) == ("alice.cuisine", 101)


def test_a_former_handle_can_lead_to_the_new_one(server: TikTokServer) -> None:
    server.rename("alice", "alice.cuisine", redirects=True)
    answers = [httpx.get(server.url(path), timeout=5) for path in ("@alice/live", "@alice")]

    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [
        (301, "/@alice.cuisine/live"),
        (301, "/@alice.cuisine"),
    ]


# ── what goes wrong ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fault", "error", "told"),
    [
        (Fault(Kind.CLOSE, code=1011), "ConnectionClosedError", []),
        (Fault(Kind.RESET), "ConnectionClosedError", []),
        (Fault(Kind.CLOSE, code=1000), "NoneType", ["DisconnectEvent"]),
    ],
)
async def test_a_broken_connection_ends_the_task_and_only_a_good_one_is_told(
    server: TikTokServer, watch: Watch, fault: Fault, error: str, told: list[str]
) -> None:
    alice = watch("alice")
    await alice.connect("DisconnectEvent")
    server.break_live("alice", fault)

    assert await outcome(alice.task) == error
    await alice.heard(*told)


async def test_the_signing_service_says_when_to_come_back(server: TikTokServer, tiktoklive: Any, watch: Watch) -> None:
    server.break_all(Fault(Kind.REFUSE, status=429, reset_s=7, times=1))
    alice = watch("alice")
    with pytest.raises(tiktoklive.client.errors.SignatureRateLimitError) as raised:
        await alice.start()
    assert raised.value.retry_after == 7

    await alice.connect()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Kind.REFUSE, status=429, is_bare=True), "TypeError"),
        (Fault(Kind.REFUSE, status=500), "SignAPIError"),
        (Fault(Kind.EMPTY, frozenset({Route.SIGN})), "SignAPIError"),
        (Fault(Kind.HTML, frozenset({Route.SIGN})), "SignAPIError"),
        (Fault(Kind.CAPTCHA), "JSONDecodeError"),
        (Fault(Kind.EMPTY, frozenset({Route.LIVE_PAGE, Route.USER_ROOM})), "JSONDecodeError"),
        (Fault(Kind.GIBBERISH, frozenset({Route.ALIVE})), "MissingRoomIdInResponse"),
        (Fault(Kind.RESTRICT), "AgeRestrictedError"),
    ],
)
async def test_bad_answers_are_errors_of_the_client(
    server: TikTokServer, watch: Watch, fault: Fault, error: str
) -> None:
    server.break_live("alice", fault)

    assert await outcome(watch("alice").start(fetch_room_info=True)) == error


async def test_a_refused_handshake_is_told(server: TikTokServer, watch: Watch) -> None:
    server.break_live("alice", Fault(Kind.REFUSE, frozenset({Route.PUSH}), status=200))
    alice = watch("alice")
    await alice.start()
    with pytest.raises(Exception, match="illegal secret key"):
        await alice.task


@pytest.mark.parametrize("kind", [Kind.PLAIN, Kind.UNKNOWN, Kind.BROKEN])
async def test_comments_come_through_what_only_disturbs(server: TikTokServer, watch: Watch, kind: Kind) -> None:
    alice = watch("alice")
    await alice.connect("CommentEvent")
    server.break_live("alice", Fault(kind))
    server.say("alice", "un")
    server.say("alice", "deux")

    comments = await alice.heard("CommentEvent", "CommentEvent")
    assert [comment.content for comment in comments] == ["un", "deux"]


@pytest.mark.parametrize(("kind", "error"), [(Kind.CORRUPT, "BadGzipFile"), (Kind.GARBAGE, "ValueError")])
async def test_spoiled_frames_are_too_much_for_the_client(
    server: TikTokServer, watch: Watch, kind: Kind, error: str
) -> None:
    alice = watch("alice")
    await alice.connect()
    server.break_live("alice", Fault(kind, times=1))
    server.say("alice", "un")

    assert await outcome(alice.task) == error


async def test_duplicates_and_a_replay_have_the_ids_they_had(server: TikTokServer, watch: Watch) -> None:
    first = server.say("alice", "un")
    server.break_live("alice", Fault(Kind.REPLAY))
    server.break_live("alice", Fault(Kind.DUPLICATE))
    alice = watch("alice")
    await alice.connect("CommentEvent")
    second = server.say("alice", "deux")

    comments = await alice.heard(*["CommentEvent"] * 3)
    assert [comment.common.msg_id for comment in comments] == [first, second, second]


async def test_the_last_six_comments_come_first_told_to_be_history(server: TikTokServer, watch: Watch) -> None:
    said = [server.say("alice", f"{n}") for n in range(8)]
    alice = watch("alice")
    await alice.connect("CommentEvent")
    later = server.say("alice", "direct")

    comments = await alice.heard(*["CommentEvent"] * 7)
    assert [comment.common.msg_id for comment in comments] == [*said[2:], later]
    assert [it.is_history for it in server.delivered("alice")] == [True] * 6 + [False]


# ── the books ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_book_of_deliveries_is_what_the_client_received(server: TikTokServer, watch: Watch) -> None:
    alice, bob = watch("alice"), watch("carol")
    await alice.connect("CommentEvent", "GiftEvent")
    await bob.connect("CommentEvent")
    for number in range(20):
        server.say("alice", f"{number}")
    server.say("carol", "ailleurs")
    server.gift("alice", ROSE)

    received = await alice.heard(*["CommentEvent"] * 20, "GiftEvent")
    delivered = server.delivered("alice")
    assert [it.message_id for it in delivered] == [it.common.msg_id for it in received]
    assert {it.kind for it in delivered} == {MessageKind.COMMENT, MessageKind.GIFT}
    assert [it.message_id for it in server.delivered("carol")] == [
        it.common.msg_id for it in await bob.heard("CommentEvent")
    ]


def test_an_account_has_ids_of_its_own(server: TikTokServer) -> None:
    first, second = server.add(Account("dora")), server.add(Account("emil"))

    assert len({first.user_id, second.user_id, first.room_id, second.room_id}) == 4
    with pytest.raises(ValueError, match="@Dora is taken"):
        server.add(Account("Dora"))
    with pytest.raises(ValueError, match="@emil is taken"):
        server.rename("dora", "emil")
    with pytest.raises(KeyError):
        server.say("nobody", "")


def test_another_live_has_another_room(server: TikTokServer) -> None:
    server.go_offline("alice", is_told=False)
    room_id = server.go_live("alice")

    assert room_id == server.account("alice").room_id != 101
    assert server.account("alice").state is State.LIVE
