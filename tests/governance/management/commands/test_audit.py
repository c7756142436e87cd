import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from tests.factories import NOW, make_workspace
from vigie.events import Acted
from vigie.governance import operations
from vigie.governance.management.commands.audit import BrokenChain, NothingToVerify
from vigie.governance.models import AuditChain, AuditEntry

pytestmark = pytest.mark.django_db


def verify(*options: str) -> list[str]:
    printed = StringIO()
    call_command("audit", "verify", *options, stdout=printed)
    return printed.getvalue().splitlines()


def fill() -> None:
    workspace = make_workspace("newsroom")
    operations.append(Acted(None, None, "installation.set_up"), NOW)
    for verb in ("alert.decided", "transcript.read"):
        operations.append(Acted(workspace.pk, 3, verb), NOW)
    read = AuditEntry.objects.get(verb="transcript.read")
    operations.erase_payload(read, operations.Erasure("request 4", "Grace Hopper"))


def tamper() -> None:
    with connection.cursor() as cursor:
        table = " ON governance_auditentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER audit_entry_update{table}")
    AuditEntry.objects.filter(verb="transcript.read").update(actor_id=4)


def test_intact_chains_are_told_one_a_line() -> None:
    fill()

    assert verify() == [
        "(installation): intact, 1 entries, 0 of them with an erased payload",
        "newsroom: intact, 3 entries, 1 of them with an erased payload",
    ]


def test_json_is_one_object_a_chain() -> None:
    fill()

    assert [json.loads(line) for line in verify("--json")] == [
        {"workspace": "(installation)", "intact": True, "entries": 1, "erased": 0, "fault": None, "position": None},
        {"workspace": "newsroom", "intact": True, "entries": 3, "erased": 1, "fault": None, "position": None},
    ]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_broken_chain_fails_with_its_workspace_and_position(options: tuple[str, ...]) -> None:
    fill()
    tamper()

    with pytest.raises(BrokenChain, match=r"^newsroom: broken at position 2: edited$"):
        verify(*options)


@pytest.mark.django_db(transaction=True)
def test_a_data_folder_without_tables_is_one_clear_line() -> None:
    with connection.schema_editor() as editor:
        editor.alter_db_table(AuditChain, AuditChain._meta.db_table, "elsewhere")
    try:
        with pytest.raises(NothingToVerify, match="Vigie has never run on this data folder"):
            verify()
    finally:
        with connection.schema_editor() as editor:
            editor.alter_db_table(AuditChain, "elsewhere", AuditChain._meta.db_table)


def test_an_installation_without_history_is_intact() -> None:
    assert verify() == []
