from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from tests.factories import make_membership, make_user, make_workspace
from vigie.people import forms
from vigie.people.models import Preset, Role, User, Workspace
from vigie.people.operations import NewAccount, WorkspaceSettings

pytestmark = pytest.mark.django_db

FILLED = {
    "username": "ada",
    "email": "Ada@Example.org",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


def test_an_account_is_taken_as_filled_in() -> None:
    form = forms.AccountForm(FILLED)

    assert form.is_valid()
    assert form.account() == NewAccount("ada", "ada@example.org", "correct horse battery")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "ada lovelace"),
        ("username", "GRACE"),
        ("email", "ada"),
        ("email", "Grace@EXAMPLE.org"),
        ("password2", "something else"),
        ("password2", ""),
    ],
)
def test_an_account_that_cannot_be_is_refused_at_the_field(field: str, value: str) -> None:
    make_user("grace")

    form = forms.AccountForm(FILLED | {field: value})

    assert list(form.errors) == [field]


@pytest.mark.parametrize("password", ["short", "1234567890123", "passwordpassword"[:8], "ada@example.org"])
def test_a_weak_password_is_refused(password: str) -> None:
    form = forms.AccountForm(FILLED | {"password1": password, "password2": password})

    assert list(form.errors) == ["password2"]


def test_every_kind_of_workspace_and_every_role_says_what_it_is_for() -> None:
    assert set(forms.PRESET_NOTES) == set(Preset.values)
    assert set(forms.ROLE_NOTES) == set(Role.values)
    assert [radio.data["value"] for radio, _ in forms.NewWorkspaceForm().presets()] == Preset.values


def workspace_form(workspace: Workspace, **changes: str | list[str]) -> forms.WorkspaceForm:
    data = QueryDict(mutable=True)
    filled: dict[str, str | list[str]] = {
        "name": workspace.name,
        "preset": workspace.preset,
        "modules": ["moderation"],
        "alert_threshold": "0.7",
        **changes,
    }
    for field, value in filled.items():
        data.setlist(field, value if isinstance(value, list) else [value])
    return forms.WorkspaceForm(workspace, data)


def test_modules_that_this_version_lacks_are_not_shown_and_stay() -> None:
    workspace = make_workspace(preset="channel_moderation")

    form = workspace_form(workspace, modules=[])

    assert [choice.choice_label for choice in form["modules"]] == ["Alerts", "Chat", "Rules", "Clips"]
    assert form.is_valid(), form.errors
    assert form.settings() == WorkspaceSettings(
        workspace.name, "channel_moderation", form.settings().modules, alert_threshold=0.7
    )
    assert set(form.settings().modules) == {"audience"}


def test_a_new_kind_takes_away_the_modules_it_does_not_allow() -> None:
    workspace = make_workspace(preset="communications")

    form = workspace_form(workspace, preset="public_body")

    assert form.is_valid()
    assert set(form.settings().modules) == {"moderation"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 81),
        ("preset", "secret_service"),
        ("modules", ["publishing"]),
        ("alert_threshold", "1.01"),
        ("alert_threshold", "-0.1"),
        ("alert_threshold", "nan"),
        ("alert_threshold", "much"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_the_field(field: str, value: str | list[str]) -> None:
    assert list(workspace_form(make_workspace(), **{field: value}).errors) == [field]


def test_only_roles_that_may_be_given_are_taken() -> None:
    by = make_membership("supervisor")
    beyond = make_membership("administrator").role

    form = forms.InvitationForm(by, QueryDict(f"email=&role={beyond.pk}"))

    assert list(form.errors) == ["role"]


def test_roles_are_offered_with_what_they_are_for() -> None:
    by = make_membership("analyst")

    assert [(choice.label, str(choice.note)) for choice in forms.role_choices(by)] == [
        ("Analyst", "Follows lives, reads transcripts, sees alerts."),
        ("API client", "A program that reads lives, transcripts and alerts."),
    ]


def test_every_time_zone_offered_exists_and_those_of_accounts_are_offered() -> None:
    offered = [zone for _, zones in forms.time_zones() for zone, _ in zones]

    assert len(offered) > 400
    assert all(ZoneInfo(zone) for zone in offered)
    assert {"Europe/Paris", "America/Argentina/Buenos_Aires", "UTC"} <= set(offered)


def test_a_profile_with_a_time_zone_that_does_not_exist_is_refused() -> None:
    user = make_user()
    data = {"first_name": "", "last_name": "", "language": "fr", "time_zone": "Mars/Olympus", "theme": "dark"}

    assert list(forms.ProfileForm(data, instance=user).errors) == ["time_zone"]


@pytest.mark.parametrize("zone", ["Etc/UTC", "CET", "Europe/Paris"])
def test_a_profile_that_is_saved_as_it_is_keeps_its_time_zone(zone: str) -> None:
    user = make_user()
    user.time_zone = zone
    data = {"first_name": "", "last_name": "", "language": "fr", "time_zone": zone, "theme": "dark"}

    assert f'value="{zone}" selected' in str(forms.ProfileForm(instance=user)["time_zone"])
    assert forms.ProfileForm(data, instance=user).is_valid()


def test_the_time_zone_of_one_person_is_not_offered_to_the_next() -> None:
    forms.ProfileForm(instance=User(time_zone="Etc/UTC"))

    assert "Etc/UTC" not in str(forms.ProfileForm(instance=User())["time_zone"])


def test_a_public_body_is_offered_no_other_kind() -> None:
    form = workspace_form(make_workspace(preset="public_body"), preset="creator")

    assert [radio.data["value"] for radio, _ in form.presets()] == ["public_body"]
    assert "preset" in form.errors
