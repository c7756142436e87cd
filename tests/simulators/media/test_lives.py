"""What the two prepared lives promise to the demo and to the journeys."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from vigie.simulators.media.script import PREPARED
from vigie.simulators.media.vtt import read_cues

LIMIT_BYTES = 3_000_000
KINDS = {"alert", "counter-speech", "criticism", "profanity", None}


def lines(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((PREPARED / f"{name}.yaml").read_text(encoding="utf-8"))["lines"])


def test_the_prepared_lives_are_small() -> None:
    assert sum(Path(path).stat().st_size for path in PREPARED.iterdir()) < LIMIT_BYTES


@pytest.mark.parametrize("name", ["fr", "en"])
def test_the_captions_are_the_text(name: str) -> None:
    cues = read_cues((PREPARED / f"{name}.vtt").read_text(encoding="utf-8"))

    assert [(cue.voice, cue.text) for cue in cues] == [(line["who"], line["text"]) for line in lines(name)]


@pytest.mark.parametrize("name", ["fr", "en"])
def test_there_is_a_line_of_every_kind_and_most_are_ordinary(name: str) -> None:
    kinds = [line.get("kind") for line in lines(name)]

    assert set(kinds) == KINDS
    assert kinds.count(None) > len(kinds) / 2


@pytest.mark.parametrize("name", ["fr", "en"])
def test_two_alerts_are_due_within_half_a_minute_of_the_start(name: str) -> None:
    wanted = {line["text"] for line in lines(name) if line.get("kind") == "alert"}
    cues = read_cues((PREPARED / f"{name}.vtt").read_text(encoding="utf-8"))
    said_s = [cue.end_s for cue in cues if cue.text in wanted]

    assert 12 <= said_s[0] <= 20
    assert said_s[1] <= 36
    assert len(said_s) >= 4
