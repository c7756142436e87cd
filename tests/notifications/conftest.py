import asyncio
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.factories import make_channel, make_live, make_membership
from tests.notifications.rows import SECRET, make_administrator
from vigie.people.models import Membership
from vigie.runtime import engine, push
from vigie.runtime.engine import Messenger
from vigie.runtime.push import Item
from vigie.simulators.webhooks import WebhookReceiver
from vigie.watch.models import Live


class Pushes:
    """What waits to be sent to the pages, in order."""

    @property
    def items(self) -> list[tuple[str, dict[str, Item]]]:
        assert push._pusher is not None
        return [(topic, item) for topic, items in push._pusher._waiting.items() for item in items]

    def html(self, topic: str, target: str, language: str = "en") -> list[str]:
        return [
            item[language]["html"].strip()
            for to, item in self.items
            if to == topic and item[language]["target"] == target
        ]

    def targets(self, topic: str) -> list[str]:
        return [item["en"]["target"] for to, item in self.items if to == topic]


@pytest.fixture
def pushes() -> Iterator[Pushes]:
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    push.attach(loop)
    yield Pushes()
    push.detach()
    loop.close()


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tasks that the engine was asked for, in order; what is done in the test must be committed."""
    names: list[str] = []
    monkeypatch.setattr(engine, "_messenger", Messenger(names.append, lambda _, call: call()))
    return names


@pytest.fixture
def member(client: Client) -> Membership:
    """A moderator, signed in, who reads English."""
    membership = make_membership()
    client.force_login(membership.user)
    return membership


@pytest.fixture
def admin(client: Client) -> Membership:
    """An administrator, signed in, who reads English."""
    membership = make_administrator()
    client.force_login(membership.user)
    return membership


@pytest.fixture
def live(member: Membership) -> Live:
    """On air, on a channel of the member's workspace."""
    return make_live(make_channel(member.workspace, name="Le grand plateau"))


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    """Somebody's program, which knows the secret of `make_webhook`."""
    with WebhookReceiver(SECRET) as running:
        yield running
