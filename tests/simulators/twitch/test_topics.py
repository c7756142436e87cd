import pytest

from tests.simulators.twitch.clients import SCOPES
from vigie.simulators.twitch.topics import TOPICS


@pytest.mark.parametrize(
    ("topic", "scopes", "lacks"),
    [
        (("stream.online", "1"), (), False),
        (("channel.chat.message", "1"), (), True),
        (("channel.chat.message", "1"), ("user:read:chat",), False),
        (("channel.shield_mode.begin", "1"), ("moderator:manage:shield_mode",), False),
        (("channel.moderate", "2"), SCOPES, False),
        (("channel.moderate", "2"), SCOPES[:-5], True),
    ],
)
def test_a_topic_needs_its_scopes(topic: tuple[str, str], scopes: tuple[str, ...], *, lacks: bool) -> None:
    assert TOPICS[topic].lacks(scopes) is lacks


@pytest.mark.parametrize("old", [("channel.follow", "1"), ("channel.moderate", "3"), ("channel.chat.message", "")])
def test_other_versions_are_unknown(old: tuple[str, str]) -> None:
    assert old not in TOPICS
