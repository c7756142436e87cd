"""Which channels are on air, as the simulated TikTok tells it."""

from collections.abc import Iterator

import pytest

from tests.adapters.gates import ClosedGate, FreeGate
from tests.adapters.tiktok.simulated import adapter, asked_for
from vigie.adapters.tiktok.client import TikTok
from vigie.adapters.tiktok.probe import NOT_ASKED, RENAMED_EVERY
from vigie.ports import Airing, Handle, NotLive, PortError, Sighting
from vigie.simulators.tiktok.accounts import Account, Standing, State
from vigie.simulators.tiktok.faults import Fault, Kind, Route
from vigie.simulators.tiktok.server import TikTokServer


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    with TikTokServer() as server:
        server.add(Account("alba", user_id=61, room_id=71, title="Bonsoir"))
        server.add(Account("bruno", user_id=62, room_id=72, state=State.OFFLINE))
        server.add(Account("carla", user_id=63, room_id=73, state=State.PAUSED))
        yield server


async def sighted(tiktok: TikTok, *channels: Handle) -> list[tuple[str, Airing, str]]:
    return [(seen.asked, seen.airing, seen.room_id) for seen in await tiktok.probe.probe(channels)]


async def test_channel_that_is_not_known_costs_one_request(server: TikTokServer) -> None:
    gate = FreeGate()

    async with adapter(server, gate) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("alba")])

    assert seen == Sighting("alba", Airing.LIVE, platform_id="61", handle="alba", room_id="71", title="Bonsoir")
    assert asked_for(server) == ["user_room"]
    assert (gate.keys, gate.left) == (["tiktok"], [("tiktok", None)])


async def test_rooms_that_are_known_cost_one_request_together(server: TikTokServer) -> None:
    for number in range(20):
        server.add(Account(f"live{number}", room_id=800 + number))
    channels = [Handle(f"live{number}", room_id=str(800 + number)) for number in range(20)]

    async with adapter(server) as tiktok:
        seen = await sighted(tiktok, *channels)

    assert seen == [(channel.name, Airing.LIVE, channel.room_id) for channel in channels]
    assert asked_for(server) == ["alive"]


async def test_room_that_is_known_tells_nothing_of_its_viewers(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("alba", room_id="71")])

    assert (seen.airing, seen.viewers, seen.title, seen.started_at) == (Airing.LIVE, None, "", None)


async def test_each_channel_gets_its_sighting_in_order(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        seen = await sighted(tiktok, Handle("bruno", room_id="72"), Handle("alba", room_id="71"), Handle("carla"))

    assert seen == [("bruno", Airing.OFFLINE, ""), ("alba", Airing.LIVE, "71"), ("carla", Airing.LIVE, "73")]
    assert asked_for(server) == ["alive", "user_room", "user_room"]


async def test_next_broadcast_of_a_channel_is_seen(server: TikTokServer) -> None:
    server.go_live("bruno", room_id=99)

    async with adapter(server) as tiktok:
        assert await sighted(tiktok, Handle("bruno", room_id="72")) == [("bruno", Airing.LIVE, "99")]


async def test_pause_is_part_of_a_live(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("carla")])

    assert (seen.airing, seen.reason) == (Airing.LIVE, "The live is paused.")


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing.BANNED, "TikTok banned this account."),
        (Standing.PRIVATE, "This account is private: TikTok shows its lives to nobody else."),
    ],
)
async def test_account_that_shows_nothing_is_permanently_unknown(
    server: TikTokServer, standing: Standing, reason: str
) -> None:
    server.add(Account("hidden", user_id=64, standing=standing))

    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("hidden")])

    assert (seen.airing, seen.reason, seen.is_permanent) == (Airing.UNKNOWN, reason, True)


@pytest.mark.parametrize("channel", [Handle("nobody"), Handle("nobody", platform_id="404"), Handle("", "404")])
async def test_unknown_account_is_permanently_unknown(server: TikTokServer, channel: Handle) -> None:
    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([channel])

    assert (seen.airing, seen.reason, seen.is_permanent) == (Airing.UNKNOWN, "TikTok knows no such account.", True)


@pytest.mark.parametrize("name", ["with a space", "émoji🎉", "a&uniqueId=alba", "../alba", "alba?x=1", "x" * 65, ""])
async def test_name_that_nobody_can_have_is_not_asked_for(server: TikTokServer, name: str) -> None:
    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle(name)])

    assert (seen.asked, seen.airing, seen.is_permanent) == (name, Airing.UNKNOWN, True)
    assert seen.reason == "No account of TikTok can be named like this."
    assert asked_for(server) == []


async def test_age_restricted_live_is_live(server: TikTokServer) -> None:
    server.add(Account("adults", room_id=74, standing=Standing.AGE_RESTRICTED))

    async with adapter(server) as tiktok:
        assert await sighted(tiktok, Handle("adults")) == [("adults", Airing.LIVE, "74")]


@pytest.mark.parametrize("redirects", [True, False])
async def test_renamed_account_is_found_by_its_number(server: TikTokServer, redirects: bool) -> None:  # noqa: FBT001 -- a column of the table
    server.rename("alba", "alba_tv", redirects=redirects)

    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("alba", platform_id="61")])

    assert (seen.asked, seen.handle, seen.platform_id) == ("alba", "alba_tv", "61")
    assert (seen.airing, seen.room_id) == (Airing.LIVE, "71")
    assert asked_for(server) == ["user_room", "profile", "user_room"]


async def test_redirect_leads_to_the_new_name_where_the_number_is_not_known(server: TikTokServer) -> None:
    server.rename("alba", "alba_tv", redirects=True)

    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("alba")])

    assert (seen.handle, seen.airing) == ("alba_tv", Airing.LIVE)


async def test_handle_that_somebody_else_took_is_not_followed(server: TikTokServer) -> None:
    server.rename("alba", "alba_tv")
    server.add(Account("alba", user_id=69, state=State.OFFLINE))

    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("alba", platform_id="61")])

    assert (seen.platform_id, seen.handle, seen.airing) == ("61", "alba_tv", Airing.LIVE)


async def test_channel_can_be_asked_for_by_its_number_alone(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("", platform_id="61")])

    assert (seen.asked, seen.handle, seen.airing) == ("61", "alba", Airing.LIVE)


async def test_rename_during_a_live_is_noticed_after_some_looks(server: TikTokServer) -> None:
    alba, bruno = Handle("alba", "61", "71"), Handle("bruno")
    server.rename("alba", "alba_tv")

    async with adapter(server) as tiktok:
        handles = [(await tiktok.probe.probe([alba, bruno]))[0].handle for _ in range(2 * RENAMED_EVERY)]

    renamed = [number for number, handle in enumerate(handles, 1) if handle == "alba_tv"]
    assert renamed == [RENAMED_EVERY, 2 * RENAMED_EVERY]
    assert asked_for(server).count("profile") == 2


@pytest.mark.parametrize("state", [State.LIVE, State.OFFLINE])
async def test_look_for_another_name_ends_no_live_that_is_on_air(server: TikTokServer, state: State) -> None:
    server.rename("alba", "alba_tv")
    server.add(Account("alba", user_id=69, room_id=79, state=state))
    server.break_all(Fault(Kind.CAPTCHA, routes=frozenset({Route.PROFILE})))

    async with adapter(server) as tiktok:
        seen = [await sighted(tiktok, Handle("alba", "61", "71")) for _ in range(RENAMED_EVERY)]

    assert seen == [[("alba", Airing.LIVE, "71")]] * RENAMED_EVERY


async def test_room_that_is_over_is_counted_no_longer(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        await tiktok.probe.probe([Handle("alba", "61", "71")])
        server.go_offline("alba")
        await tiktok.probe.probe([Handle("alba", "61", "71")])

        assert tiktok.probe._looks == {}


async def test_number_that_is_somebody_elses_name_is_not_followed(server: TikTokServer) -> None:
    server.add(Account("404", user_id=65, room_id=75))

    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("nobody", platform_id="404")])

    assert (seen.airing, seen.platform_id, seen.room_id) == (Airing.UNKNOWN, "404", "")


@pytest.mark.parametrize("kind", [Kind.CAPTCHA, Kind.HTML, Kind.EMPTY, Kind.REFUSE])
async def test_block_is_told_when_nothing_could_be_asked(server: TikTokServer, kind: Kind) -> None:
    gate = FreeGate()
    server.break_all(Fault(kind, routes=frozenset({Route.USER_ROOM, Route.ALIVE, Route.PROFILE})))

    async with adapter(server, gate) as tiktok:
        with pytest.raises(PortError) as raised:
            await tiktok.probe.probe([Handle("alba", room_id="71"), Handle("bruno")])

    assert (raised.value.retryable, raised.value.permanent) == (True, False)
    assert len(server.requests) == 1
    assert gate.left == [("tiktok", raised.value.__cause__)]
    assert "TikTok" in str(raised.value)
    assert "://" not in str(raised.value)


@pytest.mark.parametrize("kind", [Kind.CAPTCHA, Kind.HTML, Kind.EMPTY, Kind.REFUSE, Kind.GIBBERISH])
async def test_trouble_with_a_channel_is_unknown_and_never_offline(server: TikTokServer, kind: Kind) -> None:
    server.break_live("bruno", Fault(kind, routes=frozenset({Route.USER_ROOM})))

    async with adapter(server) as tiktok:
        live, seen = await tiktok.probe.probe([Handle("alba", room_id="71"), Handle("bruno")])

    assert live.airing is Airing.LIVE
    assert (seen.asked, seen.airing, seen.is_permanent) == ("bruno", Airing.UNKNOWN, False)
    assert seen.reason


async def test_gibberish_about_rooms_is_asked_about_one_by_one(server: TikTokServer) -> None:
    server.break_all(Fault(Kind.GIBBERISH, routes=frozenset({Route.ALIVE})))

    async with adapter(server) as tiktok:
        assert await sighted(tiktok, Handle("alba", room_id="71")) == [("alba", Airing.LIVE, "71")]


async def test_one_channel_that_fails_stops_nothing(server: TikTokServer) -> None:
    server.break_live("bruno", Fault(Kind.CAPTCHA))

    async with adapter(server) as tiktok:
        seen = await sighted(tiktok, Handle("bruno"), Handle("alba"), Handle("bruno"), Handle("carla"))

    assert seen == [
        *[("bruno", Airing.UNKNOWN, ""), ("alba", Airing.LIVE, "71")],
        *[("bruno", Airing.UNKNOWN, ""), ("carla", Airing.LIVE, "73")],
    ]


async def test_probe_stops_asking_when_tiktok_has_had_enough(server: TikTokServer) -> None:
    server.add(Account("dora", room_id=74))
    server.add(Account("emma", room_id=75))
    for handle in ("bruno", "carla"):
        server.break_live(handle, Fault(Kind.CAPTCHA, routes=frozenset({Route.USER_ROOM})))

    async with adapter(server) as tiktok:
        asked = [Handle("alba"), Handle("bruno"), Handle("carla"), Handle("dora"), Handle("emma", room_id="75")]
        seen = await tiktok.probe.probe(asked)

    unknown = Airing.UNKNOWN
    assert [each.airing for each in seen] == [Airing.LIVE, unknown, unknown, unknown, Airing.LIVE]
    assert [each.reason.rpartition(": T")[2] for each in seen[1:3]] == ["ikTok asks whether a person is there."] * 2
    assert seen[3].reason == NOT_ASKED
    assert asked_for(server) == ["alive", "user_room", "user_room", "user_room"]


async def test_probe_stops_asking_when_it_is_told_to_wait(server: TikTokServer) -> None:
    server.break_live("bruno", Fault(Kind.REFUSE, status=429, reset_s=90, routes=frozenset({Route.USER_ROOM})))

    async with adapter(server) as tiktok:
        seen = await tiktok.probe.probe([Handle("alba"), Handle("bruno"), Handle("carla")])

    assert [each.airing for each in seen] == [Airing.LIVE, Airing.UNKNOWN, Airing.UNKNOWN]
    assert (seen[1].reason.startswith("TikTok refuses"), seen[2].reason) == (True, NOT_ASKED)
    assert asked_for(server) == ["user_room", "user_room"]


async def test_trouble_with_all_names_none_of_them(server: TikTokServer) -> None:
    server.break_all(Fault(Kind.CAPTCHA, routes=frozenset({Route.PROFILE})))

    async with adapter(server) as tiktok:
        with pytest.raises(PortError) as raised:
            await tiktok.probe.probe([Handle("nobody"), Handle("no_one"), Handle("none")])

    assert (str(raised.value), raised.value.retryable) == ("TikTok asks whether a person is there.", True)
    assert asked_for(server) == ["user_room", "profile"] * 2


async def test_rate_limit_tells_when_to_come_back(server: TikTokServer) -> None:
    server.break_all(Fault(Kind.REFUSE, status=429, reset_s=90, routes=frozenset({Route.USER_ROOM})))

    async with adapter(server) as tiktok:
        with pytest.raises(PortError) as raised:
            await tiktok.probe.probe([Handle("alba")])

    assert raised.value.retryable
    assert 80.0 < (raised.value.retry_after_s or 0.0) <= 90.0


async def test_captcha_in_place_of_a_profile_is_no_ban(server: TikTokServer) -> None:
    server.break_all(Fault(Kind.CAPTCHA, routes=frozenset({Route.PROFILE})))

    async with adapter(server) as tiktok:
        _, seen = await tiktok.probe.probe([Handle("alba"), Handle("nobody")])

    assert (seen.airing, seen.is_permanent) == (Airing.UNKNOWN, False)


@pytest.mark.parametrize("kind", [Kind.HTML, Kind.GIBBERISH])
async def test_page_that_is_no_profile_is_no_ban(server: TikTokServer, kind: Kind) -> None:
    server.break_all(Fault(kind, routes=frozenset({Route.PROFILE})))

    async with adapter(server) as tiktok:
        (seen,) = await tiktok.probe.probe([Handle("nobody")])

    assert (seen.airing, seen.is_permanent) == (Airing.UNKNOWN, False)
    assert seen.reason == "TikTok shows something else than a profile."


async def test_nothing_is_sent_through_a_closed_gate(server: TikTokServer) -> None:
    async with adapter(server, ClosedGate()) as tiktok:
        with pytest.raises(PortError, match="the breaker is open"):
            await tiktok.probe.probe([Handle("alba")])

    assert asked_for(server) == []


async def test_nobody_is_asked_about_without_channels(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        assert await tiktok.probe.probe([]) == []

    assert asked_for(server) == []


async def test_find_tells_the_room_or_why_there_is_none(server: TikTokServer) -> None:
    async with adapter(server) as tiktok:
        assert await tiktok.probe.find(Handle("alba")) == "71"
        with pytest.raises(NotLive, match="@bruno: nothing is on air now"):
            await tiktok.probe.find(Handle("bruno"))
        with pytest.raises(PortError, match="knows no such account") as raised:
            await tiktok.probe.find(Handle("nobody"))

    assert raised.value.permanent
