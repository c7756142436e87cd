"""What is heard of a room: on the simulated TikTok, and on a push server that does what no simulator should."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.adapters.gates import ClosedGate, FreeGate
from tests.adapters.tiktok.simulated import adapter, asked_for, entered, room_of, until
from vigie.events import (
    ActivityKind,
    ActivityReceived,
    AudienceCounted,
    Badge,
    CaptionSpoken,
    MessagesRemoved,
    RoomEnded,
    RoomItem,
    RoomOpened,
    RoomPaused,
)
from vigie.ports import Handle, NotLive, PortError, Room
from vigie.simulators.tiktok.accounts import Account, State
from vigie.simulators.tiktok.faults import Fault, Kind, Route
from vigie.simulators.tiktok.happenings import (
    Action,
    Caption,
    Comment,
    Control,
    Follow,
    Gift,
    Join,
    Like,
    Removal,
    Role,
    Share,
    viewer,
)
from vigie.simulators.tiktok.server import TikTokServer


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    with TikTokServer() as server:
        server.add(Account("alba", user_id=61, room_id=71))
        server.add(Account("bruno", state=State.OFFLINE))
        yield server


def texts(items: list[RoomItem]) -> list[str]:
    return [item.text for item in items if isinstance(item, ActivityReceived)]


async def test_room_that_is_known_costs_one_request(server: TikTokServer) -> None:
    gate = FreeGate()

    async with adapter(server, gate) as tiktok:
        items = tiktok.chat.chat(room_of(server, "alba"))
        assert await anext(items) == RoomOpened("71")
        await items.aclose()

    assert asked_for(server) == ["sign", "push"]
    assert gate.keys == ["tiktok.sign"]


async def test_room_that_is_not_known_is_found(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        items = tiktok.chat.chat(room_of(server, "alba", is_known=False))
        assert await anext(items) == RoomOpened("71")
        await items.aclose()

    assert asked_for(server) == ["user_room", "sign", "push"]


async def test_everything_that_happens_is_told_in_order(server: TikTokServer) -> None:
    somebody = viewer(5, Role.MODERATOR)

    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        said = server.say("alba", "bonjour 🎉", viewer=somebody)
        server.gift("alba", Gift(somebody, diamonds=5, count=3), steps=(1, 2))
        server.publish("alba", Like(somebody, 15, 900), Join(somebody), Follow(somebody), Share(somebody))
        server.count_viewers("alba", 321)
        server.publish("alba", Caption("Bonsoir", is_final=True), Removal((said,)))
        server.pause("alba")
        server.resume("alba")
        server.go_offline("alba")
        heard = await until(items, RoomEnded)
        assert [item async for item in items] == []

    done = [item for item in heard if isinstance(item, ActivityReceived)]
    assert [(item.kind, item.text, item.count, item.value) for item in done] == [
        (ActivityKind.MESSAGE, "bonjour 🎉", 1, 0),
        (ActivityKind.GIFT, "Rose", 3, 15),
        (ActivityKind.LIKE, "", 15, 0),
        (ActivityKind.JOIN, "", 1, 0),
        (ActivityKind.FOLLOW, "", 1, 0),
        (ActivityKind.SHARE, "", 1, 0),
    ]
    assert {item.chatter.login for item in done} == {"viewer5"}
    assert Badge.MODERATOR in done[0].chatter.badges
    assert done[0].message_id == str(said)
    assert datetime.now(UTC) - done[0].at < timedelta(minutes=1)
    others = [item for item in heard if not isinstance(item, ActivityReceived)]
    assert [type(item) for item in others] == [
        *(AudienceCounted, AudienceCounted, CaptionSpoken, MessagesRemoved),
        *(RoomPaused, RoomPaused, RoomEnded),
    ]
    assert [getattr(item, "viewers", None) for item in others[:2]] == [None, 321]
    assert [getattr(item, "is_paused", None) for item in others[4:6]] == [True, False]


@pytest.mark.parametrize(
    ("action", "reason"),
    [(Action.ENDED, "The live was ended."), (Action.SUSPENDED, "TikTok suspended the live.")],
)
async def test_end_tells_its_reason(server: TikTokServer, action: Action, reason: str) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        server.go_offline("alba", action=action)
        (ended,) = await until(items, RoomEnded)

    assert isinstance(ended, RoomEnded)
    assert ended.reason == reason


async def test_room_that_is_over_already_ends_at_once(server: TikTokServer) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "bruno")) as items:
        assert isinstance((await until(items, RoomEnded))[-1], RoomEnded)


async def test_every_frame_is_acknowledged(server: TikTokServer) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        for number in range(5):
            server.say("alba", str(number))
        server.go_offline("alba")
        await until(items, RoomEnded)

    assert [it.message_id for it in server.acknowledged("alba")] == [it.message_id for it in server.delivered("alba")][
        : len(server.acknowledged("alba"))
    ]
    assert len(server.acknowledged("alba")) >= 5


async def test_frame_is_acknowledged_once_it_was_taken(server: TikTokServer) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        server.publish("alba", Comment(viewer(1), "taken"), Comment(viewer(1), "left"))
        assert texts([await anext(items)]) == ["taken"]

    assert server.acknowledged("alba") == []


async def test_what_comes_with_the_end_is_told_before_it(server: TikTokServer) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        server.publish("alba", Control(Action.ENDED), Comment(viewer(1), "bye"))
        heard = [item async for item in items]

    assert [type(item) for item in heard] == [ActivityReceived, RoomEnded]


async def test_history_is_told_as_such(server: TikTokServer) -> None:
    server.say("alba", "before")

    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        server.say("alba", "after")
        before, after = [await anext(items), await anext(items)]

    assert isinstance(before, ActivityReceived)
    assert isinstance(after, ActivityReceived)
    assert [(item.text, item.is_history) for item in (before, after)] == [("before", True), ("after", False)]


async def test_replay_that_is_not_told_to_be_history_is_history_all_the_same(server: TikTokServer) -> None:
    server.say("alba", "an hour ago", at=datetime.now(UTC) - timedelta(hours=1))
    server.break_live("alba", Fault(Kind.REPLAY))

    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        told = await anext(items)

    assert isinstance(told, ActivityReceived)
    assert (told.text, told.is_history) == ("an hour ago", True)


@pytest.mark.parametrize("kind", [Kind.PLAIN, Kind.UNKNOWN, Kind.BROKEN, Kind.CORRUPT, Kind.GARBAGE, Kind.DUPLICATE])
async def test_faulty_frames_lose_nothing_and_repeat_nothing(server: TikTokServer, kind: Kind) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        server.break_live("alba", Fault(kind))
        for number in range(10):
            server.say("alba", f"say {number}")
        server.mend("alba")
        server.go_offline("alba")
        heard = await until(items, RoomEnded)

    assert texts(heard) == [f"say {number}" for number in range(10)]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(Kind.CLOSE, code=1011), r"closed the connection \(code 1011\)"),
        (Fault(Kind.CLOSE, code=1000), r"closed the connection \(code 1000\)"),
        (Fault(Kind.RESET), r"closed the connection \(code none\)"),
    ],
)
async def test_connection_that_breaks_is_told_and_may_be_opened_anew(
    server: TikTokServer, fault: Fault, message: str
) -> None:
    async with adapter(server) as tiktok:
        async with entered(tiktok, room_of(server, "alba")) as items:
            server.say("alba", "before")
            assert texts([await anext(items)]) == ["before"]
            server.break_live("alba", fault)
            with pytest.raises(PortError, match=message) as raised:
                await anext(items)
        async with entered(tiktok, room_of(server, "alba")) as again:
            told = await anext(again)

    assert (raised.value.retryable, raised.value.permanent) == (True, False)
    assert texts([told]) == ["before"]
    assert asked_for(server) == ["sign", "push", "sign", "push"]


async def test_silent_connection_has_stalled(server: TikTokServer) -> None:
    async with adapter(server, stall_s=0.5) as tiktok, entered(tiktok, room_of(server, "alba")) as items:
        server.break_live("alba", Fault(Kind.STALL))
        with pytest.raises(PortError, match=r"was silent for") as raised:
            await anext(items)

    assert raised.value.retryable


@pytest.mark.parametrize(
    ("fault", "message", "permanent"),
    [
        (Fault(Kind.REFUSE, status=401), "refuses the key", True),
        (Fault(Kind.REFUSE, status=403), "refuses the key", True),
        (Fault(Kind.REFUSE, status=404), "The signing service refuses", False),
        (Fault(Kind.REFUSE, status=503), "The signing service refuses", False),
        (Fault(Kind.REFUSE, status=429, is_bare=True), "HTTP 429", False),
        (Fault(Kind.HTML, routes=frozenset({Route.SIGN})), "something else than what was asked", False),
        (Fault(Kind.EMPTY, routes=frozenset({Route.SIGN})), "something else than what was asked", False),
        (Fault(Kind.GIBBERISH, routes=frozenset({Route.SIGN})), "something else than what was asked", False),
        (Fault(Kind.REFUSE, status=400, routes=frozenset({Route.PUSH})), "HTTP 400: illegal secret key", True),
        (Fault(Kind.REFUSE, status=200, routes=frozenset({Route.PUSH})), "HTTP 200: illegal secret key", True),
        (Fault(Kind.REFUSE, status=429, routes=frozenset({Route.PUSH})), "HTTP 429: illegal secret key", False),
        (Fault(Kind.REFUSE, status=503, routes=frozenset({Route.PUSH})), "HTTP 503: illegal secret key", False),
    ],
)
async def test_refusal_is_told(server: TikTokServer, fault: Fault, message: str, permanent: bool) -> None:  # noqa: FBT001 -- a column of the table
    server.break_all(fault)

    async with adapter(server) as tiktok:
        with pytest.raises(PortError, match=message) as raised:
            await anext(tiktok.chat.chat(room_of(server, "alba")))

    assert (raised.value.permanent, raised.value.retryable) == (permanent, not permanent)


async def test_quota_of_the_signing_service_tells_when_to_come_back(server: TikTokServer) -> None:
    gate = FreeGate()
    server.break_all(Fault(Kind.REFUSE, status=429, reset_s=600))

    async with adapter(server, gate) as tiktok:
        with pytest.raises(PortError) as raised:
            await anext(tiktok.chat.chat(room_of(server, "alba")))

    assert 590.0 < (raised.value.retry_after_s or 0.0) <= 600.0
    assert gate.left == [("tiktok.sign", raised.value)]


async def test_room_of_somebody_who_is_not_live_is_not_found(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        with pytest.raises(NotLive, match="@bruno: nothing is on air now"):
            await anext(tiktok.chat.chat(Room(Handle("bruno"), "")))


@pytest.mark.parametrize("room_id", ["none", "7 1", "71&session_id=x"])
async def test_room_that_is_no_number_is_refused(server: TikTokServer, room_id: str) -> None:
    async with adapter(server) as tiktok:
        with pytest.raises(PortError, match="no number of a TikTok room") as raised:
            await anext(tiktok.chat.chat(Room(Handle("alba"), room_id)))

    assert raised.value.permanent
    assert asked_for(server) == []


async def test_nothing_is_signed_through_a_closed_gate(server: TikTokServer) -> None:
    async with adapter(server, ClosedGate()) as tiktok:
        with pytest.raises(PortError, match="the breaker is open"):
            await anext(tiktok.chat.chat(room_of(server, "alba")))

    assert asked_for(server) == []


# ── closing ──


async def test_reader_that_is_cancelled_leaves_nothing_behind(server: TikTokServer) -> None:
    entered_room = asyncio.Event()

    async def read() -> None:
        async with adapter(server) as tiktok:
            async for _ in tiktok.chat.chat(room_of(server, "alba")):
                entered_room.set()

    before = asyncio.all_tasks()
    async with asyncio.timeout(20):
        reading = asyncio.create_task(read())
        await entered_room.wait()
    async with asyncio.timeout(1):
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    assert asyncio.all_tasks() == before


async def test_iterator_that_is_closed_leaves_nothing_behind(server: TikTokServer) -> None:
    before = asyncio.all_tasks()
    async with adapter(server) as tiktok:
        items = tiktok.chat.chat(room_of(server, "alba"))
        await anext(items)
        async with asyncio.timeout(1):
            await items.aclose()

    assert asyncio.all_tasks() == before


async def test_stalled_connection_is_closed_within_a_second(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        items = tiktok.chat.chat(room_of(server, "alba"))
        await anext(items)
        server.break_live("alba", Fault(Kind.STALL))
        async with asyncio.timeout(1):
            await items.aclose()
