from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from tests.factories import NOW, make_membership, make_user
from vigie.governance.models import AuditEntry
from vigie.people import operations, queries
from vigie.people.models import Invitation, Membership, User

pytestmark = pytest.mark.django_db

ADA = operations.NewAccount("ada", "ada@example.org", "correct horse battery")
WEEK = timedelta(days=7)
MOMENT = timedelta(microseconds=1)


def role(name: str) -> Group:
    return Group.objects.get(name=name)


def token_of(link: str | None) -> str:
    assert link is not None
    return link.strip("/").split("/")[-1]


def invite(name: str = "moderator") -> operations.IssuedLink:
    return operations.invite(make_membership("administrator"), role=role(name), email="Ada@example.org", now=NOW)


# ── the first administrator ──


def test_the_first_link_makes_the_first_administrator_and_workspace() -> None:
    token = token_of(operations.first_link(NOW))

    membership = operations.set_up(token, ADA, workspace="Newsroom", preset="creator", now=NOW + WEEK - MOMENT)

    assert (membership.role.name, membership.workspace.slug) == ("administrator", "newsroom")
    assert membership.user.is_superuser
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "chain__workspace")) == [
        ("setup_link.made", None),
        ("account.created", None),
        ("workspace.created", membership.workspace_id),
    ]


def test_there_is_no_first_link_once_there_is_an_administrator() -> None:
    operations.set_up(token_of(operations.first_link(NOW)), ADA, workspace="Newsroom", preset="creator", now=NOW)

    assert operations.first_link(NOW) is None


def test_a_new_first_link_replaces_the_former_one() -> None:
    former = token_of(operations.first_link(NOW))
    operations.first_link(NOW)

    with pytest.raises(operations.LinkNotValid):
        operations.set_up(former, ADA, workspace="Newsroom", preset="creator", now=NOW)

    assert not User.objects.exists()


def test_the_first_link_works_once() -> None:
    token = token_of(operations.first_link(NOW))
    operations.set_up(token, ADA, workspace="Newsroom", preset="creator", now=NOW)
    grace = operations.NewAccount("grace", "grace@example.org", "correct horse battery")

    with pytest.raises(operations.LinkNotValid):
        operations.set_up(token, grace, workspace="Newsroom", preset="creator", now=NOW)


def test_an_invitation_is_no_first_link_and_the_other_way_round() -> None:
    first = token_of(operations.first_link(NOW))

    with pytest.raises(operations.LinkNotValid):
        operations.set_up(invite().token, ADA, workspace="Newsroom", preset="creator", now=NOW)
    with pytest.raises(operations.LinkNotValid):
        operations.accept(first, make_user(), NOW)


# ── invitations ──


def test_only_the_hash_of_a_token_is_kept() -> None:
    issued = invite()

    row = Invitation.objects.filter(pk=issued.invitation.pk).values().get()
    assert issued.token not in str(row)
    assert row["token_sha256"] == queries.digest(issued.token)
    assert len(issued.token) >= 43  # 256 bits
    assert issued.token not in AuditEntry.objects.get().payload.body


def test_an_invited_person_with_an_account_joins_with_the_role() -> None:
    issued, user = invite("auditor"), make_user()

    membership = operations.accept(issued.token, user, NOW + WEEK - MOMENT)

    assert (membership.user, membership.workspace, membership.role.name) == (
        user,
        issued.invitation.workspace,
        "auditor",
    )
    entry = AuditEntry.objects.get(verb="person.joined")
    assert (entry.actor_id, entry.object_id) == (user.pk, str(membership.pk))


def test_an_invited_person_without_an_account_makes_one() -> None:
    membership = operations.accept_as_new(invite().token, ADA, NOW)

    assert membership.user.username == "ada"
    assert not membership.user.is_staff


@pytest.mark.parametrize("token", ["", "x", "é" * 43])
def test_a_token_nobody_gave_is_not_valid(token: str) -> None:
    invite()

    with pytest.raises(operations.LinkNotValid):
        operations.accept(token, make_user(), NOW)


def test_a_link_works_once_and_no_account_is_left_behind() -> None:
    issued = invite()
    operations.accept(issued.token, make_user(), NOW)

    with pytest.raises(operations.LinkNotValid), transaction.atomic():
        operations.accept_as_new(issued.token, ADA, NOW)

    assert not User.objects.filter(username="ada").exists()


def test_a_link_expires_after_a_week() -> None:
    issued = invite()

    with pytest.raises(operations.LinkNotValid):
        operations.accept(issued.token, make_user(), NOW + WEEK)


def test_a_member_does_not_join_twice_and_the_link_stays() -> None:
    issued = invite()
    assert issued.invitation.invited_by is not None

    with pytest.raises(operations.AlreadyMember):
        operations.accept(issued.token, issued.invitation.invited_by, NOW)

    assert operations.accept(issued.token, make_user(), NOW).role.name == "moderator"


def test_a_renewed_invitation_has_a_new_link_and_a_new_week() -> None:
    issued = invite()
    by = Membership.objects.get()

    renewed = operations.renew_invitation(by, issued.invitation, NOW + WEEK)

    with pytest.raises(operations.LinkNotValid):
        operations.accept(issued.token, make_user(), NOW + WEEK)
    assert operations.accept(renewed.token, make_user(), NOW + 2 * WEEK - MOMENT).role.name == "moderator"


def test_nobody_gets_a_link_to_more_than_they_may_by_renewing_it() -> None:
    issued = invite("administrator")
    assert issued.invitation.workspace is not None
    by = make_membership("supervisor", workspace=issued.invitation.workspace)

    with pytest.raises(operations.MayNotGrant):
        operations.renew_invitation(by, issued.invitation, NOW)

    assert queries.find_invitation(issued.token, NOW) == issued.invitation  # the former link still works


def test_a_revoked_invitation_lets_nobody_in() -> None:
    issued = invite()

    operations.revoke_invitation(Membership.objects.get(), issued.invitation)

    with pytest.raises(operations.LinkNotValid):
        operations.accept(issued.token, make_user(), NOW)
    assert AuditEntry.objects.filter(verb="invitation.revoked").count() == 1


def test_an_accepted_invitation_is_neither_renewed_nor_revoked() -> None:
    issued, by = invite(), Membership.objects.get()
    operations.accept(issued.token, make_user(), NOW)
    accepted = Invitation.objects.get(pk=issued.invitation.pk)

    with pytest.raises(operations.LinkNotValid):
        operations.renew_invitation(by, accepted, NOW)
    with pytest.raises(operations.LinkNotValid):
        operations.revoke_invitation(by, accepted)

    assert not AuditEntry.objects.filter(verb="invitation.revoked").exists()


def test_nobody_invites_to_more_than_they_may() -> None:
    with pytest.raises(operations.MayNotGrant):
        operations.invite(make_membership("supervisor"), role=role("administrator"), now=NOW)

    assert not Invitation.objects.exists()
