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
        (
            lambda: (
                AuditPayload.objects.all()._raw_delete("default") and AuditEntry.objects.all()._raw_delete("default")
            ),
            "audit entries are never removed",
        ),
        (lambda: AuditPayload.objects.update(body="{}"), "audit payloads are never changed"),
        (lambda: AuditChain.objects.update(length=0), "the head of an audit chain only moves on"),
        (lambda: AuditChain.objects.update(head="0" * 64), "the head of an audit chain only moves on"),
    ],
)
def test_the_database_refuses_to_change_history(tamper: Callable[[], object], message: str) -> None:
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)

    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        tamper()


def test_a_payload_may_be_erased() -> None:
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)

    assert AuditPayload.objects.all().delete()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_undone_and_done_again() -> None:
    migration = import_module("vigie.governance.migrations.0002_protect_audit")
    operations.append(Acted(make_workspace().pk, 3, "alert.decided"), NOW)

    with connection.schema_editor() as editor:
        migration.unprotect(None, editor)
        assert AuditEntry.objects.update(actor_id=4) == 1
        migration.protect(None, editor)

    with pytest.raises(DatabaseError, match="audit entries are never changed"):
        AuditEntry.objects.update(actor_id=5)
