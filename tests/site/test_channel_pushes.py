import asyncio
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.factories import NOW, make_channel, make_live
from vigie import events
from vigie.runtime import bus, push
from vigie.site import channel_pushes
from vigie.watch.models import Channel, Live, Presence

pytestmark = pytest.mark.django_db


class Outbox:
    """What waits to be sent to the pages of the team."""

    def targets(self) -> list[tuple[str, str]]:
        return [(item["target"], item["swap"]) for item in self._items("en")]

    def html(self, target: str, language: str = "en") -> str:
        return next(item["html"] for item in self._items(language) if item["target"] == target)

    def _items(self, language: str) -> list[dict[str, str]]:
        assert push._pusher is not None
        return [item[language] for items in push._pusher._waiting.values() for item in items]


@pytest.fixture
def channel() -> Channel:
    channel = make_channel(address="camille", platform="tiktok")
    Channel.objects.update(is_watched=True)
    reason = "TikTok banned this account."
    Presence.objects.create(channel=channel, reason=reason, since=NOW, due_at=NOW, checked_at=NOW)
    return channel


@pytest.fixture
def outbox(channel: Channel) -> Iterator[Outbox]:
    """Somebody looks at the channels of the team."""
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    push.attach(loop)
    push.note_followed([f"channels:{channel.workspace_id}"])
    yield Outbox()
    push.detach()
    cache.clear()
    loop.close()


def changed(channel: Channel) -> events.PresenceChanged:
    return events.PresenceChanged(channel.workspace_id, channel.pk, "unknown", "x")


def test_a_change_of_presence_is_shown_on_the_list_and_on_the_page(outbox: Outbox, channel: Channel) -> None:
    channel_pushes.show_presence(changed(channel))

    assert outbox.targets() == [(f"standing-{channel.pk}", "replace"), (f"now-{channel.pk}", "replace")]
    assert "TikTok banned this account." in outbox.html(f"standing-{channel.pk}")
    assert "asked again every six hours" in outbox.html(f"now-{channel.pk}")
    assert "TikTok a banni ce compte." in outbox.html(f"now-{channel.pk}", "fr")


@pytest.mark.parametrize("make", [events.PresenceChanged, events.LiveStateChanged])
def test_the_list_follows_what_is_published(
    outbox: Outbox,
    channel: Channel,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    make: type[events.PresenceChanged | events.LiveStateChanged],
) -> None:
    subject = channel if make is events.PresenceChanged else make_live(channel)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        bus.publish(make(channel.workspace_id, subject.pk, "ok", ""))

    assert (f"standing-{channel.pk}", "replace") in outbox.targets()


LIVE_EVENTS: list[Callable[[int, int], channel_pushes.OfLive]] = [
    lambda workspace_id, live_id: events.LiveStarted(workspace_id, live_id, 0, NOW),
    lambda workspace_id, live_id: events.LiveStateChanged(workspace_id, live_id, "ok", ""),
    lambda workspace_id, live_id: events.LiveEnded(workspace_id, live_id, NOW, ""),
    lambda workspace_id, live_id: events.LiveResumed(workspace_id, live_id, NOW),
]


@pytest.mark.parametrize("event", LIVE_EVENTS)
def test_what_happens_to_a_live_is_shown(
    outbox: Outbox, channel: Channel, event: Callable[[int, int], channel_pushes.OfLive]
) -> None:
    live = make_live(channel, viewers=4128)

    channel_pushes.show_live(event(channel.workspace_id, live.pk))

    assert "4,128 viewers" in outbox.html(f"standing-{channel.pk}")
    assert f"lives/{live.pk}/" in outbox.html(f"now-{channel.pk}")


@pytest.mark.parametrize(("at_s", "is_told"), [(120.0, True), (130.0, False)])
def test_viewers_are_told_once_a_minute(outbox: Outbox, channel: Channel, at_s: float, *, is_told: bool) -> None:
    live = make_live(channel)

    channel_pushes.show_counts(events.LiveSampled(channel.workspace_id, live.pk, at_s))

    assert bool(outbox.targets()) is is_told


def test_a_channel_that_was_removed_meanwhile_is_not_shown(outbox: Outbox, channel: Channel) -> None:
    Channel.objects.update(is_watched=False, removed_at=NOW)

    channel_pushes.show_presence(changed(channel))

    assert outbox.targets() == []


@pytest.mark.usefixtures("outbox")
def test_nothing_is_asked_for_where_nobody_looks(channel: Channel) -> None:
    cache.clear()
    live: Live = make_live(channel)

    with CaptureQueriesContext(connection) as asked:
        channel_pushes.show_live(events.LiveStateChanged(channel.workspace_id, live.pk, "ok", ""))

    assert [query["sql"] for query in asked if "watch_" in query["sql"]] == []
