"""The migration's triggers. They also tell that no later migration lost them."""

from collections.abc import Callable
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import NOW, make_workspace
from vigie.events import Acted
from vigie.governance import operations
from vigie.governance.models import AuditChain, AuditEntry, AuditPayload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (lambda: AuditEntry.objects.update(actor_id=4), "audit entries are never changed"),
        (lambda: AuditEntry.objects.all()._raw_delete("default"), "audit entries are never removed"),
        (lambda: AuditPayload.objects.update(body="{}"), "audit payloads are never changed"),
        (lambda: AuditChain.objects.update(length=0), "the head of an audit chain only moves on"),
        (lambda: AuditChain.objects.update(head="0" * 64), "the head of an audit chain only moves on"),
        (lambda: AuditChain.objects.update(length=2, workspace=None), "an audit chain keeps its workspace"),
        (lambda: AuditChain.objects.all()._raw_delete("default"), "audit chains are never removed"),
        (lambda: AuditPayload.objects.all().delete(), "removed after its erasure was accounted for"),
    ],
)
def test_the_database_refuses_to_change_history(tamper: Callable[[], object], message: str) -> None:
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)

    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        tamper()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("governance_auditentry", "audit entries are never replaced"),
        ("governance_auditpayload", "audit payloads are never replaced"),
        ("governance_auditchain", "audit chains are never replaced"),
    ],
)
def test_sqlite_replaces_no_row(table: str, message: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)

    with pytest.raises(DatabaseError, match=message), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_sqlite_replaces_no_row_that_has_the_same_place() -> None:
    """Under another id, in the place of the first."""
    if connection.vendor != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's own")
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)
    columns = "chain_id, position, at, actor_id, verb, object_type, object_id, commitment, hash"

    with pytest.raises(DatabaseError, match="audit entries are never replaced"), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO governance_auditentry (id, {columns})"
            f" SELECT id + 1, {columns} FROM governance_auditentry"
        )


@pytest.mark.parametrize("table", ["governance_auditpayload", "governance_auditentry", "governance_auditchain"])
def test_no_table_is_emptied(table: str) -> None:
    refusal = "the audit log is never emptied" if connection.vendor == "postgresql" else "syntax error"  # not in SQLite
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)

    connection.check_constraints()  # those that wait for the commit would refuse it too

    with pytest.raises(DatabaseError, match=refusal), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_an_erasure_that_is_accounted_for_lets_its_payload_go_and_no_other() -> None:
    workspace = make_workspace()
    for _ in range(2):
        operations.append(Acted(workspace.pk, 3, "alert.decided"), NOW)
    operations.append(Acted(workspace.pk, 3, "audit.erased", "audit_entry", "1"), NOW)

    assert AuditPayload.objects.filter(entry__position=1).delete()[0] == 1
    with pytest.raises(DatabaseError, match="removed after its erasure"), transaction.atomic():
        AuditPayload.objects.filter(entry__position=2).delete()


def test_an_erasure_in_one_chain_lets_no_payload_of_another_go() -> None:
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)
    operations.append(Acted(None, 3, "audit.erased", "audit_entry", "1"), NOW)

    with pytest.raises(DatabaseError, match="removed after its erasure"), transaction.atomic():
        AuditPayload.objects.filter(entry__verb="alert.decided").delete()


@pytest.mark.django_db(transaction=True)
def test_the_migrations_can_be_undone_and_done_again() -> None:
    names = ("0002_protect_audit", "0003_protect_erasures")
    first, second = (import_module(f"vigie.governance.migrations.{name}") for name in names)
    workspace = make_workspace()
    operations.append(Acted(workspace.pk, 3, "alert.decided"), NOW)

    with connection.schema_editor() as editor:
        second.unprotect(None, editor)
        assert AuditPayload.objects.all().delete()[0] == 1
        first.unprotect(None, editor)
        assert AuditEntry.objects.update(actor_id=4) == 1
        first.protect(None, editor)
        second.protect(None, editor)
    operations.append(Acted(workspace.pk, 3, "alert.decided"), NOW)

    with pytest.raises(DatabaseError, match="audit entries are never changed"):
        AuditEntry.objects.update(actor_id=5)
    with pytest.raises(DatabaseError, match="removed after its erasure"):
        AuditPayload.objects.all().delete()
