"""`vigie watch` on a file and on lives that break off: the JSON contract, and nothing lost in silence."""

import json
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen
from typing import Any

import numpy as np
import pytest

from tests.journeys.product import environment, vigie
from tests.stages import stage
from vigie.simulators.media import Fault, Kind, Live, MediaServer, Script
from vigie.simulators.media.deliveries import united
from vigie.simulators.media.script import PREPARED
from vigie.simulators.media.vtt import Cue, read_cues

pytestmark = pytest.mark.shared

Line = dict[str, Any]
Span = tuple[float, float]

VERDICT = "type of seq category score hateful reach target spans justification analyst state"
FIELDS = {
    "utterance": "type seq start_s end_s text source language state",
    "assessment": VERDICT,
    "alert": "type id seq score",
    "gap": "type from_s to_s cause",
    "end": "type utterances assessments alerts audio_s lost_s",
}
"""What docs/reference/cli.md promises, in order."""

CUTS = ((16.0, 56.0), (76.0, 116.0))
END_S = 136.0
LIVE_S = (6.0, *CUTS[0], *CUTS[1], END_S + 4)
WALL_S = (0.0, 2.0, 4.0, 8.0, 10.0, 14.5)
"""The clock of the lives against the one on the wall: five times as fast, twenty times while they are cut."""
WINDOW = 10
"""Segments a playlist holds: 20 s, half of what a cut takes away."""
EDGE_S = 0.3
"""Sound comes in frames and in segments whose ends are not those of the words."""


def pace(wall_s: float) -> float:
    return float(np.interp(wall_s, WALL_S, LIVE_S)) - LIVE_S[0]


@dataclass(frozen=True)
class Watched:
    """What was told of a live, and which seconds of it were really handed over, on the clock of what was told."""

    ended: CompletedProcess[str]
    lines: list[Line]
    delivered: list[Span]
    began_s: float
    """Second of the live at which the clock of what was told is 0."""

    @property
    def lost(self) -> list[Span]:
        return [(before[1], after[0]) for before, after in pairwise(self.delivered)]

    def cues(self) -> list[Cue]:
        """Return what was said in the sound that was handed over, on the clock of what was told."""
        said = read_cues((PREPARED / "en.vtt").read_text(encoding="utf-8"))
        placed = [Cue(cue.start_s - self.began_s, cue.end_s - self.began_s, cue.text) for cue in said]
        return [cue for cue in placed if any(a < cue.start_s and cue.end_s < b for a, b in self.delivered)]


def lines_of(ended: CompletedProcess[str]) -> list[Line]:
    """Return the lines of a program: each a JSON object with its fields, the last one `end`, which counts them."""
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [" ".join(line) for line in lines] == [FIELDS[line["type"]] for line in lines]
    *before, end = lines
    count = {kind: len(of(kind, before)) for kind in FIELDS}
    assert (end["type"], count["end"]) == ("end", 0)
    assert [end[f"{kind}s"] for kind in ("utterance", "assessment", "alert")] == [
        count[kind] for kind in ("utterance", "assessment", "alert")
    ]
    assert end["lost_s"] == pytest.approx(sum(gap["to_s"] - gap["from_s"] for gap in of("gap", lines)), abs=0.05)
    return lines


def of(kind: str, lines: list[Line]) -> list[Line]:
    return [line for line in lines if line["type"] == kind]


def listen(media: MediaServer, live: str, data_dir: Path, *options: str) -> Watched:
    """Watch a simulated live to its end."""
    data_dir.mkdir()
    ended = vigie(data_dir, "watch", media.url(f"{live}.m3u8"), "--language", "en", "--json", *options)
    delivered = united(media.deliveries(live))
    zero_s = delivered[0][0]
    return Watched(ended, lines_of(ended), [(a - zero_s, b - zero_s) for a, b in delivered], zero_s)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, micro_model: Path) -> dict[str, Watched]:
    """Three lives watched at the same time: with captions, by Whisper, and one whose playlist becomes a page."""
    folder, film, captions = tmp_path_factory.mktemp("watched"), PREPARED / "en.mp4", PREPARED / "en.vtt"
    cuts = tuple(Fault(Kind.CUT, at_s=start, for_s=end - start) for start, end in CUTS)
    page = Fault(Kind.HTML, at_s=CUTS[0][0], for_s=2 * END_S)
    media = stage(
        Live("captions", film, captions, "en", (*cuts, Fault(Kind.END, at_s=END_S)), window=WINDOW),
        Live("whisper", film, None, "en", (*cuts, Fault(Kind.END, at_s=END_S)), window=WINDOW),
        Live("page", film, captions, "en", (page,), window=WINDOW),
        pace=pace,
    )
    options = {
        "captions": ("--no-speech",),
        "whisper": ("--recognizer", "whisper", "--model", str(micro_model)),
        "page": ("--no-speech",),
    }
    with media, ThreadPoolExecutor(len(options)) as pool:
        told = pool.map(lambda name: listen(media, name, folder / name, *options[name]), options)
        return dict(zip(options, told, strict=True))


@pytest.fixture(params=["captions", "whisper"])
def cut(request: pytest.FixtureRequest, watched: dict[str, Watched]) -> Watched:
    """A live that was cut twice."""
    found: Watched = watched[request.param]
    return found


def test_a_file_is_told_in_words_verdicts_and_an_end(tmp_path: Path, shared_data: Path) -> None:
    speech = shared_data / "speech" / "librivox-0870.wav"

    ended = vigie(tmp_path, "watch", str(speech), "--recognizer", "pocketsphinx", "--json")

    lines = lines_of(ended)
    heard = {word for said in of("utterance", lines) for word in said["text"].split()}
    spoken = set(speech.with_suffix(".txt").read_text(encoding="utf-8").split())
    assert (ended.returncode, ended.stderr, list(tmp_path.iterdir())) == (0, "", [])
    assert len(heard & spoken) > len(spoken) / 2
    assert [line["seq"] for line in of("assessment", lines)] == [line["seq"] for line in of("utterance", lines)]
    assert (lines[-1]["audio_s"], lines[-1]["lost_s"]) == (7.1, 0.0)


def test_a_live_that_is_cut_twice_is_told_to_its_end(cut: Watched) -> None:
    assert (cut.ended.returncode, cut.ended.stderr) == (0, "")
    assert len(cut.lost) >= len(CUTS)
    assert cut.lines[-1]["audio_s"] == pytest.approx(sum(b - a for a, b in cut.delivered), abs=EDGE_S)


def test_gaps_are_what_was_not_handed_over(cut: Watched) -> None:
    gaps = of("gap", cut.lines)

    assert [(gap["from_s"], gap["to_s"]) for gap in gaps] == [pytest.approx(span, abs=EDGE_S) for span in cut.lost]
    assert all(gap["cause"] for gap in gaps)


def test_every_caption_that_was_handed_over_is_told_once(watched: dict[str, Watched]) -> None:
    live = watched["captions"]
    told = [(line["text"], line["start_s"], line["source"]) for line in of("utterance", live.lines)]
    cues = live.cues()

    assert len({text for text, _, _ in told}) == len(told)
    assert len(cues) > 6
    for cue in cues:
        assert (cue.text, pytest.approx(cue.start_s, abs=EDGE_S), "captions") in told


def test_every_word_that_was_handed_over_lies_in_one_utterance(watched: dict[str, Watched]) -> None:
    live = watched["whisper"]
    told = [(line["start_s"], line["end_s"]) for line in of("utterance", live.lines)]
    cues = live.cues()

    assert [line["seq"] for line in of("utterance", live.lines)] == list(range(1, len(told) + 1))
    assert {(line["source"], line["state"]) for line in of("utterance", live.lines)} == {("asr", "done")}
    assert all(before[1] <= after[0] + 0.01 for before, after in pairwise(told))
    assert len(cues) > 6
    assert [cue for cue in cues if covered_s(cue, told) < 0.8 * (cue.end_s - cue.start_s)] == []


def covered_s(cue: Cue, spans: list[Span]) -> float:
    """Return how many seconds of a cue lie in stretches that do not overlap."""
    return sum(max(0.0, min(b, cue.end_s) - max(a, cue.start_s)) for a, b in spans)


def test_a_playlist_that_becomes_a_page_ends_the_live_with_the_reason(watched: dict[str, Watched]) -> None:
    live = watched["page"]

    assert live.ended.returncode == 0
    assert live.ended.stderr.endswith("/page.m3u8: this is not an HLS playlist.\n")
    assert len(live.ended.stderr.splitlines()) == 1
    assert of("utterance", live.lines)


@pytest.mark.parametrize(
    ("captions", "options"), [(PREPARED / "en.vtt", ["--no-speech"]), (None, ["--recognizer", "pocketsphinx"])]
)
def test_a_live_may_be_left_at_any_time_with_all_verdicts_and_leaves_nothing(
    tmp_path: Path, captions: Path | None, options: list[str]
) -> None:
    with MediaServer(Script((Live("en", PREPARED / "en.mp4", captions, "en"),))) as media:
        in_background = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
        command = [*in_background, sys.executable, "-m", "vigie", "watch", media.url("en.m3u8"), *options, "--json"]
        environ = environment(tmp_path) | {"TMPDIR": str(tmp_path)}
        with Popen(command, env=environ, stdout=PIPE, stderr=PIPE, text=True) as program:
            assert program.stdout is not None
            first = program.stdout.readline()
            program.send_signal(signal.SIGTERM)  # Vigie makes a SIGINT of it
            rest, trouble = program.communicate(timeout=60)

    lines = lines_of(CompletedProcess(command, program.returncode, first + rest, trouble))
    assert (program.returncode, trouble, list(tmp_path.iterdir())) == (130, "", [])
    spoken = [line["seq"] for line in of("utterance", lines) if line["text"]]
    assert [line["seq"] for line in of("assessment", lines)] == spoken
    assert lines[-1]["audio_s"] > 0
