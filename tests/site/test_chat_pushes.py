import asyncio
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_membership
from tests.site.audiences import make_audience, write
from tests.site.test_pushes import Outbox
from vigie.events import ActivityKind, AudienceActive, GapRecorded, LiveSampled, MessagesHidden, MessagesRemoved
from vigie.runtime import push
from vigie.site import chat_pushes
from vigie.site.sampling import MOST
from vigie.watch.models import ChatMessage, Gap, Live, Track
from vigie.watch.operations.chat import mark_removed

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Live:
    return make_audience(make_membership().workspace)


@pytest.fixture
def outbox(live: Live) -> Iterator[Outbox]:
    """What goes to a page that shows the live."""
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    cache.clear()
    push.attach(loop)
    push.note_followed([f"chat:{live.pk}", f"live:{live.pk}"])
    chat_pushes._budgets.clear()
    chat_pushes._counted_at_s.clear()
    yield Outbox()
    push.detach()
    loop.close()
    cache.clear()


def active(live: Live, messages: list[ChatMessage]) -> AudienceActive:
    return AudienceActive(live.channel.workspace_id, live.pk, tuple(message.pk for message in messages))


def test_what_is_written_comes_last_in_the_chat(live: Live, outbox: Outbox) -> None:
    said = write(live, "un", "deux")

    chat_pushes.show_messages(active(live, said))

    assert outbox.places() == [(f"chat:{live.pk}", "chat-lines", "append")]
    html = outbox.html("chat-lines")
    assert html.index(f'id="msg-{said[0].pk}"') < html.index(f'id="msg-{said[1].pk}"')


def test_what_nobody_reads_is_not_even_asked_for(live: Live, outbox: Outbox) -> None:
    other = make_audience(make_membership().workspace)
    said = write(other, "un")

    with CaptureQueriesContext(connection) as queries:
        chat_pushes.show_messages(active(other, said))
        chat_pushes.show_counts(LiveSampled(other.channel.workspace_id, other.pk, 0))
        chat_pushes.show_hidden(MessagesHidden(other.channel.workspace_id, other.pk, (said[0].pk,)))

    assert outbox.read() == []
    assert len(queries) == 0


def test_likes_and_what_was_replayed_are_no_lines(live: Live, outbox: Outbox) -> None:
    said = [*write(live, "", kind=ActivityKind.LIKE, count=9), *write(live, "old", is_history=True)]

    chat_pushes.show_messages(active(live, said))

    assert outbox.read() == []


def test_of_more_than_anyone_can_read_some_are_shown_and_the_others_counted(live: Live, outbox: Outbox) -> None:
    said = write(live, *(f"word{number}" for number in range(MOST + 70)))

    chat_pushes.show_messages(active(live, said))

    html = outbox.html("chat-lines")
    assert html.count('id="msg-') == MOST
    assert "70 more, too fast to be read" in html
    assert html.index(f'id="msg-{said[-1].pk}"') < html.index('id="more-')


def test_a_flood_leaves_room_again_with_time(live: Live, outbox: Outbox) -> None:
    first = write(live, *("a" * (MOST + 1)))
    chat_pushes.show_messages(active(live, first))
    budget = chat_pushes._budgets[live.pk]

    assert 0 <= budget.left < MOST
    assert budget.at(budget.at_s + 1.0).left == MOST


def test_a_gap_of_the_chat_is_a_line_of_it(live: Live, outbox: Outbox) -> None:
    gap = Gap.objects.create(live=live, track=Track.CHAT, from_s=12, to_s=15.2, cause="the chat broke")

    for track in ("chat", "media"):
        chat_pushes.show_gap(GapRecorded(live.channel.workspace_id, live.pk, gap.pk, 12, 15.2, gap.cause, track))

    assert outbox.places() == [(f"chat:{live.pk}", "chat-lines", "append")]
    assert "Gap, 3.2 s. The chat was not read." in outbox.html("chat-lines")


def test_what_the_platform_removes_is_struck_through(live: Live, outbox: Outbox) -> None:
    [message] = write(live, "insulte")
    mark_removed(live, MessagesRemoved(NOW, message_id="m1"))

    chat_pushes.show_hidden(MessagesHidden(live.channel.workspace_id, live.pk, (message.pk,)))

    assert outbox.places() == [(f"chat:{live.pk}", f"msg-{message.pk}", "replace")]
    assert "<s>" in outbox.html(f"msg-{message.pk}")


def test_counts_go_to_who_follows_the_live(live: Live, outbox: Outbox) -> None:
    Live.objects.update(viewers=4128)

    for at_s in (0, 0, 10):  # together: once is enough
        chat_pushes.show_counts(LiveSampled(live.channel.workspace_id, live.pk, at_s))

    assert outbox.places() == [(f"live:{live.pk}", f"facts-{live.pk}", "replace")]
    assert "4,128" in outbox.html(f"facts-{live.pk}")
    assert "spectateurs" in outbox.html(f"facts-{live.pk}", "fr")


def test_what_was_erased_leaves_open_pages(live: Live, outbox: Outbox) -> None:
    said = write(live, "un", "deux")

    chat_pushes.take_away(chat_pushes.shown_of(said[0].chatter))

    assert {place[1:] for place in outbox.places()} == {(f"msg-{message.pk}", "remove") for message in said}


def test_a_message_says_nothing_of_its_reader(live: Live, outbox: Outbox) -> None:
    said = write(live, "<b>un</b>")

    chat_pushes.show_messages(active(live, said))

    assert "<bdi>&lt;b&gt;un&lt;/b&gt;</bdi>" in outbox.html("chat-lines")
    assert "csrf" not in outbox.html("chat-lines")
