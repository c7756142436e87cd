"""Which channels are on air, as Twitch itself tells."""

import pytest

from tests.adapters.twitch.twitch import CHANNEL, Asker, settings
from vigie.adapters.twitch.client import BANNED, GONE, NOT_A_NAME, TwitchProbe
from vigie.ports import Airing, Handle, PortError
from vigie.simulators.twitch import Fault, Kind, TwitchServer, TwitchUser


def people(server: TwitchServer, count: int, *, live: int = 0) -> list[Handle]:
    """Let there be `count` channels, the first `live` of them on air."""
    users = [TwitchUser(str(10_000 + number), f"streamer{number}") for number in range(count)]
    for user in users:
        server.add(user)
    for user in users[:live]:
        server.go_live(user.login)
    return [Handle(user.login, user.user_id) for user in users]


async def test_a_live_is_told_with_what_is_known_of_it(server: TwitchServer, asker: Asker) -> None:
    stream_id = server.go_live(CHANNEL.login, title="Tarte aux pommes", viewers=42)

    [seen] = await asker.probe().probe([Handle(CHANNEL.login)])

    assert (seen.asked, seen.airing, seen.reason, seen.is_permanent) == (CHANNEL.login, Airing.LIVE, "", False)
    assert (seen.platform_id, seen.handle, seen.room_id) == (CHANNEL.user_id, CHANNEL.login, stream_id)
    assert (seen.title, seen.viewers) == ("Tarte aux pommes", 42)
    assert seen.started_at
    assert seen.started_at.tzinfo


async def test_250_channels_cost_three_requests(server: TwitchServer, asker: Asker) -> None:
    channels = people(server, 250, live=250)

    seen = await asker.probe().probe(channels)

    assert [sighting.asked for sighting in seen] == [channel.platform_id for channel in channels]
    assert {sighting.airing for sighting in seen} == {Airing.LIVE}
    assert (asker.asked("helix/streams"), asker.asked("helix/users")) == (3, 0)
    assert asker.gate.keys == ["twitch.id", *["twitch.app"] * 3]


async def test_channels_that_rest_are_looked_up_once_an_hour_only(server: TwitchServer, asker: Asker) -> None:
    channels, probe = people(server, 250, live=10), asker.probe()

    first, second = await probe.probe(channels), await probe.probe(channels)

    assert first == second
    assert [sighting.airing for sighting in first] == [Airing.LIVE] * 10 + [Airing.OFFLINE] * 240
    assert (asker.asked("helix/streams"), asker.asked("helix/users")) == (6, 3)


async def test_names_are_looked_up_a_hundred_a_request(server: TwitchServer, asker: Asker) -> None:
    channels = [Handle(channel.name) for channel in people(server, 120, live=1)]

    seen = await asker.probe().probe(channels)

    assert [sighting.handle for sighting in seen] == [channel.name for channel in channels]
    assert (asker.asked("helix/users"), asker.asked("helix/streams")) == (2, 2)


@pytest.mark.parametrize("is_live", [True, False])
async def test_a_renamed_channel_is_found_by_its_number(server: TwitchServer, asker: Asker, *, is_live: bool) -> None:
    if is_live:
        server.go_live(CHANNEL.login)
    server.rename(CHANNEL.user_id, "lapoire")

    [seen] = await asker.probe().probe([Handle(CHANNEL.login, CHANNEL.user_id)])

    assert (seen.airing, seen.handle) == (Airing.LIVE if is_live else Airing.OFFLINE, "lapoire")


async def test_a_banned_channel_is_told_apart_from_one_that_rests(server: TwitchServer, asker: Asker) -> None:
    server.go_live(CHANNEL.login)
    server.ban(CHANNEL.login)

    by_number, by_name = await asker.probe().probe([Handle(CHANNEL.login, CHANNEL.user_id), Handle(CHANNEL.login)])

    assert (by_number.airing, by_number.reason, by_number.is_permanent) == (Airing.UNKNOWN, BANNED, True)
    assert (by_name.airing, by_name.reason, by_name.is_permanent) == (Airing.UNKNOWN, GONE, True)


@pytest.mark.parametrize(
    "channel",
    [Handle("a space"), Handle("🍎"), Handle(""), Handle("x" * 26), Handle("a&login=b"), Handle("la.pomme")],
    ids=lambda channel: channel.name or "empty",
)
async def test_what_is_no_name_is_never_asked_and_spoils_nothing(
    server: TwitchServer, asker: Asker, channel: Handle
) -> None:
    bad, good = await asker.probe().probe([channel, Handle(CHANNEL.login)])

    assert (bad.airing, bad.reason, bad.is_permanent) == (Airing.UNKNOWN, NOT_A_NAME, True)
    assert good.airing is Airing.OFFLINE


async def test_a_name_of_digits_is_no_number(server: TwitchServer, asker: Asker) -> None:
    server.add(TwitchUser("555", CHANNEL.user_id))
    server.go_live(CHANNEL.login)

    named, numbered = await asker.probe().probe([Handle(CHANNEL.user_id), Handle("x", CHANNEL.user_id)])

    assert (named.airing, named.platform_id) == (Airing.OFFLINE, "555")
    assert (numbered.airing, numbered.platform_id) == (Airing.LIVE, CHANNEL.user_id)


async def test_too_many_requests_midway_lose_nothing(server: TwitchServer, asker: Asker) -> None:
    channels = people(server, 250, live=250)
    server.fail(Fault(Kind.REFUSE, "helix/streams", times=2, skip=1, status=429, delay_s=0.1))

    seen = await asker.probe().probe(channels)

    assert {sighting.airing for sighting in seen} == {Airing.LIVE}
    assert asker.asked("helix/streams") == 5


@pytest.mark.parametrize("kind", [Kind.HTML, Kind.GARBAGE, Kind.EMPTY, Kind.CUT, Kind.RESET])
async def test_nonsense_is_never_taken_for_the_end_of_a_live(server: TwitchServer, asker: Asker, kind: Kind) -> None:
    channels = people(server, 150, live=150)
    server.fail(Fault(kind, "helix/streams", times=0, skip=1))

    seen = await asker.probe().probe(channels)

    assert [sighting.airing for sighting in seen] == [Airing.LIVE] * 100 + [Airing.UNKNOWN] * 50
    assert all(sighting.reason and not sighting.is_permanent for sighting in seen[100:])


async def test_accounts_that_cannot_be_looked_up_are_unknown(server: TwitchServer, asker: Asker) -> None:
    channels = people(server, 2, live=1)
    server.fail(Fault(Kind.REFUSE, "helix/users", times=0, status=500))

    live, resting = await asker.probe().probe(channels)

    assert (live.airing, resting.airing, resting.is_permanent) == (Airing.LIVE, Airing.UNKNOWN, False)


async def test_silence_of_everything_is_an_error(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, "helix", times=0, status=503))

    with pytest.raises(PortError) as caught:
        await asker.probe().probe([Handle(CHANNEL.login), Handle("x", "7")])

    assert caught.value.retryable


async def test_an_application_that_twitch_does_not_know_is_told(server: TwitchServer, asker: Asker) -> None:
    server.client_secret = "another"
    wrong = Asker(server)

    with pytest.raises(PortError, match="check its client id and secret") as caught:
        await wrong.probe().probe([Handle(CHANNEL.login)])

    assert caught.value.permanent


async def test_nothing_asked_is_nothing_sent(server: TwitchServer, asker: Asker) -> None:
    assert await TwitchProbe(settings(server), asker.gate, asker.app).probe([]) == []
    assert server.requests == []
