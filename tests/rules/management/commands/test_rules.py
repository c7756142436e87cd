"""`vigie rules dry-run`: from a shell to what rules would have done, without a database."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from vigie.rules.actions import BadAction
from vigie.rules.document import BadRules
from vigie.rules.management.commands.rules import LONGEST_LINE, MOST_BYTES, NotReadable
from vigie.rules.recording import BadRecording

RULES = """\
rules:
- name: Save that moment
  when: chat
  if:
  - says: clip
  cooldown: 2 min
  then: mark
"""
RECORDING = """\
{"type": "chat", "at": "2026-11-22T20:15:00Z", "user": "ana", "text": "clip!"}
{"type": "chat", "at": "2026-11-22T20:15:09Z", "user": "bob", "text": "rien"}
{"type": "chat", "at": "2026-11-22T20:15:20Z", "user": "cy", "text": "un CLIP"}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    path = tmp_path / "recording.jsonl"
    path.write_text(RECORDING, encoding="utf-8")
    return path


def dry_run(*arguments: object) -> list[str]:
    printed = io.StringIO()
    call_command("rules", "dry-run", *map(str, arguments), stdout=printed)
    return printed.getvalue().splitlines()


def test_json_is_an_object_an_outcome(rules: Path, recorded: Path) -> None:
    fired, suppressed = map(json.loads, dry_run(rules, recorded, "--json"))

    assert fired == {
        "type": "fired",
        "rule": "Save that moment",
        "at": "2026-11-22T20:15:00.000Z",
        "reason": "",
        "events": [{"type": "chat", "at": "2026-11-22T20:15:00.000Z", "text": "clip!", "user": "ana"}],
    }
    assert suppressed["type"] == "suppressed"
    assert suppressed["reason"] == "cooldown: it acted 20 s ago for the same channel"
    assert [event["user"] for event in suppressed["events"]] == ["cy"]


def test_for_a_person_an_outcome_is_a_line(rules: Path, recorded: Path) -> None:
    rests = "held back, cooldown: it acted 20 s ago for the same channel"
    assert dry_run(rules, recorded) == [
        "2026-11-22T20:15:00.000Z  Save that moment: acts  ana “clip!”",
        f"2026-11-22T20:15:20.000Z  Save that moment: {rests}  cy “un CLIP”",
        "Would have acted once, and held back 1.",
    ]


def test_rules_that_never_match_say_so(rules: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.jsonl"
    nothing.touch()
    assert dry_run(rules, nothing) == ["Would have acted 0 times, and held back 0."]
    assert dry_run(rules, nothing, "--json") == []


def test_what_was_written_commands_nothing_to_the_terminal(rules: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.jsonl"
    hostile.write_text(json.dumps({"type": "chat", "at": 1, "user": "\x1b[2J", "text": "clip \u202e\n\ud800"}))

    assert dry_run(rules, hostile)[0].endswith("Save that moment: acts  ␛[2J “clip �␊?”")
    dry_run(rules, hostile, "--json")[0].encode()


def test_standard_input_is_read(rules: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + recorded.read_bytes())))

    assert len(dry_run(rules, "-", "--json")) == 2
    assert not sys.stdin.closed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- name: r", "rule 1 “r”, when: it is missing."),
        (b"", "There is no rule in it."),
        (
            b"- name: r\n  when: chat\n  if:\n  - matches: (",
            "rule 1 “r”, if.1.matches: the pattern cannot be used: missi",
        ),
    ],
)
def test_bad_rules_are_told_in_one_line(rules: Path, recorded: Path, content: bytes, message: str) -> None:
    rules.write_bytes(content)
    with pytest.raises(BadRules) as refused:
        dry_run(rules, recorded)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("sanction", "rule “Save that moment”, then: “sanction” is no action; there is:"),
        ("[{mark: {colour: red}}]", "rule “Save that moment”, then: mark.colour: there is no such field."),
        ("[{clip: {before: [3]}}]", "rule “Save that moment”, then: clip.before: it is no duration of at most a day"),
    ],
)
def test_action_that_cannot_be_done_is_told(rules: Path, recorded: Path, then: str, message: str) -> None:
    rules.write_text(RULES.replace("mark", then))
    with pytest.raises(BadAction) as refused:
        dry_run(rules, recorded)
    assert str(refused.value).startswith(message)


def test_bad_recording_is_told_with_its_file_and_line(rules: Path, recorded: Path) -> None:
    recorded.write_text(RECORDING + "{")
    with pytest.raises(BadRecording) as refused:
        dry_run(rules, recorded)
    assert str(refused.value) == f"{recorded}, line 4: this is no JSON."


def test_file_that_cannot_be_read_is_told(rules: Path, recorded: Path, tmp_path: Path) -> None:
    binary, long, large = (tmp_path / name for name in ("binary", "long", "large"))
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    long.write_bytes(b"{}".ljust(LONGEST_LINE + 1))
    large.write_bytes(b"#".ljust(MOST_BYTES + 1))
    missing = tmp_path / "missing"

    for arguments, message in (
        ((missing, recorded), f"{missing} cannot be read: No such file or directory."),
        ((rules, missing), f"{missing} cannot be read: No such file or directory."),
        ((tmp_path, recorded), f"{tmp_path} cannot be read: Is a directory."),
        ((binary, recorded), f"{binary} is not a text file in UTF-8."),
        ((rules, binary), f"{binary} is not a text file in UTF-8."),
        ((rules, long), f"{long}, line 1: it has 1,000,000 bytes or more."),
        ((large, recorded), f"{large} has more than 8,000,000 bytes."),
    ):
        with pytest.raises(NotReadable) as refused:
            dry_run(*arguments)
        assert str(refused.value) == message


def test_program_needs_no_database(rules: Path, recorded: Path, tmp_path: Path) -> None:
    vigie = Path(sys.executable).with_name("vigie")

    def ran(*arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {"VIGIE_DATA_DIR": str(tmp_path / "data"), "PATH": ""}
        return subprocess.run(
            [vigie, "rules", "dry-run", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )

    done, failed = ran(rules, recorded, "--json"), ran(rules, rules)

    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 2)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == f"vigie: {rules}, line 1: this is no JSON.\n"
    assert not (tmp_path / "data" / "vigie.sqlite3").exists()
