import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_channel, make_membership, make_workspace
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership
from vigie.runtime.models import Lease
from vigie.watch import operations
from vigie.watch.addresses import Place
from vigie.watch.models import Channel, Presence
from vigie.watch.operations import AlreadyAdded, ChannelRemoved, Label, NotWatched, TooSoon

pytestmark = pytest.mark.django_db

ADDRESS = "https://live.example.org/42"
PLACE = Place("web", ADDRESS)
LABEL = Label("The plateau", "fr")
LATER = NOW + timedelta(days=3)


@pytest.fixture
def actor() -> Membership:
    return make_membership("supervisor")


def acts() -> list[tuple[str, int | None, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "actor_id", "object_id"))


def test_add_channel_writes_it_and_accounts_for_it(actor: Membership) -> None:
    channel = operations.add_channel(actor.workspace, PLACE, LABEL, actor=actor, now=NOW)

    channel.refresh_from_db()
    assert (channel.name, channel.language, channel.address) == ("The plateau", "fr", ADDRESS)
    assert (channel.added_by, channel.added_at, channel.is_watched) == (actor.user, NOW, False)
    assert acts() == [("channel.added", actor.user_id, str(channel.pk))]


def test_the_set_up_adds_channels_by_nobody() -> None:
    channel = operations.add_channel(make_workspace(), PLACE, LABEL, actor=None, now=NOW)

    assert channel.added_by is None
    assert acts() == [("channel.added", None, str(channel.pk))]


def test_add_channel_refuses_one_that_is_there_and_changes_nothing(actor: Membership) -> None:
    there = make_channel(actor.workspace, address=ADDRESS, name="Kept")

    with pytest.raises(AlreadyAdded, match="is on the list already, as Kept"):
        operations.add_channel(actor.workspace, PLACE, LABEL, actor=actor, now=NOW)

    there.refresh_from_db()
    assert there.name == "Kept"
    assert acts() == []


def test_the_same_address_may_be_in_two_workspaces(actor: Membership) -> None:
    make_channel(make_workspace(), address=ADDRESS)

    assert operations.add_channel(actor.workspace, PLACE, LABEL, actor=actor, now=NOW).workspace == actor.workspace


def test_add_channel_brings_a_removed_one_back_with_its_history(actor: Membership) -> None:
    removed = make_channel(actor.workspace, address=ADDRESS)
    operations.remove_channel(removed, actor=actor, now=NOW)

    back = operations.add_channel(actor.workspace, PLACE, LABEL, actor=actor, now=LATER)

    back.refresh_from_db()
    assert (back.pk, back.removed_at, back.added_at, back.name) == (removed.pk, None, NOW, "The plateau")


def test_change_channel(actor: Membership) -> None:
    channel = make_channel(actor.workspace)

    operations.change_channel(channel, Label("Other", "en"), actor=actor)

    channel.refresh_from_db()
    assert (channel.name, channel.language) == ("Other", "en")
    assert acts() == [("channel.changed", actor.user_id, str(channel.pk))]


def test_watching_starts_and_stops(actor: Membership) -> None:
    channel = make_channel(actor.workspace)

    operations.start_watching(channel, actor=actor)
    assert Channel.objects.get(pk=channel.pk).is_watched

    operations.stop_watching(channel, actor=actor)
    assert not Channel.objects.get(pk=channel.pk).is_watched
    assert [verb for verb, *_ in acts()] == ["channel.watched", "channel.unwatched"]


def test_watching_locks_the_lease_before_the_audit_chain(actor: Membership) -> None:
    channel = make_channel(actor.workspace)

    with CaptureQueriesContext(connection) as asked:
        operations.start_watching(channel, actor=actor)

    tables = [table for query in asked for table in ("runtime_lease", "governance_auditchain") if table in query["sql"]]
    assert tables[0] == "runtime_lease"  # as the watcher does, who may be ending a live of it: else each waits for ever
    assert "governance_auditchain" in tables


def test_watching_what_is_watched_is_no_act(actor: Membership) -> None:
    channel = make_channel(actor.workspace)

    operations.start_watching(channel, actor=actor)
    operations.start_watching(channel, actor=actor)

    assert len(acts()) == 1


def test_remove_channel_stops_watching_and_keeps_the_row(actor: Membership) -> None:
    channel = make_channel(actor.workspace)
    operations.start_watching(channel, actor=actor)

    operations.remove_channel(channel, actor=actor, now=NOW)

    channel.refresh_from_db()
    assert (channel.is_watched, channel.removed_at) == (False, NOW)
    assert acts()[-1] == ("channel.removed", actor.user_id, str(channel.pk))


def test_a_removed_channel_is_not_watched(actor: Membership) -> None:
    channel = make_channel(actor.workspace)
    operations.remove_channel(channel, actor=actor, now=NOW)

    with pytest.raises(ChannelRemoved, match="add it again"):
        operations.start_watching(channel, actor=actor)


# ── several at once ──


def entry(address: str, number: str = "") -> tuple[Place, Label]:
    return Place("tiktok", address, number), Label(f"@{address}", "fr")


def test_add_channels_adds_and_watches_all(actor: Membership) -> None:
    entries = [entry("camille"), entry("jules")]

    added = operations.add_channels(actor.workspace, entries, actor=actor, now=NOW, is_watched=True)

    assert [(channel.address, channel.is_watched) for channel in added] == [("camille", True), ("jules", True)]
    assert Presence.objects.count() == 2
    assert [verb for verb, _, _ in acts()].count("channel.added") == 2


def test_add_channels_adds_none_where_one_is_on_the_list(actor: Membership) -> None:
    make_channel(actor.workspace, address="jules", platform="tiktok")
    entries = [entry("camille"), entry("jules")]

    with pytest.raises(AlreadyAdded) as refused:
        operations.add_channels(actor.workspace, entries, actor=actor, now=NOW, is_watched=True)

    assert refused.value.places == [Place("tiktok", "jules")]
    assert list(Channel.objects.values_list("address", flat=True)) == ["jules"]
    assert acts() == []


def test_an_account_is_known_by_its_number_whatever_its_name(actor: Membership) -> None:
    known = make_channel(actor.workspace, address="camille", platform="tiktok")
    Channel.objects.update(platform_id="12345")
    place = Place("tiktok", "12345", platform_id="12345")

    with pytest.raises(AlreadyAdded):
        operations.add_channel(actor.workspace, place, LABEL, actor=actor, now=NOW)

    operations.remove_channel(known, actor=actor, now=NOW)
    back = operations.add_channel(actor.workspace, place, LABEL, actor=actor, now=NOW)
    assert (back, back.address) == (known, "camille")


# ── a look in between ──


def test_look_now_makes_a_channel_due_once_in_half_a_minute(actor: Membership) -> None:
    [channel] = operations.add_channels(actor.workspace, [entry("camille")], actor=actor, now=NOW, is_watched=True)
    Presence.objects.update(due_at=LATER, failures=4)

    operations.look_now(channel, NOW)

    assert list(Presence.objects.values_list("due_at", "failures")) == [(NOW, 0)]
    Presence.objects.update(due_at=LATER)
    with pytest.raises(TooSoon):
        operations.look_now(channel, NOW + timedelta(seconds=29))
    assert Presence.objects.get().due_at == LATER
    operations.look_now(channel, NOW + timedelta(seconds=31))
    assert Presence.objects.get().due_at == NOW + timedelta(seconds=31)


def test_look_now_makes_a_stream_due(actor: Membership) -> None:
    channel = make_channel(actor.workspace)
    operations.start_watching(channel, actor=actor)
    Lease.objects.create(resource=channel.resource, due_at=LATER)

    operations.look_now(channel, NOW)

    assert Lease.objects.get().due_at is None


def test_look_now_looks_at_no_channel_that_is_not_watched() -> None:
    with pytest.raises(NotWatched):
        operations.look_now(make_channel(), NOW)


def test_a_look_at_one_channel_keeps_nobody_from_looking_at_another(actor: Membership) -> None:
    entries = [entry("camille"), entry("jules")]
    for channel in operations.add_channels(actor.workspace, entries, actor=actor, now=NOW, is_watched=True):
        Presence.objects.update(due_at=LATER)
        operations.look_now(channel, NOW)

    assert Presence.objects.filter(due_at=NOW).count() == 1
    assert Presence.objects.get(channel__address="jules").due_at == NOW


# ── whose it is ──


@pytest.mark.parametrize("platform", ["tiktok", "twitch"])
def test_an_account_of_another_team_or_platform_is_another_one(actor: Membership, platform: str) -> None:
    theirs = make_channel(make_workspace(), address="camille", platform="tiktok")
    elsewhere = make_channel(actor.workspace, address="jules", platform="web")
    Channel.objects.filter(pk__in=[theirs.pk, elsewhere.pk]).update(platform_id="12345")
    place = Place(platform, "12345", platform_id="12345")

    added = operations.add_channel(actor.workspace, place, LABEL, actor=actor, now=NOW)

    assert (added.address, added.workspace, added.platform_id) == ("12345", actor.workspace, "12345")


def test_add_channels_may_leave_them_unwatched(actor: Membership) -> None:
    added = operations.add_channels(actor.workspace, [entry("camille")], actor=actor, now=NOW, is_watched=False)

    assert [channel.is_watched for channel in added] == [False]
    assert not Presence.objects.exists()
    assert [verb for verb, *_ in acts()] == ["channel.added"]


def test_each_act_says_what_was_done(actor: Membership) -> None:
    channel = operations.add_channel(actor.workspace, PLACE, LABEL, actor=actor, now=NOW)
    operations.change_channel(channel, Label("Other", "en"), actor=actor)
    operations.remove_channel(channel, actor=actor, now=NOW)

    bodies = AuditEntry.objects.order_by("pk").values_list("payload__body", flat=True)
    assert [json.loads(body) for body in bodies] == [
        {"platform": "web", "address": ADDRESS, "name": "The plateau", "language": "fr"},
        {"name": "Other", "language": "en"},
        {"address": ADDRESS},
    ]


def test_watching_nothing_any_more_is_no_act(actor: Membership) -> None:
    operations.stop_watching(make_channel(actor.workspace), actor=actor)

    assert acts() == []


def test_what_was_removed_is_no_longer_watched_whatever_writes_it(actor: Membership) -> None:
    channel = make_channel(actor.workspace)
    operations.remove_channel(channel, actor=actor, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Channel.objects.filter(pk=channel.pk).update(is_watched=True)
