from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_membership, make_workspace
from vigie.events import Acted
from vigie.governance import chain, operations, queries
from vigie.governance.models import AuditChain, AuditEntry, AuditPayload
from vigie.governance.queries import Search
from vigie.people.models import Workspace

pytestmark = pytest.mark.django_db


def decided(workspace: Workspace | None, number: int = 12) -> Acted:
    return Acted(
        workspace_id=workspace.pk if workspace else None,
        actor_id=3,
        verb="alert.decided",
        subject_type="alert",
        subject_id=str(number),
        payload={"to": "dismissed", "why": "Élevé à tort"},
    )


def test_an_act_becomes_an_entry_with_its_payload_beside() -> None:
    workspace = make_workspace()

    entry = operations.append(decided(workspace), NOW)

    entry.refresh_from_db()
    assert (entry.position, entry.at, entry.actor_id, entry.verb) == (1, NOW, 3, "alert.decided")
    assert (entry.object_type, entry.object_id) == ("alert", "12")
    assert entry.payload.body == '{"to":"dismissed","why":"Élevé à tort"}'
    assert len(entry.payload.key) == chain.KEY_BYTES
    assert entry.commitment == chain.commit(chain.Payload(bytes(entry.payload.key), entry.payload.body))


def test_the_head_is_the_last_entry() -> None:
    workspace = make_workspace()

    operations.append(decided(workspace), NOW)
    last = operations.append(decided(workspace), NOW + timedelta(seconds=1))

    head = AuditChain.objects.get(workspace=workspace)
    assert (head.length, head.head) == (2, last.hash)


def test_each_workspace_and_the_installation_have_a_chain_of_their_own() -> None:
    first, second = make_workspace(), make_workspace()

    for workspace in (first, None, second, None, first):
        operations.append(decided(workspace), NOW)

    chains = AuditChain.objects.order_by("pk")
    assert [(each.workspace_id, each.length) for each in chains] == [(first.pk, 2), (None, 2), (second.pk, 1)]
    assert [queries.verified(each) for each in chains] == [
        chain.Verdict(entries=2, erased=0),
        chain.Verdict(entries=2, erased=0),
        chain.Verdict(entries=1, erased=0),
    ]


def test_appending_costs_one_read_two_inserts_and_one_update(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    workspace = make_workspace()
    operations.append(decided(workspace), NOW)

    with transaction.atomic(), django_assert_num_queries(4 + 2) as counted:  # and a savepoint
        operations.append(decided(workspace), NOW)

    verbs = [query["sql"].split()[0] for query in counted.captured_queries]
    assert verbs == ["SAVEPOINT", "SELECT", "INSERT", "INSERT", "UPDATE", "RELEASE"]


def test_an_act_that_cannot_be_written_leaves_nothing() -> None:
    workspace = make_workspace()
    act = Acted(workspace.pk, None, "alert.decided", payload={"at": NOW})

    with pytest.raises(TypeError):
        operations.append(act, NOW)

    assert not AuditEntry.objects.exists()


ERASURE = operations.Erasure("subject request 4", "Grace Hopper", actor_id=7)


def test_erasing_a_payload_keeps_the_chain_intact_and_is_an_entry_itself() -> None:
    entry = operations.append(decided(make_workspace()), NOW)

    operations.erase_payload(entry, ERASURE)

    assert not AuditPayload.objects.filter(entry=entry).exists()
    erasure = AuditEntry.objects.get(position=2)
    assert (erasure.verb, erasure.actor_id, erasure.object_type, erasure.object_id) == (
        "audit.erased",
        7,
        "audit_entry",
        "1",
    )
    assert erasure.payload.body == '{"decided_by":"Grace Hopper","reason":"subject request 4"}'
    assert queries.verified(AuditChain.objects.get()) == chain.Verdict(entries=2, erased=1)


def test_an_erasure_may_be_erased_too() -> None:
    """It names who decided: that goes like everything else that names somebody."""
    entry = operations.append(decided(make_workspace()), NOW)
    operations.erase_payload(entry, ERASURE)

    operations.erase_payload(AuditEntry.objects.get(position=2), ERASURE)

    assert queries.verified(AuditChain.objects.get()) == chain.Verdict(entries=3, erased=2)


def test_a_payload_is_erased_once() -> None:
    entry = operations.append(decided(make_workspace()), NOW)
    operations.erase_payload(entry, ERASURE)

    with pytest.raises(operations.AlreadyErased):
        operations.erase_payload(entry, ERASURE)

    assert AuditEntry.objects.count() == 2


def test_several_payloads_are_erased_together_or_not_at_all() -> None:
    workspace = make_workspace()
    first, second = (operations.append(decided(workspace, number), NOW) for number in (12, 13))
    operations.erase_payload(second, ERASURE)

    with pytest.raises(operations.AlreadyErased):
        operations.erase_payloads([first, second], ERASURE)

    assert AuditPayload.objects.filter(entry=first).exists()
    assert queries.verified(AuditChain.objects.get()) == chain.Verdict(entries=3, erased=1)


def test_several_payloads_are_accounted_for_one_by_one() -> None:
    workspace = make_workspace()
    entries = [operations.append(decided(workspace, number), NOW) for number in (12, 13)]

    operations.erase_payloads(entries, ERASURE)

    told = AuditEntry.objects.filter(verb="audit.erased").order_by("position")
    assert [entry.object_id for entry in told] == ["1", "2"]
    assert queries.verified(AuditChain.objects.get()) == chain.Verdict(entries=4, erased=2)


def test_what_was_looked_for_is_told_and_what_was_left_empty_is_not() -> None:
    auditor = make_membership("auditor")

    operations.account_for_reading(auditor, Search(verb="alert.decided", first_on=date(2026, 1, 5)))

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor_id) == ("audit.read", auditor.user_id)
    assert entry.payload.body == '{"first_on":"2026-01-05","verb":"alert.decided"}'


def test_what_verification_found_is_told() -> None:
    auditor = make_membership("auditor")
    operations.append(decided(auditor.workspace), NOW)

    verdicts = [operations.verify(auditor), operations.verify(auditor)]

    told = AuditEntry.objects.filter(verb="audit.verified").order_by("position")
    assert verdicts == [chain.Verdict(entries=1, erased=0), chain.Verdict(entries=2, erased=0)]
    assert [(entry.actor_id, entry.payload.body) for entry in told] == [
        (auditor.user_id, '{"entries":1,"fault":null}'),
        (auditor.user_id, '{"entries":2,"fault":null}'),
    ]


@pytest.mark.django_db(transaction=True)
def test_many_threads_append_to_one_chain_without_a_hole() -> None:
    """On PostgreSQL too: tests/governance/test_postgres.py."""
    workspace = make_workspace()
    threads = [Thread(target=append_some, args=(workspace, 10)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert queries.verified(AuditChain.objects.get(workspace=workspace)) == chain.Verdict(entries=80, erased=0)


def append_some(workspace: Workspace, count: int) -> None:
    try:
        for number in range(count):
            operations.append(decided(workspace, number), NOW)
    finally:
        connection.close()
