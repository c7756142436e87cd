import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from tests.at_once import meanwhile
from tests.factories import make_membership, make_user, make_workspace
from vigie.governance.models import AuditEntry
from vigie.people import operations, queries
from vigie.people.models import Invitation, Membership, Role, User, Workspace
from vigie.runtime import clock

pytestmark = pytest.mark.django_db

ACCOUNT = {
    "username": "ada",
    "email": "ada@example.org",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


def address(name: str, workspace: Workspace, pk: int | None = None) -> str:
    kwargs: dict[str, object] = {"workspace": workspace.slug}
    return reverse(name, kwargs=kwargs if pk is None else kwargs | {"pk": pk})


@pytest.fixture
def administrator(client: Client) -> Membership:
    """An administrator, signed in."""
    membership = make_membership("administrator", workspace=make_workspace("newsroom"))
    client.force_login(membership.user)
    return membership


# ── home ──


def test_home_is_the_first_workspace(client: Client) -> None:
    user = make_user()
    for slug in ("newsroom", "archive"):
        make_membership(user=user, workspace=make_workspace(slug))
    client.force_login(user)

    assert client.get(reverse("home")).headers["Location"] == "/w/archive/wall/"


@pytest.mark.parametrize(("is_operator", "offered"), [(True, True), (False, False)])
def test_home_without_workspace_says_what_to_do(is_operator: bool, offered: bool, client: Client) -> None:  # noqa: FBT001 - a column
    client.force_login(
        operations.create_account(operations.NewAccount("ada", "ada@example.org", "x"), is_operator=is_operator)
    )

    page = client.get(reverse("home")).content.decode()

    assert (reverse("workspace-add") in page) is offered


# ── the first administrator ──


def test_the_first_administrator_sets_vigie_up(client: Client) -> None:
    link = operations.first_link(clock.now())
    assert link is not None
    assert client.get(link).status_code == 200

    answer = client.post(link, ACCOUNT | {"name": "Newsroom", "preset": "public_body"})

    assert answer.headers["Location"] == "/w/newsroom/wall/"
    assert client.get(reverse("profile")).status_code == 200  # signed in
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("field", [*ACCOUNT, "name", "preset"])
def test_what_is_missing_at_first_is_told_and_nothing_is_made(field: str, client: Client) -> None:
    link = operations.first_link(clock.now())
    assert link is not None

    answer = client.post(link, ACCOUNT | {"name": "Newsroom", "preset": "creator"} | {field: ""})

    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert not User.objects.exists()


def use_links() -> None:
    Invitation.objects.update(accepted_at=clock.now())


def test_whoever_sets_vigie_up_a_moment_too_late_is_told(client: Client) -> None:
    link = operations.first_link(clock.now())
    assert link is not None

    with meanwhile("people_invitation", use_links):
        answer = client.post(link, ACCOUNT | {"name": "Newsroom", "preset": "creator"})

    assert answer.status_code == 410
    assert not User.objects.exists() | Workspace.objects.exists()


@pytest.mark.parametrize("name", ["setup", "invitation"])
def test_a_link_nobody_gave_is_told_to_be_gone(name: str, client: Client) -> None:
    answer = client.get(reverse(name, args=["nonsense"]))

    assert answer.status_code == 410
    assert "This link is not valid any more" in answer.content.decode()


def test_the_first_link_is_no_invitation(client: Client) -> None:
    link = operations.first_link(clock.now())
    assert link is not None

    assert client.get(link.replace("setup", "invitation")).status_code == 410


# ── invitations ──


def invite(role: str = "moderator", email: str = "ada@example.org") -> str:
    """Return the address of an invitation to the workspace `newsroom`."""
    by = make_membership("administrator", workspace=make_workspace("newsroom"))
    issued = operations.invite(by, role=Group.objects.get(name=role), email=email, now=clock.now())
    return reverse("invitation", args=[issued.token])


def test_an_invited_person_makes_an_account_and_is_in(client: Client) -> None:
    link = invite()
    page = client.get(link).content.decode()
    assert "Join Newsroom" in page
    assert 'value="ada@example.org"' in page

    answer = client.post(link, ACCOUNT)

    assert answer.headers["Location"] == "/w/newsroom/wall/"
    assert queries.memberships_of(User.objects.get(username="ada")).get().role.name == "moderator"
    assert client.get(link).status_code == 410


def test_an_invited_person_with_an_account_signs_in_and_comes_back(client: Client) -> None:
    link = invite()
    page = client.get(link).content.decode()
    [sign_in] = re.findall(rf'href="({reverse("account_login")}[^"]+)"', page)
    user = make_user("grace", password="correct horse battery")

    answer = client.post(sign_in, {"login": "grace", "password": "correct horse battery"})
    assert answer.headers["Location"] == link
    assert "Join as grace" in client.get(link).content.decode()

    client.post(link)
    assert Membership.objects.get(user=user).workspace.slug == "newsroom"


@pytest.mark.parametrize("has_account", [False, True])
def test_whoever_uses_a_link_a_moment_too_late_is_told(has_account: bool, client: Client) -> None:  # noqa: FBT001 - a column
    link = invite()
    if has_account:
        client.force_login(make_user("ada"))

    with meanwhile("people_invitation", use_links):
        answer = client.post(link, ACCOUNT)

    assert answer.status_code == 410
    assert User.objects.filter(username="ada").exists() is has_account
    assert Membership.objects.count() == 1  # whoever invites


def test_a_member_who_follows_an_invitation_is_told(client: Client) -> None:
    link = invite()
    client.force_login(Membership.objects.get().user)

    answer = client.post(link, follow=True)

    assert "You are in this workspace already." in answer.content.decode()


def test_a_wrong_account_leaves_the_invitation_open(client: Client) -> None:
    link = invite()

    answer = client.post(link, ACCOUNT | {"password2": "other"})

    assert answer.status_code == 200
    assert not User.objects.filter(username="ada").exists()
    assert client.post(link, ACCOUNT).status_code == 302


# ── oneself ──


def test_a_profile_is_changed_and_answers_in_the_new_language(client: Client) -> None:
    user = make_membership(user=make_user("ada", language="fr")).user
    client.force_login(user)
    filled = {"first_name": "Ada", "last_name": "", "language": "en", "time_zone": "Asia/Tokyo", "theme": "dark"}

    page = client.post(reverse("profile"), filled, follow=True).content.decode()

    user.refresh_from_db()
    assert (user.first_name, user.language, user.time_zone, user.theme) == ("Ada", "en", "Asia/Tokyo", "dark")
    assert "Your profile was changed." in page
    assert 'lang="en"' in page


def test_a_wrong_profile_is_shown_again(client: Client) -> None:
    user = make_user("ada")
    client.force_login(user)

    page = client.post(reverse("profile"), {"language": "xx", "time_zone": "Asia/Tokyo", "theme": "dark"})

    assert "errorlist" in page.content.decode()
    user.refresh_from_db()
    assert user.theme == "system"


def test_a_profile_lists_the_workspaces_of_the_person(client: Client) -> None:
    user = make_user()
    for slug in ("newsroom", "archive"):
        make_membership(user=user, workspace=make_workspace(slug))
    client.force_login(user)

    page = client.get(reverse("profile")).content.decode()

    assert {"/w/newsroom/wall/", "/w/archive/wall/"} <= set(re.findall(r'href="([^"]+)"', page))


# ── workspaces ──


def test_where_sign_up_is_open_anyone_starts_a_workspace(settings: Settings, client: Client) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"open_signup": True})
    client.force_login(make_user())
    assert client.get(reverse("workspace-add")).status_code == 200

    answer = client.post(reverse("workspace-add"), {"name": "Mon coin", "preset": "creator"})

    assert answer.headers["Location"] == "/w/mon-coin/wall/"


def test_otherwise_only_the_operator_does(client: Client) -> None:
    client.force_login(make_membership("administrator").user)

    assert client.get(reverse("workspace-add")).status_code == 403


def test_settings_are_changed(administrator: Membership, client: Client) -> None:
    page = address("workspace-settings", administrator.workspace)
    filled = {"name": "Desk", "preset": "creator", "modules": [], "alert_threshold": "0.85"}

    answer = client.post(page, filled, follow=True)

    workspace = Workspace.objects.get(slug="newsroom")
    assert (workspace.name, workspace.preset, workspace.alert_threshold) == ("Desk", "creator", 0.85)
    assert "moderation" not in workspace.modules
    assert "The settings were changed." in answer.content.decode()


def test_settings_that_stay_as_they_are_are_not_said_to_be_changed(administrator: Membership, client: Client) -> None:
    kept = administrator.workspace
    filled = {"name": kept.name, "preset": kept.preset, "modules": kept.modules, "alert_threshold": "0.7"}

    answer = client.post(address("workspace-settings", kept), filled, follow=True)

    assert "The settings were changed." not in answer.content.decode()
    assert not AuditEntry.objects.exists()


def test_wrong_settings_are_shown_again(administrator: Membership, client: Client) -> None:
    page = address("workspace-settings", administrator.workspace)

    answer = client.post(page, {"name": "Desk", "preset": "creator", "alert_threshold": "2"})

    assert "errorlist" in answer.content.decode()
    assert Workspace.objects.get().name == "Newsroom"


# ── people ──


def test_a_link_is_shown_once(administrator: Membership, client: Client) -> None:
    page = address("people", administrator.workspace)
    role = Group.objects.get(name=Role.ANALYST)

    shown = client.post(page, {"email": "", "role": role.pk}, follow=True).content.decode()

    [link] = re.findall(r'value="http://testserver(/invitation/[^"]+)"', shown)
    assert link not in client.get(page).content.decode()
    assert Client().get(link).status_code == 200


def test_a_link_lies_sealed_in_the_session(administrator: Membership, client: Client) -> None:
    page = address("people", administrator.workspace)
    role = Group.objects.get(name=Role.ANALYST)

    client.post(page, {"email": "ada@example.org", "role": role.pk})

    kept = str(Session.objects.get().get_decoded())
    assert "people.issued_link" in kept
    assert "/invitation/" not in kept
    assert "/invitation/" in client.get(page).content.decode()


def test_an_invitation_is_mailed_where_there_is_a_server(
    administrator: Membership, client: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"email_url": "smtp://mail.example.org"})
    role = Group.objects.get(name=Role.ANALYST)

    page = address("people", administrator.workspace)
    shown = client.post(page, {"email": "ada@example.org", "role": role.pk}, follow=True).content.decode()

    [mail] = mailoutbox
    [link] = re.findall(r"http://testserver(/invitation/\S+)", str(mail.body))
    assert Client().get(link).status_code == 200
    assert "It was sent to ada@example.org." in shown


def test_a_wrong_invitation_is_shown_again(administrator: Membership, client: Client) -> None:
    answer = client.post(address("people", administrator.workspace), {"email": "ada", "role": ""})

    assert answer.content.decode().count('class="errorlist"') == 2
    assert not Invitation.objects.exists()


def test_an_invitation_is_renewed_and_revoked(administrator: Membership, client: Client) -> None:
    role = Group.objects.get(name=Role.ANALYST)
    old = operations.invite(administrator, role=role, now=clock.now() - timedelta(days=8))
    page = address("people", administrator.workspace)
    assert "expired" in client.get(page).content.decode()

    shown = client.post(address("invitation-renew", administrator.workspace, old.invitation.pk), follow=True)
    assert "/invitation/" in shown.content.decode()
    assert queries.find_invitation(old.token, clock.now()) is None

    client.post(address("invitation-revoke", administrator.workspace, old.invitation.pk))
    assert not Invitation.objects.exists()


def test_a_member_gets_another_role(administrator: Membership, client: Client) -> None:
    member = make_membership("analyst", user=make_user("grace"), workspace=administrator.workspace)
    role = Group.objects.get(name=Role.AUDITOR)

    answer = client.post(address("member-role", administrator.workspace, member.pk), {"role": role.pk}, follow=True)

    assert Membership.objects.get(pk=member.pk).role == role
    assert "grace is now: auditor." in answer.content.decode()


def test_a_removal_is_asked_about_first(administrator: Membership, client: Client) -> None:
    member = make_membership("analyst", user=make_user("grace"), workspace=administrator.workspace)

    page = client.get(address("people", administrator.workspace)).content.decode()

    assert f'data-open="removal-{member.pk}"' in page
    assert f'<h2 id="removal-{member.pk}-title">Remove grace</h2>' in page
    assert f'action="{address("member-remove", administrator.workspace, member.pk)}"' in page
    assert f'<h2 id="removal-{administrator.pk}-title">Leave the workspace</h2>' in page


def test_a_member_is_removed(administrator: Membership, client: Client) -> None:
    member = make_membership("analyst", user=make_user("grace"), workspace=administrator.workspace)

    answer = client.post(address("member-remove", administrator.workspace, member.pk), follow=True)

    assert not Membership.objects.filter(pk=member.pk).exists()
    assert "grace is no longer in the workspace." in answer.content.decode()


def test_one_leaves_for_home(administrator: Membership, client: Client) -> None:
    make_membership("administrator", workspace=administrator.workspace)

    answer = client.post(address("member-remove", administrator.workspace, administrator.pk))

    assert answer.headers["Location"] == reverse("home")


def test_a_refusal_says_why(administrator: Membership, client: Client) -> None:
    answer = client.post(address("member-remove", administrator.workspace, administrator.pk), follow=True)

    assert "This is the last administrator of the workspace." in answer.content.decode()
    assert Membership.objects.filter(pk=administrator.pk).exists()


def test_the_list_of_people_costs_the_same_for_one_and_for_many(
    administrator: Membership, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page = address("people", administrator.workspace)
    role = Group.objects.get(name=Role.ANALYST)
    with django_assert_max_num_queries(20) as one:
        client.get(page)
    for _ in range(3):
        make_membership("analyst", workspace=administrator.workspace)
        operations.invite(administrator, role=role, now=clock.now())

    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(page)
