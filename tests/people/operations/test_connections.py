"""Accounts of platforms: what is written, told, and left alone because it comes too late."""

import json
from datetime import timedelta

import pytest

from tests.at_once import at_once, meanwhile
from tests.factories import NOW, make_connection, make_membership
from tests.people.authorities import CHAT, granted, identity
from vigie.governance.models import AuditEntry
from vigie.people import operations
from vigie.people.models import ConnectedAccount, ConnectionState, Membership
from vigie.people.operations import Consent
from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT, TWITCH
from vigie.runtime.sealing import unseal

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def by() -> Membership:
    return make_membership("supervisor")


def consent(number: int = 1, *, purposes: tuple[str, ...] = (READ_CHAT,), scopes: tuple[str, ...] = CHAT) -> Consent:
    return Consent(TWITCH, purposes, granted(number), identity(scopes=scopes))


def told() -> list[tuple[str, int | None]]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "actor_id"))


def fresh(account: ConnectedAccount) -> ConnectedAccount:
    return ConnectedAccount.objects.get(pk=account.pk)


def test_a_connected_account_is_kept_with_its_tokens_sealed(by: Membership) -> None:
    account = operations.connect_account(by, consent(), NOW)

    kept = fresh(account)
    assert (kept.workspace, kept.platform, kept.platform_id, kept.login) == (by.workspace, TWITCH, "1", "vigie_fr")
    assert (unseal(kept.access_token), unseal(kept.refresh_token)) == ("token-1", "refresh-1")
    assert (kept.scopes, kept.purposes, kept.connected_by) == (list(CHAT), [READ_CHAT], by.user)
    assert (kept.state, kept.expires_at) == (ConnectionState.OK, NOW + timedelta(hours=4))
    assert (kept.validated_at, kept.check_at) == (NOW, NOW + timedelta(minutes=55))
    assert told() == [("account.connected", by.user_id)]


def test_no_token_reaches_the_audit_log(by: Membership) -> None:
    operations.disconnect_account(by, operations.connect_account(by, consent(), NOW))

    bodies = [json.loads(entry.payload.body) for entry in AuditEntry.objects.order_by("pk")]
    assert bodies == [
        {"platform": TWITCH, "login": "vigie_fr", "purposes": [READ_CHAT]},
        {"platform": TWITCH, "login": "vigie_fr"},
    ]


def test_an_account_that_is_connected_again_is_the_same_with_other_tokens(by: Membership) -> None:
    former = operations.connect_account(by, consent(1), NOW)
    operations.lose_account(former, ConnectionState.REVOKED, "taken back")

    again = operations.connect_account(by, consent(2), LATER)

    assert again.pk == former.pk
    kept = fresh(again)
    assert (unseal(kept.access_token), kept.state, kept.reason) == ("token-2", ConnectionState.OK, "")
    assert kept.check_at == LATER + timedelta(minutes=55)


def test_two_teams_connect_the_same_account_each_for_itself(by: Membership) -> None:
    other = make_membership("supervisor")

    mine, theirs = (operations.connect_account(member, consent(), NOW) for member in (by, other))

    assert mine.pk != theirs.pk


def test_a_platform_that_allows_less_than_was_asked_for_changes_nothing(by: Membership) -> None:
    with pytest.raises(operations.ScopesRefused):
        operations.connect_account(by, consent(purposes=(READ_CHAT, FOLLOW_MODERATION)), NOW)

    assert not ConnectedAccount.objects.exists()
    assert told() == []


def test_what_is_disconnected_is_forgotten(by: Membership) -> None:
    account = make_connection(by.workspace)

    operations.disconnect_account(by, account)

    assert not ConnectedAccount.objects.exists()
    assert told() == [("account.disconnected", by.user_id)]


def test_a_renewal_is_claimed_by_one_until_it_is_given_up_or_too_old() -> None:
    account = make_connection()
    mine, yours = fresh(account), fresh(account)

    assert operations.claim_renewal(mine, NOW)
    assert not operations.claim_renewal(yours, NOW + timedelta(seconds=29))
    assert operations.claim_renewal(yours, NOW + timedelta(seconds=30))
    operations.end_renewal(mine)  # late: it is somebody else's by now
    assert not operations.claim_renewal(fresh(account), NOW + timedelta(seconds=31))
    operations.end_renewal(yours)
    assert operations.claim_renewal(fresh(account), NOW + timedelta(seconds=31))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_claims_a_renewal() -> None:
    account = make_connection()

    def claim() -> None:
        if not operations.claim_renewal(fresh(account), NOW):
            raise LookupError

    assert at_once(*[claim] * 8, refusals=(LookupError,)) == ["LookupError"] * 7 + ["done"]


@pytest.mark.parametrize(("rotated", "kept"), [("refresh-2", "refresh-2"), ("", "refresh-1")])
def test_a_renewed_token_replaces_the_former_one(rotated: str, kept: str) -> None:
    account = make_connection()
    operations.claim_renewal(account, NOW)

    assert operations.keep_renewed(account, granted(2, refresh_token=rotated), NOW)

    renewed = fresh(account)
    assert (unseal(renewed.access_token), unseal(renewed.refresh_token)) == ("token-2", kept)
    assert (renewed.expires_at, renewed.renewing_until) == (NOW + timedelta(hours=4), None)
    assert told() == []  # nobody's act


def test_what_comes_late_about_a_token_that_was_replaced_changes_nothing(by: Membership) -> None:
    late = make_connection(by.workspace, platform_id="1")
    operations.connect_account(by, consent(2), NOW)
    as_it_is = ConnectedAccount.objects.values().get()

    assert not operations.keep_renewed(late, granted(3), LATER)
    assert not operations.lose_account(late, ConnectionState.REVOKED, "taken back")
    operations.record_check(late, identity(scopes=()), LATER)
    operations.postpone_check(late, "silent", LATER)
    operations.end_renewal(late)

    assert ConnectedAccount.objects.values().get() == as_it_is


def test_a_lost_account_is_told_of_once_and_asked_about_no_more() -> None:
    account = make_connection()

    assert operations.lose_account(account, ConnectionState.REVOKED, "taken back")
    assert not operations.lose_account(account, ConnectionState.REVOKED, "taken back")

    lost = fresh(account)
    assert (lost.state, lost.reason, lost.check_at, lost.is_lost) == (ConnectionState.REVOKED, "taken back", None, True)
    assert told() == [("account.lost", None)]


def test_what_a_platform_says_at_length_is_kept_as_far_as_it_fits() -> None:
    lost, silent = make_connection(), make_connection()

    operations.lose_account(lost, ConnectionState.REVOKED, "no " * 200)
    operations.postpone_check(silent, "no " * 200, LATER)

    assert [fresh(account).reason for account in (lost, silent)] == ["no " * 100] * 2
    assert json.loads(AuditEntry.objects.get().payload.body)["reason"] == "no " * 100


def test_a_check_brings_what_the_platform_says(by: Membership) -> None:
    account = make_connection(state=ConnectionState.UNREACHABLE, reason="silent")

    operations.record_check(account, identity(login="renamed"), LATER)

    checked = fresh(account)
    assert (checked.login, checked.state, checked.reason) == ("renamed", ConnectionState.OK, "")
    assert (checked.validated_at, checked.check_at) == (LATER, LATER + timedelta(minutes=55))
    assert checked.expires_at == LATER + timedelta(hours=4)


def test_scopes_that_were_taken_away_are_noticed() -> None:
    account = make_connection(purposes=(READ_CHAT, FOLLOW_MODERATION))

    operations.record_check(account, identity(scopes=CHAT), LATER)

    checked = fresh(account)
    assert (checked.state, checked.reason) == (ConnectionState.MISSING_SCOPE, FOLLOW_MODERATION)
    assert (checked.scopes, checked.needs_a_person, checked.is_lost) == (list(CHAT), True, False)


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (ConnectionState.OK, (ConnectionState.UNREACHABLE, "silent", LATER)),
        (ConnectionState.UNREACHABLE, (ConnectionState.UNREACHABLE, "silent", LATER)),
        (ConnectionState.MISSING_SCOPE, (ConnectionState.MISSING_SCOPE, "", LATER)),  # still true, and worth a tap
        (ConnectionState.REVOKED, (ConnectionState.REVOKED, "", None)),
    ],
)
def test_no_answer_is_noted_and_asked_for_again(state: str, after: tuple[object, ...]) -> None:
    account = make_connection(state=state)

    operations.postpone_check(account, "silent", LATER)

    postponed = fresh(account)
    assert (postponed.state, postponed.reason, postponed.check_at) == after


def test_checks_are_claimed_longest_waiting_first_and_once() -> None:
    second, first = make_connection(check_at=NOW), make_connection(check_at=NOW - timedelta(minutes=1))
    make_connection(check_at=LATER)

    claimed = [operations.claim_check(NOW) for _ in range(3)]

    assert claimed == [first, second, None]
    assert operations.claim_check(NOW + timedelta(minutes=1)) is not None  # whoever had it died


def test_a_check_that_somebody_else_claimed_in_between_is_left_to_them() -> None:
    first, second = make_connection(check_at=NOW - timedelta(minutes=1)), make_connection(check_at=NOW)
    others: list[ConnectedAccount | None] = []

    with meanwhile("people_connectedaccount", lambda: others.append(operations.claim_check(NOW))):
        claimed = operations.claim_check(NOW)

    assert (others, claimed) == ([first], second)


def test_a_program_that_starts_has_all_of_them_looked_into() -> None:
    account, lost = make_connection(check_at=LATER), make_connection(state=ConnectionState.REVOKED)

    operations.check_all(NOW)

    assert (fresh(account).check_at, fresh(lost).check_at) == (NOW, None)
