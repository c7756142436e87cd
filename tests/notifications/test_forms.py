from datetime import time
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_channel, make_membership
from tests.notifications.rows import make_webhook, wants
from vigie.notifications import kinds, queries
from vigie.notifications.forms import PreferenceForm, WebhookChangeForm, WebhookForm
from vigie.notifications.models import place_of
from vigie.notifications.operations import Target, Wishes
from vigie.people.models import Membership, Role

pytestmark = pytest.mark.django_db


def preferences(member: Membership, filled_in: str | None = None) -> PreferenceForm:
    data = None if filled_in is None else QueryDict(filled_in)
    return PreferenceForm(member, queries.preference_of(member), data)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.MODERATOR, ["live_started", "live_ended", "alert_raised", "rule_acted"]),
        (Role.ADMINISTRATOR, ["live_started", "live_ended", "alert_raised", "rule_acted", "webhook_off"]),
    ],
)
def test_only_what_one_may_be_told_is_offered(role: str, offered: list[str]) -> None:
    assert preferences(make_membership(role)).kinds == offered


def test_it_shows_what_was_asked_for(member: Membership) -> None:
    wants(member, page=["live_started"], mail=["alert_raised"])

    shown = {row.page.name: (row.page.initial, row.mail.initial) for row in preferences(member).rows()}

    assert shown == {
        "page_live_started": (True, False),
        "page_live_ended": (False, False),
        "page_alert_raised": (False, True),
        "page_rule_acted": (False, False),
    }


def test_what_is_filled_in_is_asked_for(member: Membership) -> None:
    channel = make_channel(member.workspace)
    form = preferences(
        member,
        f"page_live_started=on&mail_live_ended=on&muted={channel.pk}"
        "&quiet_from=22:00&quiet_to=07:30&quiet_days=1&quiet_days=5",
    )

    assert form.is_valid()
    wishes = form.wishes()
    # what a moderator is not offered stays as it was
    assert (wishes.page, wishes.mail) == ({"live_started", "webhook_off"}, {"live_ended", "webhook_off"})
    assert (wishes.muted, wishes.quiet, wishes.quiet_days) == ([channel.pk], (time(22), time(7, 30)), [1, 5])


def test_nothing_filled_in_asks_for_nothing(member: Membership) -> None:
    form = preferences(member, "page_none=on")

    assert form.is_valid()
    assert form.wishes() == Wishes({"webhook_off"}, {"webhook_off"}, [], None, [1, 2, 3, 4, 5, 6, 7])


@pytest.mark.parametrize(
    ("filled_in", "field"),
    [
        ("quiet_from=22:00", "quiet_to"),
        ("quiet_to=07:00", "quiet_from"),
        ("quiet_from=22:00&quiet_to=22:00&quiet_days=1", "quiet_to"),
        ("quiet_from=22:00&quiet_to=07:00", "quiet_days"),
        ("quiet_from=night&quiet_to=07:00&quiet_days=1", "quiet_from"),
        ("quiet_from=22:00&quiet_to=07:00&quiet_days=8", "quiet_days"),
        ("muted=999999", "muted"),
        ("muted=all", "muted"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(member: Membership, filled_in: str, field: str) -> None:
    form = preferences(member, filled_in)

    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_channels_of_others_cannot_be_muted(member: Membership) -> None:
    form = preferences(member, f"muted={make_channel().pk}")

    assert list(form.errors) == ["muted"]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.org/vigie?team=1",
        "http://receiver:8080/",
        "http://127.0.0.1:9000/hooks",
        "https://[2001:db8::1]/",
    ],
)
def test_an_address_on_the_web_will_do(url: str) -> None:
    form = WebhookForm({"url": url, "kinds": ["live_started"]})

    assert form.is_valid(), form.errors
    assert form.target() == Target(url, ["live_started"])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "required"),
        ("hooks.example.org", "begins with http"),
        ("ftp://example.org/", "begins with http"),
        ("https://", "begins with http"),
        ("https://[::1/", "begins with http"),
        ("https://example.org:99999/", "begins with http"),
        ("https://exa mple.org/", "begins with http"),
        ("https://example.org/\u202e", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("https://me:secret@example.org/", "Leave user name and password out"),
        (f"https://example.org/{'x' * 500}", "at most 500"),
    ],
)
def test_anything_else_is_refused_in_one_line(url: str, said: str) -> None:
    form = WebhookForm({"url": url, "kinds": ["live_started"]})

    [error] = form.errors["url"]
    assert said in str(error)


@given(st.text() | st.text().map("https://{}".format) | st.from_regex(r"https?://[a-z@:\[\]\u2100/?#. 0-9]{1,30}"))
def test_whatever_is_typed_is_an_address_of_one_place_or_refused(typed: str) -> None:
    form = WebhookForm({"url": typed, "kinds": ["live_started"]})

    if form.is_valid():
        place = place_of(form.target().url)
        assert place.startswith(("http://", "https://"))
        assert "@" not in place
        assert urlsplit(place).hostname
    else:
        assert [len(errors) for errors in form.errors.values()] == [1]


@pytest.mark.parametrize("wanted", [["everything"], ["webhook_off"], ["rule_acted"]])
def test_a_webhook_is_told_something_that_there_is(wanted: list[str]) -> None:
    assert list(WebhookForm({"url": "https://example.org/", "kinds": wanted}).errors) == ["kinds"]


def test_a_webhook_may_be_told_nothing_but_what_rules_tell_it() -> None:
    form = WebhookForm({"url": "https://example.org/", "kinds": []})

    assert form.is_valid()
    assert form.target().kinds == []


def test_a_webhook_is_shown_as_it_is(member: Membership) -> None:
    webhook = make_webhook(member.workspace, kinds=[kinds.LIVE_ENDED], is_active=False)

    form = WebhookChangeForm(webhook)

    assert [form[name].initial for name in ("url", "kinds", "is_active")] == [webhook.url, ["live_ended"], False]
    filled_in = WebhookChangeForm(webhook, {"url": "https://example.org/", "kinds": ["live_ended"], "is_active": "on"})
    assert filled_in.is_valid()
    assert filled_in.target() == Target("https://example.org/", ["live_ended"], is_active=True)


@pytest.mark.parametrize(("typed", "seconds"), [("", 25), ("2", 2), ("120", 120)])
def test_lines_stay_for_as_long_as_is_filled_in(member: Membership, typed: str, seconds: int) -> None:
    form = PreferenceForm(member, wants(member, shown_s=25), {"shown_s": typed})

    assert form.is_valid()
    assert form.wishes().shown_s == seconds


@pytest.mark.parametrize("typed", ["1", "121", "-5", "long"])
def test_lines_stay_neither_too_short_nor_too_long(member: Membership, typed: str) -> None:
    form = PreferenceForm(member, wants(member), {"shown_s": typed})

    assert list(form.errors) == ["shown_s"]
