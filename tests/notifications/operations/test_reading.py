from datetime import time, timedelta

import pytest

from tests.factories import NOW, make_channel, make_membership
from tests.notifications.rows import make_mail, make_notice, wants
from vigie.notifications import kinds, operations
from vigie.notifications.models import Mail, Notification, Preference
from vigie.notifications.operations import Wishes
from vigie.people.models import Membership
from vigie.runtime.models import WorkState

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=8)


@pytest.fixture
def member() -> Membership:
    return make_membership()


def test_a_notice_is_read_once(member: Membership) -> None:
    notice = make_notice(member)

    operations.mark_read(notice, now=NOW)
    operations.mark_read(notice, now=LATER)

    assert Notification.objects.get().read_at == NOW


def test_all_of_ones_own_is_read_at_once(member: Membership) -> None:
    for owner in (member, member, make_membership()):
        make_notice(owner)

    operations.mark_all_read(member, now=NOW)

    assert list(Notification.objects.order_by("pk").values_list("read_at", flat=True)) == [NOW, NOW, None]


def test_what_a_member_asks_for_is_kept(member: Membership) -> None:
    channel = make_channel(member.workspace)
    wishes = Wishes({kinds.LIVE_STARTED}, set(), [channel.pk], (time(22), time(7)), [1, 2])

    for _ in range(2):
        operations.change_preference(member, wishes)

    kept = Preference.objects.get()
    assert (kept.page, kept.mail, kept.quiet_from, kept.quiet_to, kept.quiet_days) == (
        ["live_started"],
        [],
        time(22),
        time(7),
        [1, 2],
    )
    assert list(kept.muted.all()) == [channel]


def test_quiet_hours_can_be_taken_back(member: Membership) -> None:
    wants(member, quiet_from=time(22), quiet_to=time(7))

    operations.change_preference(member, Wishes([], [], [], None, [1]))

    assert (Preference.objects.get().quiet_from, Preference.objects.get().quiet_to) == (None, None)


def test_who_stops_mails_gets_none_and_keeps_the_rest(member: Membership) -> None:
    wants(member, page=[kinds.LIVE_ENDED], mail=list(kinds.NEEDS))

    operations.stop_mails(member.pk)

    assert (Preference.objects.get().mail, Preference.objects.get().page) == ([], ["live_ended"])


def test_who_never_asked_for_anything_can_stop_mails_too(member: Membership) -> None:
    operations.stop_mails(member.pk)

    assert Preference.objects.get().mail == []
    assert Preference.objects.get().page == ["live_started", "live_ended", "alert_raised", "rule_acted", "webhook_off"]


def test_what_waits_is_looked_at_again(member: Membership) -> None:
    make_mail(member, not_before=LATER)
    make_mail(make_membership(), not_before=LATER)
    make_mail(member, not_before=LATER, state=WorkState.DONE)

    operations.stop_mails(member.pk)

    assert list(Mail.objects.order_by("pk").values_list("not_before", flat=True)) == [None, LATER, LATER]
