"""Mails of this area. Without a mail server nothing is sent: links are copied from the page."""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext

from vigie.people.models import Invitation

log = structlog.get_logger(__name__)


def send_invitation(invitation: Invitation, url: str) -> bool:
    """Send the link to the invited person; return whether it left, which it needs an address and a server for."""
    if not (invitation.email and settings.OPTIONS.email_url):
        return False
    subject = gettext("Join %(workspace)s on Vigie") % {"workspace": invitation.workspace}
    text = render_to_string("people/mail/invitation.txt", {"invitation": invitation, "url": url})
    try:
        send_mail(subject, text, None, [invitation.email])
    except (SMTPException, OSError) as error:
        log.warning("mail_not_sent", reason=str(error))
        return False
    return True
