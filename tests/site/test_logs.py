"""Logs: one JSON object a line off a terminal, with the trace of what was not foreseen."""

import json
import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
import structlog

from vigie.site import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_configure_writes_json_for_our_loggers_and_those_of_libraries(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    structlog.get_logger("vigie.watch").info("live.started", live=12)
    logging.getLogger("library").warning("careful")

    ours, theirs = _lines(capsys)
    assert (ours["event"], ours["live"], ours["level"], ours["logger"]) == ("live.started", 12, "info", "vigie.watch")
    assert (theirs["event"], theirs["level"]) == ("careful", "warning")


def test_configure_writes_the_trace_of_an_error_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    try:
        int("unforeseen")
    except ValueError:
        structlog.get_logger("vigie").exception("failed")

    (line,) = _lines(capsys)
    assert "ValueError: invalid literal" in str(line["exception"])


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_configure_prints_no_local_variable_of_what_failed(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(log_format)
    token = uuid4().hex

    try:
        int("unforeseen")
    except ValueError:
        structlog.get_logger("vigie").exception("ours")
        logging.getLogger("library").exception("theirs")

    printed = capsys.readouterr().err
    assert printed.count("ValueError: invalid literal") == 2
    assert token not in printed


def test_configure_keeps_chatty_libraries_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")

    logging.getLogger("httpx").info("GET https://example.org/?token=secret")

    assert _lines(capsys) == []
