from datetime import UTC, datetime

import pytest

from tests.simulators.twitch.clients import MAX, ZOE
from vigie.simulators.twitch.audience import Audience
from vigie.simulators.twitch.users import TwitchUser
from vigie.simulators.twitch.world import Channel, Stream, World

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    world = World(seed=1)
    world.add(ZOE)
    world.add(MAX)
    return world


def test_accounts_are_found_by_id_and_login(world: World) -> None:
    assert world.user("1001") == world.by_login("Zoe_Live") == world.known("zoe_live") == ZOE
    assert world.user("404") is world.by_login("nobody") is None


def test_accounts_of_an_audience_are_found(world: World) -> None:
    audience = Audience(100, 1, NOW)
    world.audiences.append(audience)
    account = audience.account(42)

    assert world.user(account.user_id) == world.by_login(account.login) == account
    assert world.chatter(account.login) == account


def test_a_suspended_account_is_known_and_not_there(world: World) -> None:
    world.suspend("1001")

    assert world.user("1001") is world.by_login("zoe_live") is None
    assert world.known("zoe_live") == ZOE


def test_a_chatter_who_is_not_there_is_made(world: World) -> None:
    made = world.chatter("Lea")

    assert (made.login, made.name) == ("lea", "Lea")
    assert world.chatter("LEA") == made
    assert world.logins() == ["zoe_live", "max", "lea"]


def test_a_renamed_account_leaves_its_login_free(world: World) -> None:
    world.rename("1001", "Zoe")
    world.add(TwitchUser("5", "zoe_live"))

    assert world.known("zoe").user_id == "1001"
    assert world.known("zoe_live").user_id == "5"


def test_who_is_on_air_is_told_by_viewers(world: World) -> None:
    world.channel("zoe_live").stream = Stream("s1", NOW, 5)
    world.channel("max").stream = Stream("s2", NOW, 50)

    assert [user.login for user, _, _ in world.live()] == ["max", "zoe_live"]


def test_a_chat_counts_its_audience_and_those_who_came() -> None:
    channel = Channel(audience=Audience(100, 1, NOW), present={"7": None})

    assert (channel.chatters(), Channel().chatters()) == (101, 0)


def test_ids_depend_on_the_seed() -> None:
    assert World(seed=1).new_id() == World(seed=1).new_id() != World(seed=2).new_id()
