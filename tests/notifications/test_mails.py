import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_live, make_membership
from tests.notifications.rows import make_happening, make_mail, make_webhook
from vigie.notifications import kinds, mails
from vigie.notifications.mails import NotSent
from vigie.notifications.models import Mail
from vigie.people.models import Membership
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


class RefusingBackend(EmailBackend):
    """A mail server that refuses every address."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"x": (550, b"no such mailbox")})


class GreyBackend(EmailBackend):
    """A mail server that takes mail from strangers at the second try only (RFC 6647)."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({"x": (451, b"come back in five minutes")})


class BusyBackend(EmailBackend):
    """A mail server that has no time."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("try later")


@pytest.fixture(autouse=True)
def public(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://vigie.example.org"


def reload(row: Mail) -> Mail:
    return Mail.objects.select_related("happening__live__channel", "happening__workspace").get(pk=row.pk)


def sent(member: Membership, *rows: Mail) -> EmailMultiAlternatives:
    mails.send(member, [reload(row) for row in rows])
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def test_a_mail_says_what_and_leads_there(member: Membership, live: Live) -> None:
    message = sent(member, make_mail(member, make_happening(live)))

    page = f"https://vigie.example.org/w/{member.workspace.slug}/lives/{live.pk}/"
    assert (message.subject, message.to) == ("Le grand plateau is live", [member.user.email])
    assert str(message.body).startswith(f"Le grand plateau is live\nsince 5 Jan 11:00\n{page}\n")
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert f'<a href="{page}"><b>Le grand plateau is live</b></a>' in str(html)


@pytest.mark.parametrize(
    ("zone", "clock"), [("Europe/Paris", "5 Jan 11:00"), ("Asia/Tokyo", "5 Jan 19:00"), ("UTC", "5 Jan 10:00")]
)
def test_times_are_the_readers(member: Membership, live: Live, zone: str, clock: str) -> None:
    member.user.time_zone = zone

    assert clock in str(sent(member, make_mail(member, make_happening(live))).body)


def test_a_live_that_is_over_is_told_so(member: Membership, live: Live) -> None:
    live.ended_at = NOW + timedelta(hours=1)
    live.save()

    message = sent(member, make_mail(member, make_happening(live)))

    assert message.subject == "Le grand plateau is no longer live"
    assert "from 5 Jan 11:00 to 5 Jan 12:00" in str(message.body)


def test_a_live_that_goes_on_is_told_with_the_moment(member: Membership, live: Live) -> None:
    resumed = make_happening(live, kinds.LIVE_RESUMED, at=NOW + timedelta(hours=2))

    message = sent(member, make_mail(member, resumed))

    page = f"https://vigie.example.org/w/{member.workspace.slug}/lives/{live.pk}/"
    assert str(message.body).startswith(f"Le grand plateau: the live goes on\n5 Jan 13:00\n{page}\n")


def test_several_things_make_one_mail(member: Membership, live: Live) -> None:
    alert = make_happening(live, kinds.ALERT_RAISED, subject_id=41, score=0.8, at=NOW + timedelta(minutes=5))

    message = sent(member, make_mail(member, make_happening(live)), make_mail(member, alert))

    assert message.subject == f"2 pieces of news from {member.workspace}"
    text = str(message.body)
    assert text.index("Le grand plateau is live") < text.index("Le grand plateau: alert 41")
    assert f"/w/{member.workspace.slug}/alerts/41/" in text


def test_a_webhook_that_was_switched_off_is_told(member: Membership) -> None:
    webhook = make_webhook(member.workspace)
    happening = make_happening(
        None, kinds.WEBHOOK_OFF, live=None, workspace=member.workspace, subject_id=webhook.pk, at=NOW
    )

    message = sent(member, make_mail(member, happening))

    assert message.subject == f"Webhook {webhook.pk} was switched off"
    assert f"/w/{member.workspace.slug}/webhooks/{webhook.pk}/" in str(message.body)


def test_names_are_no_markup_and_break_no_header(member: Membership) -> None:
    live = make_live(make_channel(member.workspace, name="<b>Ben</b>\nBcc: all@example.org"))

    message = sent(member, make_mail(member, make_happening(live)))

    assert message.subject == "<b>Ben</b> Bcc: all@example.org is live"
    assert "<b>Ben</b>" in str(message.body)
    assert "<b>Ben</b>" not in str(message.alternatives[0][0])


def test_the_name_of_a_workspace_breaks_no_header_either(member: Membership) -> None:
    member.workspace.name = "Team\nBcc: all@example.org"

    message = sent(member, make_mail(member), make_mail(member))

    assert message.subject == "2 pieces of news from Team Bcc: all@example.org"


def test_there_is_a_way_out_that_mail_programs_know(member: Membership, live: Live) -> None:
    row = make_mail(member, make_happening(live))

    built = sent(member, row).message()

    leave = built["List-Unsubscribe"]
    assert leave.startswith("<https://vigie.example.org/notices/unsubscribe/")
    assert built["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert built["Auto-Submitted"] == "auto-generated"
    assert built["Message-ID"] == f"<vigie.mail.{row.pk}@vigie.example.org>"
    assert leave.strip("<>") in str(mail.outbox[0].body)


@pytest.mark.parametrize(
    ("backend", "reason", "is_final"),
    [
        ("RefusingBackend", "refuses the address", True),
        ("GreyBackend", "does not take the address now", False),
        ("BusyBackend", "try later", False),
    ],
)
def test_what_the_server_does_not_take_is_told(
    member: Membership, settings: Settings, *, backend: str, reason: str, is_final: bool
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend}"
    row = reload(make_mail(member))

    with pytest.raises(NotSent, match=reason) as caught:
        mails.send(member, [row])
    assert caught.value.is_final is is_final


def test_a_token_is_of_one_member_and_cannot_be_made_up(member: Membership) -> None:
    token = mails.token_of(member.pk)

    assert mails.member_of(token) == member.pk
    assert mails.token_of(make_membership().pk) != token
    for other in ("", "x", token + "x", token[:-1], f"{member.pk}"):
        assert mails.member_of(other) is None
