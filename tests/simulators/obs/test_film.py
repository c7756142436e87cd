import json
import subprocess
from pathlib import Path

from tests.programs import needed
from vigie.simulators.obs.film import HEIGHT, RATE, SECONDS, WIDTH, replay


def test_a_replay_plays(tmp_path: Path) -> None:
    path = tmp_path / "replay.mp4"
    path.write_bytes(replay(7))

    shown = (
        "-count_frames",
        "-show_entries",
        "format=duration:stream=codec_name,width,height,nb_read_frames",
        "-of",
        "json",
    )
    told = subprocess.run([needed("ffprobe"), "-v", "error", *shown, path], capture_output=True, text=True, check=True)

    facts = json.loads(told.stdout)
    pictures, sound = facts["streams"]
    assert told.stderr == ""
    assert (pictures["codec_name"], pictures["width"], pictures["height"]) == ("h264", WIDTH, HEIGHT)
    assert (int(pictures["nb_read_frames"]), sound["codec_name"]) == (RATE * SECONDS, "aac")
    assert abs(float(facts["format"]["duration"]) - SECONDS) < 0.1


def test_no_two_replays_are_the_same_file() -> None:
    assert len({replay(number) for number in range(20)}) == 20
