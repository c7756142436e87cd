"""How the checks are run and told."""

import sys

import pytest

from tools.check import CHECKS, Outcome, main, report, run, run_one

OK = (sys.executable, "-c", "print('fine')")
BAD = (sys.executable, "-c", "print('line 12', flush=True); raise SystemExit('trouble')")


def test_run_one_keeps_what_was_printed() -> None:
    passed, failed = run_one("a", OK, {}), run_one("b", BAD, {})
    assert (passed.name, passed.passed, passed.output) == ("a", True, "fine")
    assert (failed.name, failed.passed, failed.output) == ("b", False, "line 12\ntrouble")


def test_run_one_says_what_is_not_installed() -> None:
    outcome = run_one("a", ("no-such-program",), {})
    assert (outcome.passed, outcome.output) == (False, "no-such-program is not installed: use `python3 run.py check`.")


def test_run_one_gives_up_on_what_hangs() -> None:
    outcome = run_one("a", (sys.executable, "-c", "import signal; signal.pause()"), {}, limit_s=0.2)
    assert (outcome.passed, outcome.output) == (False, "did not end within 0.2 s")


def test_run_gives_every_check_the_same_throw_away_data_folder() -> None:
    show = (sys.executable, "-c", "import os; print(os.environ['VIGIE_DATA_DIR'])")
    folders = {outcome.output for outcome in run({"a": show, "b": show})}
    assert len(folders) == 1
    assert "vigie-check-" in folders.pop()


def test_report_shows_only_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [
        Outcome("types", passed=True, took_s=2, output="noise"),
        Outcome("docs", passed=False, took_s=1, output="no"),
    ]
    assert report(outcomes, 3.0) == 1
    assert capsys.readouterr().out == "\n── docs ──\nno\n\n1 of 2 checks failed in 3 s\n"


def test_report_shows_the_figures_of_the_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Outcome("shape", passed=True, took_s=2, output="functions 7")], 3.0) == 0
    assert capsys.readouterr().out == "\n── shape ──\nfunctions 7\n\n1 checks passed in 3 s\n"


def test_main_knows_its_checks(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["shape", "nothing"])
    assert end.value.code == 2
    assert f"no check named nothing; there are: {', '.join(CHECKS)}" in capsys.readouterr().err
