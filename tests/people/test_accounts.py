"""What django-allauth does for people, in our words, and told in the audit log."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.factories import make_membership, make_user
from vigie.events import Acted
from vigie.governance.models import AuditEntry
from vigie.people.models import User
from vigie.runtime import bus
from vigie.runtime.sealing import unseal

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def ada() -> User:
    return make_membership(user=make_user("ada", password=PASSWORD)).user


def told() -> list[str]:
    return list(AuditEntry.objects.filter(chain__workspace=None).order_by("pk").values_list("verb", flat=True))


def sign_in(client: Client, login: str, password: str = PASSWORD) -> str:
    """Return the address one is sent to, empty where the form is shown again."""
    answer = client.post(reverse("account_login"), {"login": login, "password": password})
    return answer.headers.get("Location", "")


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org", "Ada@Example.org"])
def test_one_signs_in_by_user_name_or_e_mail_however_written(login: str, ada: User, client: Client) -> None:
    assert sign_in(client, login) == reverse("home")
    assert told() == ["account.signed_in"]


REFUSED = "account.password_refused"


@pytest.mark.parametrize(
    ("login", "password", "acts"),
    [("ada", "wrong", [REFUSED]), ("grace", PASSWORD, [REFUSED]), ("", PASSWORD, []), ("ada", "", [])],
)
def test_wrong_words_do_not_sign_in(login: str, password: str, acts: list[str], ada: User, client: Client) -> None:
    assert sign_in(client, login, password) == ""
    assert told() == acts


def test_what_was_typed_in_vain_is_kept_nowhere(ada: User, client: Client) -> None:
    """People type their password as their name, and write it a letter off."""
    sign_in(client, "typed as a name", "typed in vain")

    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.object_type, entry.object_id, entry.payload.body) == (None, "", "", "{}")


def test_an_account_that_is_switched_off_does_not_sign_in(ada: User, client: Client) -> None:
    User.objects.update(is_active=False)

    assert sign_in(client, "ada") == reverse("account_inactive")
    assert client.get(reverse("account_inactive")).status_code == 200


def test_trying_passwords_is_slowed_down(ada: User, client: Client) -> None:
    for _ in range(5):
        sign_in(client, "ada", "wrong")

    assert sign_in(client, "ada") == ""
    assert told() == [REFUSED] * 5


def test_the_admin_pages_ask_for_the_same_sign_in(client: Client) -> None:
    answer = client.get(reverse("admin:login"))

    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.django_db(transaction=True)  # followers hear of what is committed
def test_who_hears_that_somebody_signed_out_finds_the_session_gone(ada: User, client: Client) -> None:
    client.force_login(ada)
    heard: list[tuple[str, bool]] = []

    def hear(event: Acted) -> None:
        heard.append((event.verb, Session.objects.exists()))

    bus.follow(Acted, hear)
    client.post(reverse("account_logout"))
    bus.unfollow(Acted, hear)

    assert heard == [("account.signed_out", False)]


def test_signing_out_is_told(ada: User, client: Client) -> None:
    client.force_login(ada)

    client.post(reverse("account_logout"))

    assert told() == ["account.signed_out"]


def test_nobody_signs_up_without_an_invitation(client: Client) -> None:
    page = client.get(reverse("account_signup"))

    assert "By invitation" in page.content.decode()
    client.post(reverse("account_signup"), {"email": "a@b.org", "username": "a"})
    assert not User.objects.exists()


def test_anyone_signs_up_where_the_operator_allows_it(settings: Settings, client: Client) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"open_signup": True})
    filled = {"email": "Ada@Example.org", "username": "ada", "password1": PASSWORD, "password2": PASSWORD}

    answer = client.post(reverse("account_signup"), filled)

    assert answer.headers["Location"] == reverse("home")
    user = User.objects.get()
    assert (user.username, user.email, user.language, user.is_staff) == ("ada", "ada@example.org", "en", False)
    assert told() == ["account.created", "account.signed_in"]


def test_a_forgotten_password_is_replaced_by_mail(ada: User, client: Client, mailoutbox: list[EmailMessage]) -> None:
    client.post(reverse("account_reset_password"), {"email": "ada@example.org"})
    [mail] = mailoutbox
    [link] = re.findall(r"http://testserver(/\S+)", str(mail.body))
    form = client.get(link, follow=True)

    client.post(form.redirect_chain[-1][0], {"password1": "another long one", "password2": "another long one"})

    assert mail.subject.endswith("A new password for Vigie")
    assert "Your user name is ada." in mail.body
    assert sign_in(client, "ada", "another long one") == reverse("home")
    assert told() == ["account.password_reset", "account.signed_in"]


def test_a_link_for_a_new_password_works_once(ada: User, client: Client, mailoutbox: list[EmailMessage]) -> None:
    client.post(reverse("account_reset_password"), {"email": "ada@example.org"})
    [link] = re.findall(r"http://testserver(/\S+)", str(mailoutbox[0].body))
    ada.set_password("changed meanwhile")
    ada.save()

    page = client.get(link)

    assert "This link is not valid any more" in page.content.decode()


def test_an_e_mail_without_account_gets_a_mail_that_says_so(client: Client, mailoutbox: list[EmailMessage]) -> None:
    client.post(reverse("account_reset_password"), {"email": "who@example.org"})

    assert "no account has it" in mailoutbox[0].body


def test_changing_the_password_is_told(ada: User, client: Client) -> None:
    client.force_login(ada)
    new = "another long one"

    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert told() == ["account.password_changed"]
    ada.refresh_from_db()
    assert ada.check_password(new)


def code_for(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())))))


def prove(client: Client) -> None:
    """Sign in, and give the password again, as before a change that protects the account."""
    sign_in(client, "ada")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def secret_on(page: str) -> str:
    [secret] = re.findall(r"<code>(\w+)</code>", page)
    return str(secret)


@pytest.mark.django_db(transaction=True)  # allauth tells of it after the commit
def test_a_second_factor_is_asked_for_once_it_is_set_up(ada: User, client: Client) -> None:
    prove(client)
    secret = secret_on(client.get(reverse("mfa_activate_totp")).content.decode())
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<code>(\d+)</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())
    client.post(reverse("account_logout"))

    assert sign_in(client, "ada") == reverse("mfa_authenticate")
    assert client.get(reverse("home")).status_code == 302  # to sign in: the password alone is not enough
    client.post(reverse("mfa_authenticate"), {"code": "12345678"})
    answer = client.post(reverse("mfa_authenticate"), {"code": codes[0]})

    assert answer.headers["Location"] == reverse("home")
    assert told() == [
        "account.signed_in",
        "account.second_factor_added",
        "account.second_factor_added",  # the recovery codes
        "account.signed_out",
        "account.code_refused",
        "account.signed_in",
    ]


@pytest.mark.django_db(transaction=True)
def test_the_secrets_of_second_factors_are_sealed(ada: User, client: Client) -> None:
    prove(client)
    secret = secret_on(client.get(reverse("mfa_activate_totp")).content.decode())
    client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})

    kept = {factor.type: factor.data for factor in Authenticator.objects.filter(user=ada)}
    assert unseal(kept["totp"]["secret"]) == secret
    assert len(unseal(kept["recovery_codes"]["seed"])) == 80


def test_a_second_factor_that_cannot_be_read_lets_nobody_in(ada: User, client: Client) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    factor = TOTP.activate(ada, secret)
    factor.instance.data = {"secret": secret}  # as it lies in the database of another installation

    assert not factor.validate_code(code_for(secret))
    assert not factor.validate_code(code_for(""))


PAGES = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
OWN_PAGES = ["account_logout", "account_change_password", "account_reauthenticate", "mfa_index", "mfa_activate_totp"]


@pytest.mark.parametrize("name", [*PAGES, *OWN_PAGES])
def test_every_page_about_accounts_is_ours(name: str, ada: User, client: Client) -> None:
    if name in OWN_PAGES:
        prove(client)

    page = client.get(reverse(name)).content.decode()

    assert 'class="account ' in page
    assert ("placeholder" in page) is (name == "mfa_activate_totp")


def test_the_sign_in_page_tells_when_nobody_can_sign_in_yet(client: Client) -> None:
    words = "Nobody can sign in yet"
    assert words in client.get(reverse("account_login")).content.decode()

    User.objects.create(username="ada", email="ada@example.org", is_superuser=True)
    assert words not in client.get(reverse("account_login")).content.decode()


def test_the_mail_for_a_new_password_does_not_lead_to_a_host_that_the_visitor_named(
    ada: User, client: Client, mailoutbox: list[EmailMessage], settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://vigie.example.org"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"public_url": "https://vigie.example.org"})
    settings.ALLOWED_HOSTS = ["*"]

    client.post(reverse("account_reset_password"), {"email": "ada@example.org"}, headers={"host": "evil.example.net"})

    assert "https://vigie.example.org/" in mailoutbox[0].body
    assert "evil" not in mailoutbox[0].body
