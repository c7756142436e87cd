from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import NOW, make_channel, make_live, make_membership
from tests.notifications.conftest import Pushes
from tests.notifications.rows import make_happening, make_notice, wants
from vigie.events import LiveResumed
from vigie.notifications import consumers, kinds
from vigie.notifications.models import Happening, Notification
from vigie.notifications.operations import Told
from vigie.people.models import Membership, Preset, Role
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def happening(live: Live) -> Happening:
    return make_happening(live)


def topic(member: Membership) -> str:
    return f"notices:{member.pk}"


def test_who_is_told_sees_the_bell_count_up_and_a_line(
    member: Membership, happening: Happening, pushes: Pushes
) -> None:
    make_notice(member, happening)

    consumers.push_told(happening, [Told(member.pk, is_quiet=False)])

    assert {to for to, _ in pushes.items} == {topic(member)}
    [bell] = pushes.html(topic(member), "bell-count")
    assert bell == '<span class="count" id="bell-count">1<span class="sr"> unread</span></span>'
    [line] = pushes.html(topic(member), "toasts")
    assert "Le grand plateau is live" in line
    assert reverse("live", args=[member.workspace.slug, happening.subject_id]) in line


def test_in_quiet_hours_only_the_bell_counts_up(member: Membership, happening: Happening, pushes: Pushes) -> None:
    make_notice(member, happening)

    consumers.push_told(happening, [Told(member.pk, is_quiet=True)])

    assert pushes.targets(topic(member)) == ["bell-count"]


def test_an_alert_that_every_page_shows_anyway_is_only_counted(member: Membership, live: Live, pushes: Pushes) -> None:
    alert = make_happening(live, kinds.ALERT_RAISED, subject_id=41, score=0.8)
    make_notice(member, alert)

    consumers.push_told(alert, [Told(member.pk, is_quiet=False)])

    assert pushes.targets(topic(member)) == ["bell-count"]


def test_who_is_told_that_a_live_goes_on_sees_a_line(member: Membership, live: Live, pushes: Pushes) -> None:
    resumed = make_happening(live, kinds.LIVE_RESUMED)
    make_notice(member, resumed)

    consumers.push_told(resumed, [Told(member.pk, is_quiet=False)])

    assert pushes.targets(topic(member)) == ["bell-count", "toasts"]
    assert "Le grand plateau: the live goes on" in pushes.html(topic(member), "toasts")[0]


def test_nobody_told_is_nothing_pushed(happening: Happening, pushes: Pushes) -> None:
    consumers.push_told(happening, [])

    assert pushes.items == []


def test_what_is_taken_back_is_counted_down(member: Membership, pushes: Pushes) -> None:
    live = make_live(make_channel(member.workspace))
    make_notice(member, make_happening(live, kinds.LIVE_ENDED, state="skipped"))
    make_notice(make_membership())

    consumers.push_taken_back(LiveResumed(member.workspace_id, live.pk, NOW + timedelta(minutes=1)))

    assert {to for to, _ in pushes.items} == {topic(member)}
    assert pushes.html(topic(member), "bell-count") == ['<span class="count" id="bell-count"></span>']


def test_what_was_read_elsewhere_is_counted_on_every_page(member: Membership, pushes: Pushes) -> None:
    make_notice(member, read_at=NOW)

    consumers.push_read(member)

    assert pushes.html(topic(member), "bell-count") == ['<span class="count" id="bell-count"></span>']


def test_the_bell_counts_no_further_than_it_has_room_for(member: Membership, pushes: Pushes) -> None:
    live = make_live(make_channel(member.workspace))
    found = [make_happening(live, kinds.LIVE_ENDED, at=NOW + timedelta(minutes=number)) for number in range(101)]
    Notification.objects.bulk_create([Notification(member=member, happening=one) for one in found])

    consumers.push_read(member)

    [bell] = pushes.html(topic(member), "bell-count")
    assert "99+" in bell


def test_the_bell_does_not_count_what_one_may_no_longer_see(pushes: Pushes) -> None:
    admin = make_membership(Role.ADMINISTRATOR)
    make_notice(admin, make_happening(make_live(make_channel(admin.workspace)), kinds.ALERT_RAISED, score=0.8))
    admin.workspace.preset = Preset.PUBLIC_BODY
    admin.workspace.save()

    consumers.push_read(admin)

    assert pushes.html(topic(admin), "bell-count") == ['<span class="count" id="bell-count"></span>']


def test_a_line_stays_for_as_long_as_its_reader_asked(member: Membership, happening: Happening, pushes: Pushes) -> None:
    other = make_membership(workspace=member.workspace)
    wants(member, shown_s=25)
    for reader in (member, other):
        make_notice(reader, happening)

    consumers.push_told(happening, [Told(member.pk, is_quiet=False), Told(other.pk, is_quiet=False)])

    lines = [pushes.html(topic(reader), "toasts")[0] for reader in (member, other)]
    assert ['data-shown-s="25"' in lines[0], 'data-shown-s="8"' in lines[1]] == [True, True]
