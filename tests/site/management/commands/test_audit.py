import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_live, make_workspace
from tests.site.sounds import keep_sound
from vigie.events import Acted
from vigie.governance import operations
from vigie.governance.models import AuditChain, AuditEntry
from vigie.site.management.commands.audit import NothingToVerify, Tampered
from vigie.speech import spool
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


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
        {
            "type": "log",
            "workspace": "(installation)",
            "intact": True,
            "entries": 1,
            "erased": 0,
            "fault": None,
            "position": None,
        },
        {
            "type": "log",
            "workspace": "newsroom",
            "intact": True,
            "entries": 3,
            "erased": 1,
            "fault": None,
            "position": None,
        },
    ]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_broken_chain_fails_with_its_workspace_and_position(options: tuple[str, ...]) -> None:
    fill()
    tamper()

    with pytest.raises(Tampered, match=r"^newsroom: broken at position 2: edited$"):
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


def live_with_sound() -> Live:
    live = make_live(make_channel(make_workspace("newsroom")))
    keep_sound(live, 3)
    return live


def spoil(live: Live) -> None:
    spool.flac_path(live.audio_segments.get(index=1)).unlink()


def test_sound_that_is_whole_is_one_line() -> None:
    live_with_sound()

    assert verify() == ["sound: intact, 3 segments of 1 lives"]


def test_missing_sound_fails_with_its_live_and_moment() -> None:
    live = live_with_sound()
    spoil(live)

    with pytest.raises(Tampered, match=f"^newsroom: live {live.pk}: sound missing from 00:01:00 on$"):
        verify()


def test_the_sound_of_each_live_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    live = live_with_sound()

    assert [json.loads(line) for line in verify("--json")] == [
        {
            "type": "sound",
            "workspace": "newsroom",
            "live": live.pk,
            "intact": True,
            "segments": 3,
            "fault": None,
            "at_s": None,
        }
    ]
    assert capsys.readouterr().err == ""


def test_what_is_wrong_is_printed_whole_and_summed_up() -> None:
    fill()
    tamper()
    live = make_live(make_channel())
    keep_sound(live, 3)
    spoil(live)
    printed = StringIO()

    with pytest.raises(Tampered, match=r"^newsroom: broken at position 2: edited \(and 1 more\)$"):
        call_command("audit", "verify", stdout=printed)

    assert printed.getvalue().splitlines()[1:] == [
        "newsroom: broken at position 2: edited",
        f"{live.channel.workspace.slug}: live {live.pk}: sound missing from 00:01:00 on",
    ]


def test_the_log_alone_is_verified_where_that_is_asked() -> None:
    spoil(live_with_sound())

    assert verify("--no-sound") == []
