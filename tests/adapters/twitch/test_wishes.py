"""What a room is subscribed to, for which consent."""

import pytest

from tests.adapters.twitch.twitch import CHAT, FOLLOWERS, MODERATES
from vigie.adapters.twitch.wishes import WISHES, granted
from vigie.simulators.twitch.topics import TOPICS

CHATS = [
    "channel.chat.message",
    "channel.chat.message_delete",
    "channel.chat.clear",
    "channel.chat.clear_user_messages",
    "channel.chat.notification",
]
MANAGES = [scope.replace("read:warnings", "manage:warnings") for scope in MODERATES]


@pytest.mark.parametrize(
    ("scopes", "kinds"),
    [
        ([], ["stream.offline"]),
        ([CHAT], [*CHATS, "stream.offline"]),
        ([CHAT, FOLLOWERS], [*CHATS, "stream.offline", "channel.follow"]),
        ([CHAT, *MODERATES], [*CHATS, "stream.offline", "channel.moderate"]),
        ([CHAT, *MANAGES], [*CHATS, "stream.offline", "channel.moderate"]),
        ([CHAT, *MODERATES[1:]], [*CHATS, "stream.offline"]),
    ],
)
def test_a_consent_allows_what_it_names(scopes: list[str], kinds: list[str]) -> None:
    assert [wish.kind for wish in granted(scopes)] == kinds


def test_every_wish_is_one_that_twitch_knows() -> None:
    for wish in WISHES:
        topic = TOPICS[wish.kind, wish.version]
        asked = wish.asked("100", "900", "s1")
        assert set(asked["condition"]) == topic.condition
        assert wish.scopes == topic.scopes
        assert asked["transport"] == {"method": "websocket", "session_id": "s1"}


def test_only_chats_are_needed() -> None:
    assert [wish.kind for wish in WISHES if wish.is_needed] == CHATS
