from datetime import UTC, datetime

import pytest

from tests.simulators.twitch.clients import MAX, ZOE
from vigie.simulators.twitch.messages import Message
from vigie.simulators.twitch.sessions import Session, Sessions, Subscription, precise
from vigie.simulators.twitch.world import World

ZOES = {"broadcaster_user_id": "1001"}


class Paper:
    """An outlet that keeps what is put into it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def put(self, message: Message) -> None:
        self.messages.append(message)


@pytest.fixture
def sessions() -> Sessions:
    world = World(seed=1)
    world.add(ZOE)
    world.add(MAX)
    return Sessions(world)


def opened(sessions: Sessions, *kinds: str, user_id: str = "1002") -> tuple[Session, Paper]:
    session, paper = sessions.open(10), Paper()
    session.outlet = paper
    for number, kind in enumerate(kinds):
        session.add(Subscription(f"{session.session_id}-{number}", kind, "1", ZOES, session, user_id))
    return session, paper


def test_a_session_hears_what_it_subscribed_to(sessions: Sessions) -> None:
    _, paper = opened(sessions, "stream.online")

    sessions.publish("stream.online", ZOES, {"id": "1"})
    sessions.publish("stream.online", {"broadcaster_user_id": "1002"}, {"id": "2"})
    sessions.publish("stream.offline", ZOES, {"id": "3"})

    assert [message.payload["event"] for message in paper.messages] == [{"id": "1"}]
    assert paper.messages[0].payload["subscription"]["type"] == "stream.online"


def test_every_session_hears_with_an_id_of_its_own(sessions: Sessions) -> None:
    papers = [opened(sessions, "stream.online")[1] for _ in range(2)]

    sessions.publish("stream.online", ZOES, {})

    assert len({paper.messages[0].message_id for paper in papers}) == 2


@pytest.mark.parametrize(
    ("condition", "hears"),
    [
        ({"to_broadcaster_user_id": "1001"}, True),
        ({"from_broadcaster_user_id": "1002"}, True),
        ({"to_broadcaster_user_id": "1002"}, False),
    ],
)
def test_a_raid_is_heard_on_the_side_that_was_asked_for(
    sessions: Sessions, condition: dict[str, str], *, hears: bool
) -> None:
    session, _ = opened(sessions)
    about = {"from_broadcaster_user_id": "1002", "to_broadcaster_user_id": "1001"}

    assert Subscription("s", "channel.raid", "1", condition, session, "1002").hears("channel.raid", about) is hears


def test_a_session_without_a_socket_is_over(sessions: Sessions) -> None:
    session, paper = opened(sessions, "stream.online")

    session.outlet = None
    sessions.publish("stream.online", ZOES, {})

    assert (paper.messages, sessions.connected(), sessions.of_user("1002")) == ([], [], [])
    assert sessions.find(session.session_id) is session


@pytest.mark.parametrize(
    ("user_id", "kind", "revoked"), [("1002", "", 2), ("1001", "", 2), ("7", "", 0), ("1002", "stream.online", 1)]
)
def test_what_is_revoked_says_why_and_is_gone(sessions: Sessions, user_id: str, kind: str, revoked: int) -> None:
    session, paper = opened(sessions, "stream.online", "stream.offline")

    assert sessions.revoke(user_id, status="user_removed", kind=kind) == revoked

    assert [message.kind for message in paper.messages] == ["revocation"] * revoked
    assert {message.payload["subscription"]["status"] for message in paper.messages} <= {"user_removed"}
    assert len(session.subscriptions) == 2 - revoked


def test_a_subscription_is_told_as_twitch_tells_it(sessions: Sessions) -> None:
    session, _ = opened(sessions)
    at = datetime(2026, 11, 21, 8, 9, 10, 500, tzinfo=UTC)
    subscription = Subscription("s1", "stream.online", "1", ZOES, session, "1002", 1, at)

    assert subscription.told() == {
        "id": "s1",
        "status": "enabled",
        "type": "stream.online",
        "version": "1",
        "condition": ZOES,
        "created_at": "2026-11-21T08:09:10.000500Z",
        "transport": {
            "method": "websocket",
            "session_id": session.session_id,
            "connected_at": precise(session.connected_at),
        },
        "cost": 1,
    }
