from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from tests.simulators.twitch.clients import MAX, TOM, ZOE
from vigie.simulators.twitch.calls import Call, Refusal, page_of, start_of
from vigie.simulators.twitch.tokens import Token
from vigie.simulators.twitch.world import World

LATER = datetime(2100, 1, 1, tzinfo=UTC)
ROWS = [{"n": number} for number in range(45)]


@pytest.fixture
def world() -> World:
    world = World(seed=1)
    for user in (ZOE, MAX, TOM):
        world.add(user)
    world.channel("zoe_live").moderators.add("1002")
    return world


def call(world: World, query: str = "", *, user_id: str = "1002", scopes: tuple[str, ...] = ("a",)) -> Call:
    return Call(world, Token("t", "r", "client", user_id, scopes, LATER), QueryParams(query), {})


def test_a_call_is_somebodys(world: World) -> None:
    assert call(world).need_user() == MAX
    with pytest.raises(Refusal, match="Missing User"):
        call(world, user_id="").need_user()


def test_a_call_needs_one_of_the_scopes(world: World) -> None:
    call(world).need_scope("b", "a")
    with pytest.raises(Refusal, match="Missing scope: b or c") as refused:
        call(world).need_scope("b", "c")
    assert refused.value.status == 401


@pytest.mark.parametrize(
    ("query", "user_id", "status"),
    [
        ("", "1002", 400),
        ("broadcaster_id=1001", "1002", 400),
        ("broadcaster_id=1001&moderator_id=1003", "1002", 401),
        ("broadcaster_id=404&moderator_id=1002", "1002", 400),
        ("broadcaster_id=1001&moderator_id=1003", "1003", 403),
    ],
)
def test_who_does_not_moderate_is_refused(world: World, query: str, user_id: str, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        call(world, query, user_id=user_id).need_moderator("a")
    assert refused.value.status == status


@pytest.mark.parametrize("user_id", ["1001", "1002"])
def test_broadcasters_moderate_their_own_channel(world: World, user_id: str) -> None:
    user, channel = call(world, f"broadcaster_id=1001&moderator_id={user_id}", user_id=user_id).need_moderator("a")

    assert (user, channel) == (ZOE, world.channel("zoe_live"))


def test_a_hundred_are_named_at_most(world: World) -> None:
    assert len(call(world, "&".join(["id=1"] * 60 + ["login=a"] * 40)).many("id", "login")) == 100
    with pytest.raises(Refusal, match="at most 100"):
        call(world, "&".join(["id=1"] * 60 + ["login=a"] * 41)).many("id", "login")


def test_pages_tell_every_row_once(world: World) -> None:
    page = page_of(call(world), ROWS)
    rows = page["data"]
    while page["pagination"]:
        page = page_of(call(world, f"after={page['pagination']['cursor']}"), ROWS)
        rows += page["data"]

    assert rows == ROWS
    assert page == {"data": ROWS[40:], "pagination": {}}


def test_a_page_that_is_just_full_is_the_last(world: World) -> None:
    assert page_of(call(world, "first=45"), ROWS)["pagination"] == {}


@pytest.mark.parametrize("first", ["0", "101", "-1", "many", "٣"])
def test_a_page_has_its_size(world: World, first: str) -> None:
    with pytest.raises(Refusal, match="first"):
        page_of(call(world, f"first={first}"), ROWS)


@pytest.mark.parametrize("after", ["x", "eyJ", "eyJ1-", "eyJ1-2-3", "Ω"])
def test_a_cursor_that_nobody_made_is_refused(world: World, after: str) -> None:
    with pytest.raises(Refusal, match="cursor") as refused:
        start_of(call(world, f"after={after}"))
    assert refused.value.status == 400


def test_a_cursor_expires(world: World) -> None:
    after = page_of(call(world), ROWS)["pagination"]["cursor"]
    assert start_of(call(world, f"after={after}")) == 20

    world.watch.forward(timedelta(minutes=11).total_seconds())

    with pytest.raises(Refusal, match="expired"):
        start_of(call(world, f"after={after}"))


def test_a_refusal_is_told_as_twitch_tells_it() -> None:
    assert Refusal(403, "no").body() == {"error": "Forbidden", "status": 403, "message": "no"}
    assert Refusal(418, "tea").body() == {"error": "Error", "status": 418, "message": "tea"}


@pytest.mark.parametrize("first", ["0", "101", "-1", "1.5", "٣", "ten", "9" * 5000])
def test_a_page_has_a_number_of_rows_that_is_allowed(world: World, first: str) -> None:
    with pytest.raises(Refusal, match="must be between 1 and 100") as refused:
        page_of(call(world, f"first={first}"), ROWS)

    assert refused.value.status == 400


@given(after=st.text(st.characters(exclude_categories=["Cs"])) | st.from_regex(r"eyJ[0-9a-z]{0,99}-[0-9a-z]{0,999}"))
def test_whatever_is_given_for_a_cursor_is_a_row_or_refused(after: str) -> None:
    asked = Call(World(seed=1), Token("t", "r", "client", "1002", (), LATER), QueryParams({"after": after}), {})

    try:
        row = start_of(asked)
    except Refusal:
        return
    assert row >= 0
    assert not after or page_of(asked, ROWS)["data"] == ROWS[row : row + 20]
