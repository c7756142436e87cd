"""Mails of this area. Without a mail server nothing is sent: links are copied from the page."""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext

from vigie.people.models import Invitation
from vigie.runtime.texts import one_line

log = structlog.get_logger(__name__)


def address(request: HttpRequest, path: str) -> str:
    """Return the whole address of a page, for a link that leaves the site: never by a Host header where it was told."""
    return f"{settings.PUBLIC_URL}{path}" if settings.OPTIONS.public_url else request.build_absolute_uri(path)


def send_invitation(invitation: Invitation, url: str) -> bool:
    """Send the link to the invited person; return whether it left, which it needs an address and a server for."""
    if not (invitation.email and settings.OPTIONS.email_url):
        return False
    subject = one_line(gettext("Join %(workspace)s on Vigie") % {"workspace": invitation.workspace})
    text = render_to_string("people/mail/invitation.txt", {"invitation": invitation, "url": url})
    try:
        send_mail(subject, text, None, [invitation.email])
    except (SMTPException, OSError) as error:
        log.warning("mail_not_sent", reason=str(error))
        return False
    return True
