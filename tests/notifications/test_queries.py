import json
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_live, make_membership, make_workspace
from tests.notifications.rows import (
    SECRET,
    make_administrator,
    make_delivery,
    make_happening,
    make_mail,
    make_notice,
    make_webhook,
    wants,
)
from vigie.notifications import kinds, queries
from vigie.notifications.models import Happening, Webhook
from vigie.notifications.queries import Reached
from vigie.notifications.quiet import QuietHours
from vigie.people.models import Membership, Preset, Role
from vigie.runtime.models import WorkState
from vigie.runtime.sealing import CannotUnseal
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(member: Membership) -> Live:
    return make_live(make_channel(member.workspace, name="Le grand plateau"), title="On en parle")


# ── what one is told ──


def test_one_is_shown_ones_own_the_newest_first(member: Membership, live: Live) -> None:
    first = make_notice(member, make_happening(live))
    second = make_notice(member, make_happening(live, kinds.LIVE_ENDED))
    make_notice(make_membership(workspace=member.workspace), first.happening)

    assert list(queries.notifications_for(member)) == [second, first]


@pytest.mark.parametrize("state", [WorkState.SKIPPED, WorkState.FAILED])
def test_what_is_no_longer_true_is_not_shown(member: Membership, live: Live, state: WorkState) -> None:
    make_notice(member, make_happening(live, state=state))

    assert not queries.notifications_for(member).exists()
    assert queries.unread_count(member) == 0


def test_what_one_may_no_longer_see_is_not_shown(live: Live) -> None:
    admin = make_administrator(live.channel.workspace)
    make_notice(admin, make_happening(live, kinds.ALERT_RAISED, score=0.8))
    live.channel.workspace.preset = Preset.PUBLIC_BODY
    live.channel.workspace.save()

    assert not queries.notifications_for(Membership.objects.get(pk=admin.pk)).exists()


def test_unread_is_what_was_not_seen(member: Membership, live: Live) -> None:
    make_notice(member, make_happening(live))
    make_notice(member, make_happening(live, kinds.LIVE_ENDED), read_at=NOW)

    assert queries.unread_count(member) == 1
    assert queries.unread_counts([member, make_membership(workspace=member.workspace)])[member.pk] == 1


def test_the_newest_comes_first_whenever_it_happened(member: Membership, live: Live) -> None:
    told = [make_notice(member, make_happening(live, kinds.LIVE_ENDED, at=NOW - timedelta(days=n))) for n in range(3)]

    assert list(queries.notifications_for(member)) == told[::-1]


def test_a_bell_counts_a_hundred_at_most(member: Membership, live: Live) -> None:
    happenings = [make_happening(live, kinds.LIVE_ENDED, at=NOW + timedelta(seconds=n)) for n in range(101)]
    for happening in happenings:
        make_notice(member, happening)

    assert queries.unread_count(member) == 100
    assert queries.unread_counts([member]) == {member.pk: 100}


def test_nobody_has_nothing_unread() -> None:
    assert queries.unread_counts([]) == {}


@pytest.mark.parametrize("members", [1, 3])
def test_counting_asks_the_same_for_one_as_for_three(
    live: Live, django_assert_num_queries: DjangoAssertNumQueries, members: int
) -> None:
    workspace, happening = live.channel.workspace, make_happening(live)
    found = [make_notice(make_membership(workspace=workspace), happening).member_id for _ in range(members)]

    with django_assert_num_queries(3):
        assert list(queries.unread_counts(queries.members_of(found)).values()) == [1] * members


# ── who is told ──


def test_a_member_who_asked_for_nothing_takes_it_as_it_comes(member: Membership) -> None:
    [reader] = queries.readers_of(member.workspace_id)

    assert (reader.page, reader.mail, reader.muted, reader.quiet) == (
        frozenset({"live_started", "live_ended", "alert_raised", "rule_acted", "webhook_off"}),
        kinds.BY_MAIL,
        frozenset(),
        None,
    )
    assert queries.reader_of(member.pk) == reader


def test_what_a_member_asked_for_is_known(member: Membership, live: Live) -> None:
    wants(
        member, page=["live_ended"], mail=["live_started"], quiet_from=time(22), quiet_to=time(7), quiet_days=[1, 5]
    ).muted.add(live.channel)

    [reader] = queries.readers_of(member.workspace_id)

    paris = ZoneInfo("Europe/Paris")
    told = [reader.page, reader.mail, reader.muted]
    assert [set(one) for one in told] == [{"live_ended"}, {"live_started"}, {live.channel_id}]
    assert reader.quiet == QuietHours(time(22), time(7), frozenset({1, 5}), paris)


def test_quiet_hours_are_those_of_the_persons_time_zone(member: Membership) -> None:
    wants(member, quiet_from=time(22), quiet_to=time(7))
    member.user.time_zone = "Asia/Tokyo"
    member.user.save()

    reader = queries.reader_of(member.pk)

    assert reader is not None
    assert reader.quiet is not None
    assert reader.quiet.zone == ZoneInfo("Asia/Tokyo")


def test_each_has_the_permissions_of_their_role() -> None:
    workspace = make_workspace()
    roles = [Role.ANALYST, Role.ADMINISTRATOR, Role.ANALYST]
    members = [make_membership(role, workspace=workspace) for role in roles]

    assert [reader.permissions for reader in queries.readers_of(workspace.pk)] == [one.permissions for one in members]


def test_who_cannot_sign_in_is_no_reader(member: Membership) -> None:
    member.user.is_active = False
    member.user.save()

    assert queries.readers_of(member.workspace_id) == []
    assert queries.reader_of(member.pk) is None


def test_a_member_is_read_for_themselves_whoever_came_before(member: Membership) -> None:
    wants(make_membership(workspace=member.workspace), page=[])
    last = make_membership(Role.ADMINISTRATOR, workspace=member.workspace)
    wants(last, page=["live_ended"])

    found = queries.reader_of(last.pk)

    assert found is not None
    assert found.member_id == last.pk
    assert found.page == {"live_ended"}
    assert found.permissions == last.permissions
    assert queries.reader_of(0) is None


def test_a_preference_is_there_before_it_is_saved(member: Membership) -> None:
    wants(make_membership(workspace=member.workspace))
    fresh = queries.preference_of(member)
    assert fresh.pk is None
    assert fresh.member == member
    saved = wants(member, page=[])
    assert queries.preference_of(member) == saved


def test_a_member_is_found_by_number(member: Membership) -> None:
    assert queries.member_called(member.pk) == member
    assert queries.member_called(0) is None


# ── whom it has reached ──


def reach(happening: Happening, member: Membership, webhook: Webhook) -> Reached:
    """Let something reach a member by both ways, and a webhook."""
    make_notice(member, happening)
    make_mail(member, happening, state=WorkState.DONE)
    make_delivery(webhook, happening=happening, state=WorkState.DONE)
    return Reached(frozenset({member.pk}), frozenset({member.pk}), frozenset({webhook.pk}))


def test_what_reached_one_has_not_reached_another(member: Membership, live: Live) -> None:
    told, elsewhere = make_happening(live), make_happening(live, kinds.LIVE_ENDED)
    reached = reach(told, member, make_webhook(member.workspace))
    reach(elsewhere, make_membership(workspace=member.workspace), make_webhook(member.workspace))

    assert queries.reached_by(told.pk) == reached


@pytest.mark.parametrize(
    ("state", "tries", "is_mailed", "is_delivered"),
    [
        (WorkState.PENDING, 0, True, True),
        (WorkState.FAILED, 7, True, True),
        (WorkState.SKIPPED, 1, False, True),
        (WorkState.SKIPPED, 0, False, False),
    ],
)
def test_what_was_put_off_before_it_was_tried_has_reached_nobody(
    member: Membership, live: Live, state: str, tries: int, *, is_mailed: bool, is_delivered: bool
) -> None:
    happening = make_happening(live)
    make_mail(member, happening, state=state, tries=tries)
    make_delivery(make_webhook(member.workspace), happening=happening, state=state, tries=tries)

    reached = queries.reached_by(happening.pk)

    assert (bool(reached.page), bool(reached.mail), bool(reached.webhooks)) == (False, is_mailed, is_delivered)
    assert bool(reached) is (is_mailed or is_delivered)


def test_what_takes_something_back_concerns_those_whom_the_last_of_it_reached(member: Membership, live: Live) -> None:
    webhook, other = make_webhook(member.workspace), make_live(make_channel(member.workspace))
    reach(make_happening(live, kinds.LIVE_ENDED), make_membership(workspace=member.workspace), webhook)
    reached = reach(make_happening(live, kinds.LIVE_ENDED, at=NOW + timedelta(hours=1)), member, webhook)
    reach(make_happening(other, kinds.LIVE_ENDED), make_membership(workspace=member.workspace), webhook)
    back = make_happening(live, kinds.LIVE_RESUMED, at=NOW + timedelta(hours=2))
    reach(make_happening(live, kinds.LIVE_ENDED, at=NOW + timedelta(hours=3)), make_membership(), webhook)

    assert queries.concerned_by(back) == reached


def test_what_takes_back_what_nobody_was_told_concerns_nobody(live: Live) -> None:
    back = queries.concerned_by(make_happening(live, kinds.LIVE_RESUMED))

    assert back == Reached()
    assert not back
    assert queries.concerned_by(make_happening(live, kinds.LIVE_ENDED)) is None


# ── what waits ──


def test_mails_of_a_member_come_together(member: Membership, live: Live) -> None:
    other = make_membership()
    happenings = [make_happening(live), make_happening(live, kinds.LIVE_ENDED)]
    for happening in happenings:
        for owner in (other, member):
            make_mail(owner, happening)

    assert [mail.member_id for mail in queries.waiting_mails()] == sorted([member.pk, other.pk] * 2)


def test_what_was_never_tried_goes_first(member: Membership) -> None:
    webhook = make_webhook(member.workspace)
    failing, fresh = make_delivery(webhook, tries=3), make_delivery(webhook)

    assert list(queries.waiting_deliveries()) == [fresh, failing]


def test_what_waits_for_a_dead_receiver_comes_after_all_else(member: Membership) -> None:
    dead = make_webhook(member.workspace, failing_since=NOW - timedelta(hours=3))
    doubtful = make_webhook(member.workspace, failing_since=NOW - timedelta(hours=1))
    waiting = [make_delivery(webhook) for webhook in (dead, doubtful, make_webhook(member.workspace))]

    assert list(queries.waiting_deliveries()) == waiting[::-1]


def test_what_happened_first_is_told_first(live: Live) -> None:
    later = make_happening(live, kinds.LIVE_ENDED, at=NOW + timedelta(hours=1))
    first = make_happening(live)

    assert list(queries.waiting_happenings()) == [first, later]


# ── webhooks ──


def test_one_sees_the_webhooks_of_ones_own_workspace(member: Membership) -> None:
    on, off = make_webhook(member.workspace), make_webhook(member.workspace, is_active=False)
    elsewhere = make_webhook(make_workspace())

    assert list(queries.webhooks_for(member)) == [on, off]
    assert list(queries.active_webhooks(member.workspace_id)) == [on]
    mine, older = make_delivery(on), make_delivery(on)
    make_delivery(elsewhere)
    assert list(queries.deliveries_of(on)) == [older, mine]
    assert set(queries.deliveries_for(member)) == {mine, older}


def test_a_secret_sealed_with_another_key_is_told(member: Membership, settings: Settings) -> None:
    webhook = make_webhook(member.workspace)
    assert queries.secrets_of(webhook, NOW) == [SECRET]

    settings.SECRET_KEY = "another"
    with pytest.raises(CannotUnseal):
        queries.secrets_of(webhook, NOW)


def test_a_payload_tells_facts_and_where_to_look(member: Membership, live: Live, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://vigie.example.org"

    body = json.loads(queries.body_of(make_happening(live)))

    slug = member.workspace.slug
    assert body == {
        "type": "live.started",
        "timestamp": "2026-01-05T10:00:00Z",
        "data": {
            "workspace": slug,
            "channel": {"id": live.channel_id, "platform": "web", "name": "Le grand plateau"},
            "live": {
                "id": live.pk,
                "title": "On en parle",
                "started_at": "2026-01-05T10:00:00Z",
                "ended_at": None,
                "url": f"https://vigie.example.org/w/{slug}/lives/{live.pk}/",
            },
        },
    }


def test_the_payload_of_an_end_says_why(live: Live) -> None:
    live.ended_at = NOW + timedelta(hours=1)
    live.save()

    body = json.loads(queries.body_of(make_happening(live, kinds.LIVE_ENDED, detail="the stream was closed.")))

    assert (body["type"], body["data"]["reason"]) == ("live.ended", "the stream was closed.")
    assert body["data"]["live"]["ended_at"] == "2026-01-05T11:00:00Z"


def test_the_payload_of_a_live_that_goes_on_says_since_when(live: Live) -> None:
    resumed = make_happening(live, kinds.LIVE_RESUMED, at=NOW + timedelta(hours=2))

    body = json.loads(queries.body_of(resumed))

    assert (body["type"], body["timestamp"]) == ("live.resumed", "2026-01-05T12:00:00Z")
    assert sorted(body["data"]) == ["channel", "live", "workspace"]
    assert body["data"]["live"]["ended_at"] is None


def test_the_payload_of_an_alert_holds_no_words_that_were_said(live: Live) -> None:
    body = json.loads(queries.body_of(make_happening(live, kinds.ALERT_RAISED, subject_id=41, score=0.82)))

    slug = live.channel.workspace.slug
    assert body["data"]["alert"] == {
        "id": 41,
        "score": 0.82,
        "url": queries.whole_address("alert", slug, 41),
    }


@pytest.mark.parametrize(
    ("kind", "page"), [("live_started", "lives/7/"), ("alert_raised", "alerts/7/"), ("webhook_off", "webhooks/7/")]
)
def test_each_kind_leads_to_its_page(live: Live, kind: str, page: str) -> None:
    happening = make_happening(live, kind, subject_id=7)

    assert queries.page_of(happening) == f"/w/{live.channel.workspace.slug}/{page}"


@pytest.mark.parametrize(("url", "has_one"), [("", False), ("smtp://mail.example.org:25", True)])
def test_whether_there_is_a_mail_server_is_known(settings: Settings, url: str, *, has_one: bool) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"email_url": url})

    assert queries.has_mail_server() is has_one
