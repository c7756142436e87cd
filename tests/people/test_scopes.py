import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.people import scopes
from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT, SCOPES, SEE_AUDIENCE, TWITCH

some_purposes = st.lists(st.sampled_from(sorted(SCOPES[TWITCH])), unique=True)


@pytest.mark.parametrize(
    ("purposes", "asked"),
    [
        ([], ()),
        ([READ_CHAT], ("user:read:chat",)),
        ([SEE_AUDIENCE], ("moderator:read:chatters", "user:read:moderated_channels")),
        ([READ_CHAT, SEE_AUDIENCE], ("moderator:read:chatters", "user:read:chat", "user:read:moderated_channels")),
    ],
)
def test_scopes_are_those_of_the_purposes(purposes: list[str], asked: tuple[str, ...]) -> None:
    assert scopes.scopes_for(TWITCH, purposes) == asked


def test_no_account_is_asked_for_more_than_reading_at_first() -> None:
    asked = scopes.scopes_for(TWITCH, scopes.FIRST[TWITCH])

    assert not [scope for scope in asked if ":manage:" in scope or scope == "clips:edit"]


@given(some_purposes)
def test_what_was_asked_for_and_granted_serves(purposes: list[str]) -> None:
    assert scopes.unserved(TWITCH, scopes.scopes_for(TWITCH, purposes), purposes) == []


@given(purposes=some_purposes, taken=st.integers(min_value=0))
def test_one_scope_less_is_noticed(purposes: list[str], taken: int) -> None:
    granted = list(scopes.scopes_for(TWITCH, purposes))
    if granted:
        granted.pop(taken % len(granted))
        assert scopes.unserved(TWITCH, granted, purposes)


def test_what_is_not_served_is_told_in_order() -> None:
    assert scopes.unserved(TWITCH, ["user:read:chat"], [SEE_AUDIENCE, READ_CHAT, FOLLOW_MODERATION]) == [
        SEE_AUDIENCE,
        FOLLOW_MODERATION,
    ]
    assert scopes.serves(TWITCH, ["user:read:chat", "clips:edit"], READ_CHAT)


@pytest.mark.parametrize("platform", scopes.NAMES)
def test_every_platform_says_what_it_is_asked_for(platform: str) -> None:
    assert set(scopes.FIRST[platform]) <= set(scopes.OFFERED[platform]) <= set(SCOPES[platform])
    assert scopes.FIRST[platform]
