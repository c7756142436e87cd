import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.callers import make_key
from tests.factories import NOW, make_connection, make_membership, make_user, make_workspace
from vigie.events import Acted
from vigie.governance import operations as governance
from vigie.governance.models import AuditEntry
from vigie.people import operations
from vigie.people.models import User

pytestmark = pytest.mark.django_db

OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("vigie.")]
MODELS = [model for model in apps.get_models() if model._meta.app_label in {"people", "governance"}]


@pytest.fixture
def operator(client: Client) -> User:
    """Whoever runs the installation, signed in."""
    user = operations.create_account(operations.NewAccount("ada", "ada@example.org", "x"), is_operator=True)
    client.force_login(user)
    return user


def test_every_model_of_ours_is_registered() -> None:
    assert [
        model for model in apps.get_models() if model._meta.app_label in OURS and model not in admin.site._registry
    ] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_list_and_every_row_can_be_looked_at(model: type, operator: User, client: Client) -> None:
    by = make_membership("administrator")
    operations.invite(by, role=by.role, email="grace@example.org", now=NOW)
    make_connection(by.workspace)
    make_key(by)
    meta = model._meta  # type: ignore[attr-defined]
    row = meta.default_manager.first()

    assert client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), {"q": "a"}).status_code == 200
    assert client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])).status_code == 200


def test_history_is_not_edited_in_the_admin(operator: User, client: Client) -> None:
    entry = governance.append(Acted(None, None, "setup_link.made"), NOW)
    page = reverse("admin:governance_auditentry_change", args=[entry.pk])

    assert client.post(page, {"verb": "nothing.happened"}).status_code == 403
    assert client.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:governance_auditentry_add")).status_code == 403
    assert AuditEntry.objects.get(pk=entry.pk).verb == "setup_link.made"


def test_the_hash_of_an_invitation_is_not_shown(operator: User, client: Client) -> None:
    by = make_membership("administrator")
    invitation = operations.invite(by, role=by.role, now=NOW).invitation

    page = client.get(reverse("admin:people_invitation_change", args=[invitation.pk])).content.decode()

    assert invitation.token_sha256 not in page


def test_the_hash_of_an_api_key_is_not_shown(operator: User, client: Client) -> None:
    row = make_key(make_membership("administrator")).row

    page = client.get(reverse("admin:people_apikey_change", args=[row.pk])).content.decode()

    assert row.prefix in page
    assert row.key_sha256 not in page


def test_the_tokens_of_a_connected_account_are_not_shown(operator: User, client: Client) -> None:
    account = make_connection()

    page = client.get(reverse("admin:people_connectedaccount_change", args=[account.pk])).content.decode()

    assert account.login in page
    assert not [token for token in (account.access_token, account.refresh_token, "token-1") if token in page]


def test_a_person_is_added_with_an_e_mail(operator: User, client: Client) -> None:
    filled = {"username": "grace", "email": "grace@example.org", "usable_password": "true"}
    passwords = {"password1": "correct horse battery", "password2": "correct horse battery"}

    client.post(reverse("admin:people_user_add"), filled | passwords)

    assert User.objects.get(username="grace").email == "grace@example.org"


def test_a_former_e_mail_opens_nothing_any_more(operator: User, client: Client) -> None:
    grace = make_user("grace")
    EmailAddress.objects.create(user=grace, email="grace@example.org", primary=True)
    page = reverse("admin:people_user_change", args=[grace.pk])
    filled = {"username": "grace", "email": "hopper@example.org", "language": "fr", "time_zone": "UTC", "theme": "dark"}

    client.post(page, filled | {"date_joined_0": "2026-01-05", "date_joined_1": "10:00:00", "is_active": "on"})

    grace.refresh_from_db()
    assert grace.email == "hopper@example.org"
    assert not EmailAddress.objects.exists()


READER = {"email": "grace@example.org", "language": "fr", "time_zone": "UTC", "theme": "dark"}


@pytest.mark.parametrize(("field", "value"), [("language", "tlh"), ("time_zone", "Mars/Olympus"), ("time_zone", "")])
def test_nobody_is_given_a_language_or_a_clock_that_does_not_exist(
    field: str, value: str, operator: User, client: Client
) -> None:
    grace = make_user("grace")
    filled = READER | {"username": "grace", "date_joined_0": "2026-01-05", "date_joined_1": "10:00:00", field: value}

    answer = client.post(reverse("admin:people_user_change", args=[grace.pk]), filled)

    assert list(answer.context["adminform"].form.errors) == [field]
    assert not acts()


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"modules": ["moderation", "chat"]}, []),
        ({"modules": []}, []),
        ({"modules": "5"}, ["modules"]),
        ({"modules": ["moderation", "telepathy"]}, ["modules"]),
        ({"preset": "public_body", "modules": ["publishing"]}, ["modules"]),
        ({"preset": "secret_service", "modules": ["chat"]}, ["preset"]),
        ({"alert_threshold": "1.1"}, ["__all__"]),
        ({"name": ""}, ["name"]),
    ],
)
def test_a_workspace_is_given_only_what_its_kind_allows(
    changed: dict[str, str], wrong: list[str], operator: User, client: Client
) -> None:
    kept = make_workspace(preset="creator")
    filled = {"name": kept.name, "slug": kept.slug, "preset": "creator", "alert_threshold": "0.5"}

    answer = client.post(reverse("admin:people_workspace_change", args=[kept.pk]), filled | changed)

    assert (list(answer.context["adminform"].form.errors) if answer.context else []) == wrong
    kept.refresh_from_db()
    assert (kept.alert_threshold, len(acts())) == ((0.7, 0) if wrong else (0.5, 1))
    assert kept.modules == (["moderation", "chat", "rules", "clips"] if wrong else changed["modules"])


def test_the_admin_is_for_operators_only(client: Client) -> None:
    client.force_login(make_membership("administrator").user)

    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:login")).status_code == 403


def acts() -> list[tuple[int | None, int | None, str, str]]:
    return list(
        AuditEntry.objects.filter(verb__startswith="admin.")
        .order_by("pk")
        .values_list("chain__workspace", "actor_id", "verb", "object_type")
    )


def test_giving_a_role_in_the_admin_stands_in_the_audit_log_of_the_workspace(operator: User, client: Client) -> None:
    member = make_membership("analyst")
    filled = {"user": member.user_id, "workspace": member.workspace_id, "role": Group.objects.get(name="moderator").pk}
    page = reverse("admin:people_membership_change", args=[member.pk])

    client.post(page, filled)
    client.post(page.replace("change", "delete"), {"post": "yes"})

    workspace = member.workspace_id
    assert acts() == [
        (workspace, operator.pk, "admin.changed", "membership"),
        (workspace, operator.pk, "admin.removed", "membership"),
    ]
    assert '"fields":["Role"]' in AuditEntry.objects.get(verb="admin.changed").payload.body


def test_several_rows_removed_at_once_are_accounted_for_one_by_one(operator: User, client: Client) -> None:
    members = [make_membership("analyst") for _ in range(2)]
    chosen = {"action": "delete_selected", "_selected_action": [member.pk for member in members], "post": "yes"}

    client.post(reverse("admin:people_membership_changelist"), chosen)

    assert {(workspace, verb) for workspace, _, verb, _ in acts()} == {
        (member.workspace_id, "admin.removed") for member in members
    }


def test_changing_what_a_role_may_do_stands_in_the_audit_log_of_the_installation(
    operator: User, client: Client
) -> None:
    client.post(reverse("admin:auth_group_change", args=[Group.objects.get(name="analyst").pk]), {"name": "analyst"})

    assert acts() == [(None, operator.pk, "admin.changed", "group")]


def test_the_secret_of_a_second_factor_is_not_shown(operator: User, client: Client) -> None:
    factor = Authenticator.objects.create(user=make_user(), type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})

    page = client.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])).content.decode()

    assert "JBSWY3DPEHPK3PXP" not in page
