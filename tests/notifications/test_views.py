from collections.abc import Callable
from datetime import time

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_channel, make_live, make_membership
from tests.notifications.conftest import Pushes
from tests.notifications.rows import at, make_happening, make_notice, text_of, wants
from vigie.notifications import kinds, mails, queries
from vigie.notifications.models import Notification, Preference
from vigie.people.models import Membership
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(member: Membership) -> Live:
    return make_live(make_channel(member.workspace, name="Le grand plateau"), title="On en parle")


# ── the bell ──


def test_every_page_has_a_bell_that_counts(client: Client, member: Membership, live: Live) -> None:
    make_notice(member, make_happening(live))

    shown = text_of(client.get(at("lives", member)))

    assert f'data-topic="notices:{member.pk}"' in shown
    assert '<span class="count" id="bell-count">1<span class="sr"> unread</span></span>' in shown
    assert at("notices-bell", member) in shown


def test_who_is_told_nothing_has_no_bell(client: Client, member: Membership) -> None:
    member.role.permissions.clear()

    assert "bell-count" not in text_of(client.get(reverse("profile")))


def test_a_page_that_missed_something_asks_for_the_count(client: Client, member: Membership, live: Live) -> None:
    make_notice(member, make_happening(live))

    assert text_of(client.get(at("notices-bell", member))).strip().startswith('<span class="count" id="bell-count">1')


def test_the_bell_shows_the_last_of_it(client: Client, member: Membership, live: Live) -> None:
    notice = make_notice(member, make_happening(live))

    shown = text_of(client.get(at("notices-latest", member)))

    assert "Le grand plateau is live" in shown
    assert f'href="{at("notice", member, notice.pk)}"' in shown


def test_a_bell_that_never_rang_says_so(client: Client, member: Membership) -> None:
    assert "Nothing happened yet." in text_of(client.get(at("notices-latest", member)))


# ── the list ──


def test_the_list_says_what_happened(client: Client, member: Membership, live: Live) -> None:
    make_notice(member, make_happening(live))
    make_notice(member, make_happening(live, kinds.ALERT_RAISED, subject_id=41, score=0.82), read_at=NOW)

    shown = text_of(client.get(at("notices", member)))

    assert shown.index("Le grand plateau: alert 41") < shown.index("Le grand plateau is live")
    assert "High severity" in shown
    assert "On en parle" in shown
    assert shown.count('class="row-n is-new"') == 1
    assert "Mark all as read" in shown


def test_an_empty_list_says_what_will_be_in_it(client: Client, member: Membership) -> None:
    shown = text_of(client.get(at("notices", member)))

    assert "You will be told here when a live starts or ends." in shown
    assert "Mark all as read" not in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(
    client: Client, member: Membership, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        make_notice(member, make_happening(make_live(make_channel(member.workspace))))

    with django_assert_num_queries(9):
        client.get(at("notices", member))


def test_a_long_list_has_pages(client: Client, member: Membership) -> None:
    for _ in range(26):
        make_notice(member, make_happening(make_live(make_channel(member.workspace))))

    first, second = (text_of(client.get(at("notices", member), {"page": page})) for page in ("1", "2"))

    assert first.count('class="row-n') == 25
    assert second.count('class="row-n') == 1


def test_following_a_notice_leads_to_its_page_and_counts_as_read(
    client: Client, member: Membership, live: Live, pushes: Pushes
) -> None:
    notice = make_notice(member, make_happening(live))

    answer = client.get(at("notice", member, notice.pk))

    assert answer["Location"] == at("live", member, live.pk)
    assert Notification.objects.get().read_at is not None
    assert pushes.targets(f"notices:{member.pk}") == ["bell-count"]


def test_one_is_marked_as_read(client: Client, member: Membership, live: Live) -> None:
    notice = make_notice(member, make_happening(live))

    client.post(at("notice-read", member, notice.pk))

    assert Notification.objects.get().read_at is not None


def test_all_are_marked_as_read(client: Client, member: Membership, live: Live) -> None:
    make_notice(member, make_happening(live))
    make_notice(member, make_happening(live, kinds.LIVE_ENDED))

    client.post(at("notices-read", member))

    assert queries.unread_count(member) == 0


def test_nobody_reads_for_another(client: Client, member: Membership, live: Live) -> None:
    other = make_notice(make_membership(workspace=member.workspace), make_happening(live))

    assert client.get(at("notice", member, other.pk)).status_code == 404
    assert client.post(at("notice-read", member, other.pk)).status_code == 404
    assert Notification.objects.get().read_at is None


# ── what one asks for ──


def test_one_sees_and_changes_what_one_is_told(client: Client, member: Membership, live: Live) -> None:
    shown = text_of(client.get(at("notice-settings", member)))
    assert "A live starts" in shown
    assert "Le grand plateau" in shown
    assert "This installation has no mail server" in shown

    filled_in = {"page_live_started": "on", "quiet_from": "22:00", "quiet_to": "07:00", "quiet_days": ["1"]}
    answer = client.post(at("notice-settings", member), filled_in)

    assert answer["Location"] == at("notice-settings", member)
    assert Preference.objects.get().quiet_from == time(22)
    assert 'value="22:00"' in text_of(client.get(at("notice-settings", member)))


def test_quiet_hours_without_an_end_are_refused(client: Client, member: Membership) -> None:
    shown = text_of(client.post(at("notice-settings", member), {"quiet_from": "22:00"}))

    assert "Quiet hours need a beginning and an end." in shown
    assert not Preference.objects.exists()


def test_the_profile_leads_there(client: Client, member: Membership) -> None:
    assert at("notice-settings", member) in text_of(client.get(reverse("profile")))


# ── the way out of mails ──


def unsubscribe(member: Membership) -> str:
    return reverse("notices-unsubscribe", args=[mails.token_of(member.pk)])


def test_mails_are_stopped_without_signing_in() -> None:
    member = make_membership()
    wants(member, mail=list(kinds.NEEDS))
    stranger = Client(enforce_csrf_checks=True)

    shown = text_of(stranger.get(unsubscribe(member)))
    assert "Stop mails?" in shown
    assert Preference.objects.get().mail == list(kinds.NEEDS)  # whoever merely looks, a mail program, stops nothing

    done = text_of(stranger.post(unsubscribe(member), {"List-Unsubscribe": "One-Click"}))
    assert "No more mails" in done
    assert Preference.objects.get().mail == []


@pytest.mark.parametrize("spoil", [lambda token: token + "x", lambda token: "x", lambda token: token.upper()])
def test_a_link_that_was_spoiled_stops_nothing(client: Client, spoil: Callable[[str], str]) -> None:
    member = make_membership()
    wants(member, mail=list(kinds.NEEDS))

    answer = client.post(reverse("notices-unsubscribe", args=[spoil(mails.token_of(member.pk))]))

    assert answer.status_code == 410
    assert "This link is not valid" in text_of(answer)
    assert Preference.objects.get().mail == list(kinds.NEEDS)


def test_the_link_of_somebody_who_left_stops_nothing(client: Client) -> None:
    member = make_membership()
    address = unsubscribe(member)
    member.delete()

    assert client.post(address).status_code == 410
