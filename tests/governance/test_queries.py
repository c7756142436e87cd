from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_membership, make_user, make_workspace
from vigie.events import Acted
from vigie.governance import chain, operations, queries
from vigie.governance.models import AuditChain, AuditEntry
from vigie.governance.queries import Search
from vigie.people.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Membership:
    """Someone who may read a log of five entries, one an hour."""
    membership = make_membership("auditor")
    ada = make_user("ada")
    ada.first_name, ada.last_name = "Ada", "Lovelace"
    ada.save()
    grace = make_user("grace")
    workspace = membership.workspace_id
    acts = [
        Acted(workspace, ada.pk, "alert.decided", "alert", "12"),
        Acted(workspace, grace.pk, "alert.decided", "alert", "13"),
        Acted(workspace, grace.pk, "transcript.read", "live", "12"),
        Acted(workspace, None, "alert.raised", "alert", "14"),
        Acted(workspace, 999_999, "alert.seen", "alert", "14"),
    ]
    for hour, act in enumerate(acts):
        operations.append(act, NOW + timedelta(hours=hour))
    operations.append(Acted(make_workspace().pk, ada.pk, "alert.decided", "alert", "12"), NOW)
    return membership


@pytest.mark.parametrize(
    ("search", "positions"),
    [
        (Search(), [5, 4, 3, 2, 1]),
        (Search(person="ada"), [1]),
        (Search(person="LOVELACE"), [1]),
        (Search(person="Ada Lovelace"), [1]),
        (Search(person="grace@example.org"), [3, 2]),
        (Search(person="999999"), [5]),
        (Search(person="nobody"), []),
        (Search(verb="alert.decided"), [2, 1]),
        (Search(verb="alert"), []),
        (Search(kind="alert"), [5, 4, 2, 1]),
        (Search(kind="alert", number="12"), [1]),
        (Search(number="12"), [3, 1]),
        (Search(person="grace", kind="alert"), [2]),
    ],
)
def test_entries_are_searched(search: Search, positions: list[int], auditor: Membership) -> None:
    assert [entry.position for entry in queries.entries_for(auditor, search)] == positions


@pytest.mark.parametrize(
    ("first_on", "last_on", "positions"),
    [
        (date(2026, 1, 5), date(2026, 1, 5), [1]),
        (date(2026, 1, 6), None, [5, 4, 3, 2]),
        (None, date(2026, 1, 4), []),
        (None, date(2026, 1, 6), [5, 4, 3, 2, 1]),
    ],
)
def test_days_are_those_of_the_reader(
    first_on: date | None, last_on: date | None, positions: list[int], auditor: Membership
) -> None:
    """In Auckland, thirteen hours ahead, the entry of 10 h is of 23 h, the others are of the day after."""
    found = queries.entries_for(auditor, Search(first_on=first_on, last_on=last_on), ZoneInfo("Pacific/Auckland"))

    assert [entry.position for entry in found] == positions


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize(
    ("first_on", "last_on", "count"),
    [(date.min, date.max, 5), (date.max, None, 0), (None, date.min, 0)],
)
def test_the_first_and_the_last_day_there_are_can_be_searched_anywhere(
    zone: str, first_on: date | None, last_on: date | None, count: int, auditor: Membership
) -> None:
    found = queries.entries_for(auditor, Search(first_on=first_on, last_on=last_on), ZoneInfo(zone))

    assert found.count() == count


def test_pages_follow_each_other_without_a_hole(auditor: Membership) -> None:
    for number in range(queries.PAGE):
        operations.append(Acted(auditor.workspace_id, None, "live.seen", "live", str(number)), NOW)
    entries = queries.entries_for(auditor, Search())

    first = queries.page(entries)
    operations.append(Acted(auditor.workspace_id, None, "live.seen"), NOW)  # meanwhile
    second = queries.page(entries, first.older)

    assert [entry.position for entry in first.entries] == list(range(55, 5, -1))
    assert [entry.position for entry in second.entries] == [5, 4, 3, 2, 1]
    assert (first.older, second.older) == (6, None)


def test_a_page_is_one_query_and_its_names_another(
    auditor: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        page = queries.page(queries.entries_for(auditor, Search()))
        names = queries.names_of(page.entries)
        bodies = [entry.payload.body for entry in page.entries]

    assert sorted(names.values()) == ["Ada Lovelace", "grace"]
    assert bodies == ["{}"] * 5


def tamper(sql: str) -> None:
    """Do what only somebody with the database in hand can: lift the triggers and change rows."""
    with connection.cursor() as cursor:
        for trigger in ("entry_update", "entry_delete", "payload_delete"):
            table = f" ON governance_audit{trigger.partition('_')[0]}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER audit_{trigger}{table}")
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("sql", "fault", "position"),
    [
        ("UPDATE governance_auditentry SET object_id = '99' WHERE position = 3", chain.Fault.EDITED, 3),
        (
            "UPDATE governance_auditentry SET at = '2026-01-05 10:00:00.000001' WHERE position = 1",
            chain.Fault.EDITED,
            1,
        ),
        ("UPDATE governance_auditentry SET position = 2000 WHERE position = 2", chain.Fault.MISSING, 2),
        ("UPDATE governance_auditentry SET position = 2000 WHERE position = 5", chain.Fault.TAIL_CUT, 5),
    ],
)
def test_tampering_is_found(sql: str, fault: chain.Fault, position: int, auditor: Membership) -> None:
    audit_chain = AuditChain.objects.get(workspace=auditor.workspace)
    tamper(f"{sql} AND chain_id = {audit_chain.pk}")

    verdict = queries.verified(audit_chain)

    assert (verdict.fault, verdict.position) == (fault, position)


@pytest.mark.parametrize("position", [1, 3, 5])
def test_a_removed_entry_is_found(position: int, auditor: Membership) -> None:
    audit_chain = AuditChain.objects.get(workspace=auditor.workspace)
    entry = audit_chain.entries.get(position=position)
    tamper(f"DELETE FROM governance_auditpayload WHERE entry_id = {entry.pk}")
    AuditEntry.objects.filter(pk=entry.pk).delete()

    verdict = queries.verified(audit_chain)

    assert (verdict.position, verdict.is_intact) == (position, False)


def test_a_payload_removed_without_a_word_is_found(auditor: Membership) -> None:
    audit_chain = AuditChain.objects.get(workspace=auditor.workspace)
    why = operations.Erasure("request 4", "Grace Hopper")
    operations.erase_payload(audit_chain.entries.get(position=2), why)
    tamper(f"DELETE FROM governance_auditpayload WHERE entry_id = {audit_chain.entries.get(position=4).pk}")
    audit_chain.refresh_from_db()

    verdict = queries.verified(audit_chain)

    assert verdict == chain.Verdict(6, 2, chain.Fault.PAYLOAD_REMOVED, 4)


def test_a_payload_erased_while_verifying_is_no_fault(auditor: Membership) -> None:
    read_before = AuditChain.objects.get(workspace=auditor.workspace)
    operations.erase_payload(read_before.entries.get(position=2), operations.Erasure("request 4", "Grace Hopper"))

    assert queries.verified(read_before) == chain.Verdict(entries=5, erased=1)


def test_entries_added_behind_the_head_s_back_are_found(auditor: Membership) -> None:
    audit_chain = AuditChain.objects.get(workspace=auditor.workspace)
    AuditEntry.objects.create(
        chain=audit_chain, position=6, at=NOW, verb="alert.decided", commitment="0" * 64, hash="0" * 64
    )

    assert queries.verified(audit_chain) == chain.Verdict(5, 0, chain.Fault.HEAD_MOVED, 6)


def test_entries_added_while_verifying_are_no_fault(auditor: Membership) -> None:
    read_before = AuditChain.objects.get(workspace=auditor.workspace)
    operations.append(Acted(auditor.workspace_id, None, "live.seen"), NOW)

    assert queries.verified(read_before) == chain.Verdict(entries=5, erased=0)


@pytest.mark.parametrize("words", ["9" * 19, "9" * 150])
def test_a_number_too_large_to_be_an_account_finds_nothing(words: str, auditor: Membership) -> None:
    assert not queries.entries_for(auditor, Search(person=words)).exists()
