"""Teams that connected the same account: they share its connection, and hear each what its own consent allows."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace

import pytest

from tests.adapters.twitch.twitch import (
    CALM,
    CHANNEL,
    CHAT,
    FOLLOWERS,
    MODERATES,
    READER,
    SOON_S,
    AccountKeys,
    Asker,
    Reading,
    ending,
    opened,
    soon,
    texts,
)
from vigie.adapters.twitch.chat import TwitchChat
from vigie.events import ActivityKind, ActivityReceived, MessagesRemoved, ModeratorActed, RoomItem
from vigie.ports import Handle, Room
from vigie.simulators.twitch import TwitchServer

SUBSCRIPTIONS = "helix/eventsub/subscriptions"
ALL, SOME = 1, 2
"""The teams: one was allowed everything, the other the chat alone."""
CONSENTS = {ALL: (CHAT, FOLLOWERS, *MODERATES), SOME: (CHAT,)}


@dataclass
class Teams:
    """One adapter, and what each team reads of CHANNEL through it."""

    asker: Asker
    chat: TwitchChat
    keys: dict[int, AccountKeys]
    readings: dict[int, Reading] = field(default_factory=dict)

    async def join(self, team: int) -> Reading:
        """Let a team read."""
        self.readings[team] = self.chat.chat(Room(Handle(CHANNEL.login, CHANNEL.user_id), "live-1", team))
        await opened(self.readings[team])
        return self.readings[team]


@pytest.fixture
def teams(server: TwitchServer, asker: Asker) -> Teams:
    server.appoint(CHANNEL.login, READER.login)
    keys = {
        team: AccountKeys(asker.authority, server.grant(READER.user_id, scopes)) for team, scopes in CONSENTS.items()
    }
    asker.settings = replace(asker.settings, pace=replace(CALM, validate_s=0.05))
    chat = TwitchChat(asker.settings, asker.gate, asker.app, lambda room: keys[room.workspace_id])
    return Teams(asker, chat, keys)


async def heard(reading: Reading) -> list[RoomItem]:
    """Return what comes, up to the message that says so."""
    found = list[RoomItem]()
    while not (found and isinstance(found[-1], ActivityReceived) and found[-1].text == "last"):
        found.append(await soon(reading))
    return found


def happen(server: TwitchServer) -> None:
    """Let moderators and followers do something, and somebody write."""
    server.say(CHANNEL.login, "moka", "first")
    server.follow(CHANNEL.login, "moka")
    server.moderate(CHANNEL.login, "timeout", target="moka", duration_s=60.0)
    server.say(CHANNEL.login, "moka", "last")


def secrets(items: list[RoomItem]) -> list[RoomItem]:
    """Return what only moderators may know."""
    return [
        item
        for item in items
        if isinstance(item, ModeratorActed) or (isinstance(item, ActivityReceived) and item.kind is ActivityKind.FOLLOW)
    ]


@pytest.mark.parametrize("order", [(ALL, SOME), (SOME, ALL)])
async def test_each_team_hears_what_its_own_consent_allows(
    server: TwitchServer, teams: Teams, order: tuple[int, int]
) -> None:
    async with AsyncExitStack() as stack:
        for team in order:
            await stack.enter_async_context(aclosing(await teams.join(team)))
        happen(server)
        told = {team: await heard(teams.readings[team]) for team in order}

    assert {type(item) for item in secrets(told[ALL])} == {ActivityReceived, ModeratorActed}
    assert secrets(told[SOME]) == []
    assert [item for item in told[ALL] if item not in secrets(told[ALL])] == told[SOME]
    assert any(isinstance(item, MessagesRemoved) for item in told[SOME])
    assert teams.asker.connections == 1


async def test_what_only_a_team_that_left_might_hear_is_ended(server: TwitchServer, teams: Teams) -> None:
    async with aclosing(await teams.join(SOME)) as staying:
        for _ in range(2):
            async with aclosing(await teams.join(ALL)) as reading:
                happen(server)
                assert secrets(await heard(reading))
        async with asyncio.timeout(SOON_S):
            await teams.chat._sessions[READER.user_id][0]._leaving.join()
        kinds = {one.kind for one in server._app.sessions.of_user(READER.user_id)}
        await texts(staying, 4)

    assert not kinds & {"channel.follow", "channel.moderate"}
    assert "channel.chat.message" in kinds


async def test_a_consent_that_is_over_ends_the_reading_of_its_team_alone(server: TwitchServer, teams: Teams) -> None:
    async with aclosing(await teams.join(ALL)) as staying, aclosing(await teams.join(SOME)) as leaving:
        teams.keys[SOME].become(replace(server.grant(READER.user_id, [CHAT]), access="over", refresh="over"))
        trouble = await ending(leaving)
        happen(server)
        told = await heard(staying)

    assert trouble.permanent
    assert secrets(told)
