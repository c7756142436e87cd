"""The figures of the benchmark of capture."""

import os
from pathlib import Path

import pytest

from bench.capture import Cost, proportional_mb, sealing_s
from vigie.adapters.audio.client import FlacCodec


@pytest.mark.parametrize(("unit", "figure"), [("ms", 5.0), ("MB", 2.5)])
def test_cost_is_told_for_a_stream(unit: str, figure: float) -> None:
    assert Cost(seconds=10.0, cpu_s=2.0, stream_s=400.0, mb_per_stream=2.5).figure(unit) == figure


def test_proportional_mb_is_no_more_than_what_is_resident() -> None:
    assert 10 < proportional_mb(os.getpid()) < 10_000


def test_sealing_s_is_measured_on_the_sound_that_was_kept(tmp_path: Path) -> None:
    kept = tmp_path / "audio" / "1" / "00000.flac"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(FlacCodec().encode(bytes(32_000 * 60)))

    assert 0 < sealing_s(tmp_path) < 1
