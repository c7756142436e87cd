import asyncio
from collections.abc import Iterator

import pytest

from tests.factories import make_workspace
from vigie.events import RuleFired
from vigie.rules import consumers
from vigie.runtime import push

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> Iterator[dict[str, list[dict[str, push.Item]]]]:
    """What waits to be sent to the pages, by topic."""
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    push.attach(loop)
    assert push._pusher is not None
    yield push._pusher._waiting
    push.detach()
    loop.close()


def test_open_logs_are_told_that_something_is_new(waiting: dict[str, list[dict[str, push.Item]]]) -> None:
    workspace = make_workspace()
    topic = f"rules:{workspace.pk}"
    push.note_followed([topic])

    consumers.show_firing(RuleFired(workspace.pk, 3, 12, 5))

    [item] = waiting[topic]
    assert (item["en"]["target"], item["en"]["swap"]) == ("firings-news", "append")
    assert item["en"]["html"].strip() == '<i id="firing-new-12" hidden></i>'


def test_nothing_is_told_where_nobody_looks(waiting: dict[str, list[dict[str, push.Item]]]) -> None:
    consumers.show_firing(RuleFired(987_654, 3, 12, 5))

    assert not waiting
