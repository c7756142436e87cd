"""Mails of this area: in the reader's language and time, with a way out that needs no sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import get_language, gettext

from vigie.errors import VigieError
from vigie.notifications import digest, kinds, queries
from vigie.notifications.digest import Item
from vigie.notifications.models import Happening, Mail
from vigie.people.models import Membership
from vigie.runtime.texts import one_line

SMTP_S = 10.0
"""How long the mail server may take for each of its answers."""
SALT = "vigie.notifications.unsubscribe"


class NotSent(VigieError):
    """The mail server did not take it."""

    def __init__(self, reason: str, *, is_final: bool = False, is_of_address: bool = False) -> None:
        """Say why, whether it never will, and whether that is so of this address only."""
        super().__init__(reason)
        self.is_final = is_final
        self.is_of_address = is_of_address


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a mail says."""

    words: str
    """What is still true."""
    when: str
    address: str
    """Of the page that says more."""


def send(member: Membership, mails: Sequence[Mail]) -> None:
    """Tell a member several things in one mail. Raises NotSent."""
    with translation.override(member.user.language), timezone.override(member.user.zone):
        message = _composed(member, mails)
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _ in error.recipients.values()):  # RFC 5321, 4.2.1: for good
            raise NotSent("the mail server refuses the address", is_final=True, is_of_address=True) from error
        raise NotSent("the mail server does not take the address now", is_of_address=True) from error
    except (SMTPException, OSError) as error:
        raise NotSent(str(error) or type(error).__name__) from error


def _composed(member: Membership, mails: Sequence[Mail]) -> EmailMultiAlternatives:
    lines = lines_of([mail.happening for mail in mails])
    leave = queries.whole_address("notices-unsubscribe", token_of(member.pk))
    context = {
        "lines": lines,
        "language": member.user.language,
        "workspace": member.workspace,
        "leave": leave,
        "settings_address": queries.whole_address("notice-settings", member.workspace.slug),
    }
    return EmailMultiAlternatives(
        subject=_subject(lines, member),
        body=render_to_string("notifications/mail/news.txt", context),
        to=[member.user.email],
        headers={
            # The same when it is sent again after a crash, for mail programs that tell doubles by it.
            "Message-ID": f"<vigie.mail.{min(mail.pk for mail in mails)}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
        },
        alternatives=[(render_to_string("notifications/mail/news.html", context), "text/html")],
        connection=get_connection(timeout=SMTP_S),
    )


def lines_of(happenings: Sequence[Happening]) -> list[Line]:
    """Return what a mail says of several things, in the order in which they happened."""
    known = {one.pk: one for one in happenings}
    items = [
        Item(one.pk, one.kind, one.subject_id, one.at, one.live.ended_at if one.live else None) for one in happenings
    ]
    return [_line(known[item.key], item.kind) for item in digest.condensed(items)]


def _line(happening: Happening, kind: str) -> Line:
    address = f"{settings.PUBLIC_URL}{queries.page_of(happening)}"
    if happening.live is None or kind not in {kinds.LIVE_STARTED, kinds.LIVE_ENDED}:
        return Line(happening.headline_as(kind), _clock(happening.at), address)
    start, end = happening.live.started_at, happening.live.ended_at
    if end is None:
        when = gettext("since %(start)s") % {"start": _clock(start)}
    else:
        when = gettext("from %(start)s to %(end)s") % {"start": _clock(start), "end": _clock(end)}
    return Line(happening.headline_as(kind), when, address)


def _clock(moment: datetime) -> str:
    """Return a moment on the reader's clock: `21 Nov 21:14`, `21 nov. 21:14`."""
    return formats.date_format(timezone.localtime(moment), "j N H:i" if get_language() == "fr" else "j M H:i")


def _subject(lines: Sequence[Line], member: Membership) -> str:
    said = gettext("%(number)d pieces of news from %(workspace)s")
    subject = lines[0].words if len(lines) == 1 else said % {"number": len(lines), "workspace": member.workspace}
    return one_line(subject)


def token_of(member_id: int) -> str:
    """Return what lets whoever holds a mail stop the mails of a member, and nothing else."""
    return signing.dumps(member_id, salt=SALT)


def member_of(token: str) -> int | None:
    """Return whose mails a token stops; None where it is not one of ours."""
    try:
        return int(signing.loads(token, salt=SALT))
    except signing.BadSignature:
        return None
