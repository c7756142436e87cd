from datetime import timedelta

import pytest
from django.utils import translation

from tests.factories import NOW, make_user
from vigie.governance.models import AuditEntry
from vigie.people import operations
from vigie.people.models import Theme, User

pytestmark = pytest.mark.django_db

ADA = operations.NewAccount("ada", "Ada@Example.org", "correct horse battery")


def acts() -> list[tuple[str, int | None, str, str]]:
    """Return what was told, in order: verb, actor, object."""
    entries = AuditEntry.objects.order_by("pk")
    return [(entry.verb, entry.actor_id, entry.object_type, entry.object_id) for entry in entries]


def test_an_account_can_sign_in_and_reads_the_language_of_the_moment() -> None:
    with translation.override("en"):
        user = operations.create_account(ADA)

    user.refresh_from_db()
    assert (user.username, user.email, user.language) == ("ada", "ada@example.org", "en")
    assert user.check_password("correct horse battery")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert acts() == [("account.created", user.pk, "user", str(user.pk))]


def test_an_operator_may_use_the_admin_pages() -> None:
    user = operations.create_account(ADA, is_operator=True)

    assert (user.is_staff, user.is_superuser) == (True, True)


def test_the_audit_entry_of_an_account_does_not_hold_its_password() -> None:
    operations.create_account(ADA)

    assert AuditEntry.objects.get().payload.body == '{"email":"ada@example.org","username":"ada"}'


def test_a_profile_is_saved_without_touching_the_rest() -> None:
    user = make_user("ada")
    stale = User.objects.get(pk=user.pk)
    User.objects.filter(pk=user.pk).update(is_active=False)

    stale.theme, stale.language = Theme.DARK, "fr"
    operations.update_profile(stale)

    user.refresh_from_db()
    assert (user.theme, user.language, user.is_active) == ("dark", "fr", False)
    assert acts() == [("profile.changed", user.pk, "user", str(user.pk))]
    assert AuditEntry.objects.get().payload.body == '{"language":["en","fr"],"theme":["system","dark"]}'


def test_a_profile_that_stays_the_same_is_no_act() -> None:
    operations.update_profile(make_user("ada"))

    assert acts() == []


def test_a_refused_password_is_accounted_for_with_the_account_it_was_tried_on() -> None:
    user = make_user("ada")

    operations.account_for_refusal(user, "account.password_refused", NOW)

    assert acts() == [("account.password_refused", None, "user", str(user.pk))]


def test_refused_passwords_do_not_fill_the_log() -> None:
    user = make_user("ada")

    for _ in range(25):
        operations.account_for_refusal(None, "account.password_refused", NOW)
    operations.account_for_refusal(user, "account.password_refused", NOW)
    operations.account_for_refusal(None, "account.password_refused", NOW + timedelta(minutes=1))

    unknown = ("account.password_refused", None, "", "")
    assert acts() == [*[unknown] * 20, ("account.password_refused", None, "user", str(user.pk)), unknown]


def test_signing_in_is_accounted_for() -> None:
    user = make_user()

    operations.account_for(user, "account.signed_in")

    assert acts() == [("account.signed_in", user.pk, "user", str(user.pk))]
