import json
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_live, make_workspace
from tests.site.sounds import keep_sound
from vigie.events import Acted
from vigie.governance import operations
from vigie.governance.models import AuditChain, AuditEntry, AuditPayload
from vigie.site.management.commands.audit import NothingToErase, NothingToVerify, Tampered
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


def heads() -> list[str]:
    """Return the hash of the last entry of each chain."""
    return [chain.entries.latest("position").hash for chain in AuditChain.objects.order_by("pk")]


def tamper() -> None:
    with connection.cursor() as cursor:
        table = " ON governance_auditentry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER audit_entry_update{table}")
    AuditEntry.objects.filter(verb="transcript.read").update(actor_id=4)


def test_intact_chains_are_told_one_a_line() -> None:
    fill()

    installation, newsroom = heads()
    assert verify() == [
        f"(installation): intact; entries: 1, of them erased: 0; head {installation}",
        f"newsroom: intact; entries: 3, of them erased: 1; head {newsroom}",
    ]


def test_json_is_one_object_a_chain() -> None:
    fill()

    installation, newsroom = heads()
    intact = {"type": "log", "intact": True, "fault": None, "position": None}
    assert [json.loads(line) for line in verify("--json")] == [
        intact | {"workspace": "(installation)", "head": installation, "entries": 1, "erased": 0},
        intact | {"workspace": "newsroom", "head": newsroom, "entries": 3, "erased": 1},
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

    assert verify() == ["sound: intact; segments: 3, lives: 1"]


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


def erase(*arguments: str) -> list[str]:
    printed = StringIO()
    call_command("audit", "erase", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


WHY = ("--reason", "request 4", "--by", "Grace Hopper", "--yes")


@pytest.fixture
def newsroom() -> AuditChain:
    """A log of three entries, two of them about one alert."""
    workspace = make_workspace("newsroom")
    for verb, number in (("alert.raised", "12"), ("alert.decided", "12"), ("alert.raised", "13")):
        operations.append(Acted(workspace.pk, None, verb, "alert", number), NOW)
    return AuditChain.objects.get(workspace=workspace)


@pytest.mark.parametrize(
    ("what", "erased", "line"),
    [
        ("3", [3], "       3  2026-01-05 10:00:00Z  alert.raised  alert 13"),
        ("alert:12", [1, 2], "       1  2026-01-05 10:00:00Z  alert.raised  alert 12"),
    ],
)
def test_the_content_of_an_entry_or_of_all_about_an_object_is_erased(
    what: str, erased: list[int], line: str, newsroom: AuditChain
) -> None:
    printed = erase("newsroom", what, *WHY)

    gone = newsroom.entries.filter(payload=None).order_by("position")
    assert [entry.position for entry in gone] == erased
    assert (printed[0], printed[-1]) == (line, f"Contents erased: {len(erased)}.")
    told = AuditEntry.objects.filter(verb="audit.erased").order_by("position")
    assert [(entry.actor_id, entry.object_id) for entry in told] == [(None, str(position)) for position in erased]
    assert json.loads(told[0].payload.body) == {"reason": "request 4", "decided_by": "Grace Hopper"}
    assert verify("--no-sound")[0].startswith("newsroom: intact")


@pytest.mark.parametrize(("workspace", "what"), [("elsewhere", "1"), ("newsroom", "99"), ("newsroom", "live:12")])
@pytest.mark.usefixtures("newsroom")
def test_what_is_not_there_cannot_be_erased(workspace: str, what: str) -> None:
    with pytest.raises(NothingToErase):
        erase(workspace, what, *WHY)

    assert AuditPayload.objects.count() == 3


@pytest.mark.parametrize("what", ["", "alert", ":12", "1.5"])
@pytest.mark.usefixtures("newsroom")
def test_what_is_to_be_erased_is_said_clearly(what: str) -> None:
    with pytest.raises(CommandError, match="neither a position"):
        erase("newsroom", what, *WHY)


@pytest.mark.parametrize(
    ("answers", "left"),
    [("request 4\n \nGrace Hopper\ny\n", 2), ("request 4\nGrace Hopper\nn\n", 3), ("request 4\n", 3), ("", 3)],
)
@pytest.mark.usefixtures("newsroom")
def test_the_reason_the_name_and_the_go_ahead_are_asked_for(
    answers: str, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(answers))

    with suppress(CommandError):
        erase("newsroom", "1")

    assert AuditPayload.objects.filter(entry__verb__startswith="alert.").count() == left
