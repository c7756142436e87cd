from dataclasses import replace
from datetime import time, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from tests.factories import NOW, make_channel, make_live, make_membership, make_user, make_workspace
from tests.notifications.rows import make_delivery, make_happening, make_mail, make_notice, make_webhook, wants
from vigie.notifications import kinds, operations, queries
from vigie.notifications.models import Delivery, Happening, Mail, Notification
from vigie.notifications.operations import Fact, Told
from vigie.people.models import Preset, Role, Workspace
from vigie.runtime import ledger
from vigie.runtime.models import WorkState
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def live(workspace: Workspace) -> Live:
    return make_live(make_channel(workspace, name="Le grand plateau"))


def tell(kind: str = kinds.LIVE_STARTED, live: Live | None = None, **fields: object) -> list[Told]:
    """Note something, and tell it as the engine does."""
    make_happening(live, kind, state=WorkState.PENDING, **fields)
    [happening] = ledger.claim(queries.waiting_happenings(), NOW, hold_s=60, limit=1)
    return operations.tell(happening, now=NOW)


def test_what_is_noted_is_told_at_once_and_what_waits_is_left_to_the_sweep(
    live: Live, woken: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    fact = Fact(kinds.LIVE_STARTED, live.channel.workspace_id, live.pk, NOW, live.pk)
    with django_capture_on_commit_callbacks(execute=True):
        operations.note(replace(fact, kind=kinds.LIVE_ENDED), not_before=NOW + timedelta(minutes=2))
    assert woken == []

    with django_capture_on_commit_callbacks(execute=True):
        operations.note(fact)

    assert woken == ["notifications.tell"]


def test_who_is_to_be_sent_something_need_not_wait_for_the_sweep(
    live: Live,
    workspace: Workspace,
    woken: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell(live=live)
    assert woken == []

    wants(make_membership(workspace=workspace), mail=[kinds.LIVE_ENDED])
    make_webhook(workspace)
    with django_capture_on_commit_callbacks(execute=True):
        tell(kinds.LIVE_ENDED, live)

    assert sorted(woken) == ["notifications.deliver", "notifications.mail"]


def test_every_member_of_the_workspace_is_told_in_the_page(live: Live, workspace: Workspace) -> None:
    members = [make_membership(role, workspace=workspace) for role in (Role.ANALYST, Role.ADMINISTRATOR)]
    make_membership()

    told = tell(live=live)

    assert told == [Told(member.pk, is_quiet=False) for member in members]
    assert [notice.member for notice in Notification.objects.order_by("pk")] == members
    assert Happening.objects.get().state == WorkState.DONE


def test_nobody_is_mailed_who_did_not_ask_for_it(live: Live, workspace: Workspace) -> None:
    asking = make_membership(workspace=workspace)
    make_membership(workspace=workspace)
    wants(asking, mail=[kinds.LIVE_STARTED])

    tell(live=live)

    assert [mail.member for mail in Mail.objects.all()] == [asking]


def test_mails_wait_for_the_end_of_the_quiet_hours(live: Live, workspace: Workspace) -> None:
    sleeper = make_membership(workspace=workspace)  # in Paris: it is 11 there
    wants(sleeper, mail=[kinds.LIVE_STARTED], quiet_from=time(10), quiet_to=time(12))

    assert tell(live=live) == [Told(sleeper.pk, is_quiet=True)]
    assert Mail.objects.get().not_before == NOW + timedelta(hours=1)


def test_who_muted_the_channel_is_told_nothing(live: Live, workspace: Workspace) -> None:
    wants(make_membership(workspace=workspace), mail=[kinds.LIVE_STARTED]).muted.add(live.channel)

    assert tell(live=live) == []
    assert not Notification.objects.exists()
    assert not Mail.objects.exists()


def test_who_can_no_longer_sign_in_is_told_nothing(live: Live, workspace: Workspace) -> None:
    user = make_user()
    make_membership(workspace=workspace, user=user)
    user.is_active = False
    user.save()

    assert tell(live=live) == []


def test_alerts_are_told_to_those_who_may_see_them() -> None:
    workspace = make_workspace(preset=Preset.PUBLIC_BODY)  # whoever manages it does not read its content
    live = make_live(make_channel(workspace))
    make_membership(Role.ADMINISTRATOR, workspace=workspace)
    analyst = make_membership(Role.ANALYST, workspace=workspace)

    told = tell(kinds.ALERT_RAISED, live, subject_id=41, score=0.8)

    assert told == [Told(analyst.pk, is_quiet=False)]


def test_that_a_webhook_is_off_is_told_to_those_who_look_after_it_and_to_no_webhook(workspace: Workspace) -> None:
    make_membership(workspace=workspace)
    admin = make_membership(Role.ADMINISTRATOR, workspace=workspace)
    webhook = make_webhook(workspace, is_active=False)
    make_webhook(workspace)
    make_happening(
        kind=kinds.WEBHOOK_OFF, state=WorkState.PENDING, workspace=workspace, live=None, subject_id=webhook.pk
    )

    [happening] = ledger.claim(queries.waiting_happenings(), NOW, hold_s=60, limit=1)
    told = operations.tell(happening, now=NOW)

    assert told == [Told(admin.pk, is_quiet=False)]
    assert [mail.member for mail in Mail.objects.all()] == [admin]
    assert not Delivery.objects.exists()
    assert Happening.objects.get().claimed_until is None


def test_of_what_was_taken_together_each_is_told_by_itself(workspace: Workspace) -> None:
    for _ in range(2):
        make_happening(make_live(make_channel(workspace)), state=WorkState.PENDING)
    first, second = ledger.claim(queries.waiting_happenings(), NOW, hold_s=60, limit=2)

    operations.tell(first, now=NOW)

    second.refresh_from_db()
    assert (second.state, second.claimed_until) == (WorkState.RUNNING, NOW + timedelta(seconds=60))


def test_the_end_that_is_taken_back_is_that_of_one_live(live: Live, workspace: Workspace) -> None:
    other, hook = make_live(make_channel(workspace)), make_webhook(workspace)
    for one in (live, other):
        end = make_happening(one, kinds.LIVE_ENDED)
        make_mail(make_membership(workspace=workspace), end)
        make_delivery(hook, happening=end)

    operations.withdraw_end(live.pk)

    for table in (Happening, Mail, Delivery):
        states = list(table._default_manager.order_by("pk").values_list("state", flat=True))
        assert states[0] == WorkState.SKIPPED
        assert states[1] != WorkState.SKIPPED


def test_webhooks_are_sent_what_they_ask_for(live: Live, workspace: Workspace) -> None:
    asking = make_webhook(workspace, kinds=[kinds.LIVE_STARTED])
    make_webhook(workspace, kinds=[kinds.LIVE_ENDED])
    make_webhook(workspace, is_active=False)
    make_webhook(make_workspace())

    tell(live=live)

    delivery = Delivery.objects.get()
    assert (delivery.webhook, delivery.type, delivery.state) == (asking, "live.started", WorkState.PENDING)
    assert delivery.message_id.startswith("msg_")
    assert '"name":"Le grand plateau"' in delivery.body


def test_what_was_told_is_not_told_again(live: Live, workspace: Workspace) -> None:
    wants(make_membership(workspace=workspace), mail=[kinds.LIVE_STARTED])
    make_webhook(workspace)
    tell(live=live)
    happening = Happening.objects.get()
    Happening.objects.update(state=WorkState.RUNNING, claimed_until=NOW)  # as if the worker had died at the end
    happening.refresh_from_db()

    operations.tell(happening, now=NOW)

    assert [table.objects.count() for table in (Notification, Mail, Delivery)] == [1, 1, 1]


def test_what_another_worker_took_over_is_left_to_it(live: Live, workspace: Workspace) -> None:
    make_membership(workspace=workspace)
    make_happening(live, state=WorkState.PENDING)
    [late] = ledger.claim(queries.waiting_happenings(), NOW, hold_s=60, limit=1)
    ledger.claim(queries.waiting_happenings(), NOW + timedelta(seconds=61), hold_s=60, limit=1)

    assert operations.tell(late, now=NOW) == []
    assert not Notification.objects.exists()


@pytest.mark.parametrize("members", [1, 3])
def test_telling_asks_the_same_whatever_the_number_of_members(
    workspace: Workspace, live: Live, django_assert_num_queries: DjangoAssertNumQueries, members: int
) -> None:
    for _ in range(members):
        wants(make_membership(workspace=workspace), mail=[kinds.LIVE_STARTED]).muted.add(make_channel(workspace))
    make_happening(live, state=WorkState.PENDING)
    [happening] = ledger.claim(queries.waiting_happenings(), NOW, hold_s=60, limit=1)

    with django_assert_num_queries(9):  # savepoints included
        operations.tell(happening, now=NOW)


def test_an_end_that_was_told_is_taken_back_everywhere(live: Live, workspace: Workspace) -> None:
    member = make_membership(workspace=workspace)
    end = make_happening(live, kinds.LIVE_ENDED)
    make_notice(member, end)
    waiting = make_mail(member, end)
    sent = make_mail(make_membership(workspace=workspace), end, state=WorkState.DONE)

    assert operations.withdraw_end(live.pk)

    for row, state in ((end, "skipped"), (waiting, "skipped"), (sent, "done")):
        row.refresh_from_db()
        assert row.state == state
    assert not queries.notifications_for(member).exists()


def test_an_end_is_taken_back_once(live: Live, workspace: Workspace) -> None:
    make_notice(make_membership(workspace=workspace), make_happening(live, kinds.LIVE_ENDED))
    assert operations.withdraw_end(live.pk)

    assert not operations.withdraw_end(live.pk)


@pytest.mark.parametrize(
    ("way", "state", "tries", "has_reached"),
    [
        ("mail", WorkState.DONE, 1, True),
        ("mail", WorkState.RUNNING, 0, True),
        ("mail", WorkState.PENDING, 1, False),
        ("webhook", WorkState.DONE, 1, True),
        ("webhook", WorkState.RUNNING, 0, True),
        ("webhook", WorkState.FAILED, 7, True),
        ("webhook", WorkState.PENDING, 1, True),  # a receiver may take it and answer too late
        ("webhook", WorkState.PENDING, 0, False),
    ],
)
def test_an_end_has_reached_somebody_once_it_may_have_been_sent(
    live: Live, workspace: Workspace, way: str, state: WorkState, tries: int, *, has_reached: bool
) -> None:
    end = make_happening(live, kinds.LIVE_ENDED)
    if way == "mail":
        make_mail(make_membership(workspace=workspace), end, state=state, tries=tries)
    else:
        make_delivery(make_webhook(workspace), happening=end, state=state, tries=tries)

    assert operations.withdraw_end(live.pk) is has_reached


def test_an_end_that_nobody_was_told_has_reached_nobody(live: Live) -> None:
    make_happening(live, kinds.LIVE_ENDED, state=WorkState.PENDING)

    assert not operations.withdraw_end(live.pk)


def test_that_a_live_goes_on_is_told_where_its_end_was(live: Live, workspace: Workspace) -> None:
    end = make_happening(live, kinds.LIVE_ENDED, state=WorkState.SKIPPED)
    on_page, by_mail, newcomer = (make_membership(workspace=workspace) for _ in range(3))
    for member in (on_page, by_mail, newcomer):
        wants(member, mail=[kinds.LIVE_ENDED])
    make_notice(on_page, end)
    make_mail(by_mail, end, state=WorkState.DONE)
    told = make_webhook(workspace)
    make_delivery(told, happening=end, state=WorkState.DONE)
    make_webhook(workspace)

    assert tell(kinds.LIVE_RESUMED, live, at=NOW) == [Told(on_page.pk, is_quiet=False)]

    assert [mail.member for mail in Mail.objects.exclude(happening=end)] == [by_mail]
    [delivery] = Delivery.objects.exclude(happening=end)
    assert (delivery.webhook, delivery.type) == (told, "live.resumed")


def test_who_no_longer_asks_for_ends_is_not_told_that_a_live_goes_on(live: Live, workspace: Workspace) -> None:
    end = make_happening(live, kinds.LIVE_ENDED, state=WorkState.SKIPPED)
    member = make_membership(workspace=workspace)
    make_notice(member, end)
    make_delivery(make_webhook(workspace, kinds=[kinds.LIVE_STARTED]), happening=end, state=WorkState.DONE)
    wants(member, page=[kinds.LIVE_STARTED])

    assert tell(kinds.LIVE_RESUMED, live, at=NOW) == []
    assert Delivery.objects.count() == 1


def test_that_a_live_goes_on_concerns_its_last_end_only(live: Live, workspace: Workspace) -> None:
    make_notice(make_membership(workspace=workspace), make_happening(live, kinds.LIVE_ENDED, state=WorkState.SKIPPED))
    make_happening(live, kinds.LIVE_ENDED, state=WorkState.SKIPPED, at=NOW + timedelta(hours=1))

    assert tell(kinds.LIVE_RESUMED, live, at=NOW + timedelta(hours=2)) == []


def test_that_a_live_goes_on_is_not_told_again_after_a_crash(live: Live, workspace: Workspace) -> None:
    end = make_happening(live, kinds.LIVE_ENDED, state=WorkState.SKIPPED)
    make_notice(make_membership(workspace=workspace), end)
    make_delivery(make_webhook(workspace), happening=end, state=WorkState.DONE)
    tell(kinds.LIVE_RESUMED, live, at=NOW)
    resumed = Happening.objects.filter(kind=kinds.LIVE_RESUMED)
    resumed.update(state=WorkState.RUNNING, claimed_until=NOW)  # as if the worker had died at the end

    operations.tell(resumed.get(), now=NOW)

    assert [table.objects.exclude(happening=end).count() for table in (Notification, Delivery)] == [1, 1]


def test_a_fact_is_noted_with_what_is_known_of_it(live: Live, workspace: Workspace) -> None:
    later = NOW + timedelta(minutes=2)

    operations.note(Fact(kinds.LIVE_ENDED, workspace.pk, live.pk, NOW, live.pk, detail="x" * 400), not_before=later)

    happening = Happening.objects.get()
    assert (happening.not_before, happening.detail) == (later, "x" * 300)


def test_what_the_program_ended_on_each_time_fails(live: Live) -> None:
    make_happening(live, state=WorkState.RUNNING, claimed_until=NOW, attempts=ledger.MAX_ATTEMPTS)

    operations.give_up_lost(Happening, NOW)

    assert (Happening.objects.get().state, Happening.objects.get().reason) == (WorkState.FAILED, ledger.LOST)
