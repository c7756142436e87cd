"""`vigie watch`: lines for programs and for people. The whole of it: tests/journeys/test_watch_command.py."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from tests.site.test_report import ALERT, GAP, VERDICT, said
from vigie.site import foreground
from vigie.site.report import Line, Report


def lines() -> list[Line]:
    report = Report()
    report.interrupted(GAP)
    told = [report.settled(said(1)), report.assessed(VERDICT), report.alerted(ALERT)]
    told += [report.settled(replace(said(2), state="failed", text="")), report.end(20.0)]
    return [line for group in told for line in group]


def test_as_text_tells_a_person_what_matters() -> None:
    output = io.StringIO()
    tell = foreground.as_text(Console(file=output, width=200))

    for line in lines():
        tell(line)

    assert output.getvalue().splitlines() == [
        "00:00:10  sentence 1",
        "          0.81 hateful because",
        "          alert 9",
        "00:00:15  2.5 s were not received: connection reset",
        "00:00:20  (failed)",
        "20.0 s heard, 2.5 s lost; utterances: 2, alerts: 1",
    ]


def test_as_text_says_nothing_of_ordinary_words() -> None:
    output = io.StringIO()
    line = {"type": "assessment", "state": "analysed", "score": 0.1}

    foreground.as_text(Console(file=output))(line)

    assert output.getvalue() == ""


def test_as_text_shows_words_that_look_like_markup_as_they_are() -> None:
    output = io.StringIO()
    event = replace(said(1), text="[red]not a colour[/]")

    foreground.as_text(Console(file=output, width=80))(Report().settled(event)[0])

    assert output.getvalue() == "00:00:10  [red]not a colour[/]\n"


def test_as_text_commands_nothing_to_the_terminal() -> None:
    output = io.StringIO()
    event = replace(said(1), text="\x1b[2Jclear \u202edrawkcab\n:smile:")

    foreground.as_text(Console(file=output, width=80))(Report().settled(event)[0])

    assert output.getvalue() == "00:00:10  ␛[2Jclear �drawkcab␊:smile:\n"


def test_as_json_tells_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    for line in lines():
        foreground.as_json(line)

    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == lines()
