import pytest
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.test import RequestFactory
from django.utils import translation
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_membership, make_user, make_workspace
from vigie.people import mails, operations
from vigie.people.models import Invitation

pytestmark = pytest.mark.django_db

URL = "https://vigie.example.org/invitation/abc/"


@pytest.fixture
def mail_server(settings: Settings) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"email_url": "smtp://mail.example.org"})


def invitation(email: str = "grace@example.org") -> Invitation:
    by = make_membership("administrator", user=make_user("ada"), workspace=make_workspace("newsroom"))
    return operations.invite(by, role=Group.objects.get(name="analyst"), email=email, now=NOW).invitation


def test_an_invitation_is_mailed(mail_server: None, mailoutbox: list[EmailMessage]) -> None:
    with translation.override("en"):
        assert mails.send_invitation(invitation(), URL)

    [mail] = mailoutbox
    assert (mail.subject, mail.to) == ("Join Newsroom on Vigie", ["grace@example.org"])
    assert mail.body == (
        "ada invites you to the workspace “Newsroom” on Vigie. This link lets you in once, within seven days:\n\n"
        f"{URL}\n\n"
    )


def test_the_subject_is_one_line_whatever_the_workspace_is_called(
    mail_server: None, mailoutbox: list[EmailMessage]
) -> None:
    invited = invitation()
    invited.workspace = make_workspace()
    invited.workspace.name = "News\r\nBcc: all@example.org"

    with translation.override("en"):
        assert mails.send_invitation(invited, URL)

    assert [(mail.subject, mail.bcc) for mail in mailoutbox] == [("Join News Bcc: all@example.org on Vigie", [])]


def test_an_invitation_without_address_is_not_mailed(mail_server: None, mailoutbox: list[EmailMessage]) -> None:
    assert not mails.send_invitation(invitation(email=""), URL)
    assert mailoutbox == []


def test_without_a_mail_server_nothing_is_mailed(mailoutbox: list[EmailMessage]) -> None:
    assert not mails.send_invitation(invitation(), URL)
    assert mailoutbox == []


def test_a_mail_server_that_does_not_answer_is_no_trouble(mail_server: None, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert not mails.send_invitation(invitation(), URL)


def test_links_leave_with_the_address_of_the_settings(settings: Settings, rf: RequestFactory) -> None:
    request = rf.get("/", headers={"host": "localhost"})
    assert mails.address(request, "/invitation/x/") == "http://localhost/invitation/x/"

    settings.PUBLIC_URL = "https://vigie.example.org"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"public_url": "https://vigie.example.org/"})

    assert mails.address(request, "/invitation/x/") == "https://vigie.example.org/invitation/x/"
