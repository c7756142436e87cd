"""`vigie doctor`."""

import json

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings


@pytest.mark.django_db
def test_doctor_tells_every_finding_as_json_and_fails_when_something_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("doctor", "--json")

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ended.value.returncode == 1
    assert {each["what"] for each in found} >= {"Python", "Data folder", "Database", "Pages", "Speech", "Port"}
    assert all(each["ok"] or each["fix"] for each in found)


@pytest.mark.django_db
def test_doctor_tells_a_person_the_exact_fix(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"recognizer": "auto"})
    with pytest.raises(CommandError):
        call_command("doctor")

    assert "vigie models get base" in capsys.readouterr().out
