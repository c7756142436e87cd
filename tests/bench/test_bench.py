"""The runner of the benchmarks: its figures, its lines, its usage."""

import json

import pytest

from bench import Result, measured, resident_mb
from bench.__main__ import as_json, as_text, main, names

ALONE = Result("rss_per_stream", 5.123456, "MB", details={"streams": 40})
BESIDE = Result("audio_s_per_core_s", 30.0, "s", peer="openai-whisper 20250625", peer_value=20.0)


def test_result_ratio_is_ours_over_the_peers() -> None:
    assert (ALONE.ratio, BESIDE.ratio) == (None, 1.5)


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (
            ALONE,
            {
                "bench": "x",
                "metric": "rss_per_stream",
                "value": 5.1235,
                "unit": "MB",
                "peer": None,
                "peer_value": None,
                "ratio": None,
                "streams": 40,
            },
        ),
        (
            BESIDE,
            {
                "bench": "x",
                "metric": "audio_s_per_core_s",
                "value": 30.0,
                "unit": "s",
                "peer": "openai-whisper 20250625",
                "peer_value": 20.0,
                "ratio": 1.5,
            },
        ),
    ],
)
def test_as_json_keeps_the_contract(result: Result, line: dict[str, object]) -> None:
    assert json.loads(as_json("x", result)) == line


def test_as_text_tells_the_peer() -> None:
    assert as_text("asr", BESIDE).split() == [
        *("asr", "audio_s_per_core_s", "30", "s"),
        *("(x", "1.50", "of", "openai-whisper", "20250625:", "20)"),
    ]
    assert as_text("capture", ALONE).split() == ["capture", "rss_per_stream", "5.123", "MB", "streams=40"]


def test_measured_counts_processor_time() -> None:
    with measured() as idle:
        pass
    with measured() as busy:
        sum(range(3_000_000))
    assert 0 <= idle.cpu_s < busy.cpu_s


def test_resident_mb_is_that_of_a_python_process() -> None:
    assert 10 < resident_mb() < 10_000


def test_main_says_which_benchmarks_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert capsys.readouterr().err == f"bench: no benchmark named nothing; there are: {', '.join(names())}.\n"
