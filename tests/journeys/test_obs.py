"""A keyword in a chat, and a streamer's OBS saves the replay: under the right name, whatever happens to that OBS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.product import LOG, environment, until, vigie
from tests.journeys.test_killed_chat import PREPARE, UP, rows, stored
from tests.obs_program import RealObs
from tests.programs import needed
from vigie.simulators.tiktok import Account, TikTokServer, viewer

pytestmark = pytest.mark.obs

CONNECT = """
from vigie.clips.operations import ObsForm, save_obs
from vigie.rules import operations as rules
from vigie.rules.document import read_one

for name, password in (("studio", "{password}"), ("door", "wr0ng")):
    save_obs(ObsForm(name, "127.0.0.1", {port}, password=password), actor=member, now=now)
replay = {{"replay": {{"obs": "studio", "before": "5 s", "after": 0, "name": "{{chatter}}_{{trigger}}"}}}}
spec = read_one({{"name": "Save it", "when": "chat", "if": [{{"says": "clip it"}}], "then": [replay]}})
rules.put_in_force(rules.add_rule(spec, actor=member, now=now), actor=member, now=now)
"""
ANNA, BERT, CLEO = viewer(1), viewer(2), viewer(3)
REFUSED = "the password is wrong."


def test_a_keyword_in_the_chat_saves_the_replay_of_a_real_obs(tmp_path: Path) -> None:
    data, studio_dir = tmp_path / "data", tmp_path / "studio"
    data.mkdir()
    studio_dir.mkdir()
    with TikTokServer() as tiktok, RealObs(studio_dir) as studio:
        tiktok.add(Account("marche"))
        prepare(data, studio)
        with up(data, tiktok, studio):
            until(lambda: states(data) == {"studio": "ready", "door": "refused"}, "the OBS")
            until(lambda: bool(greeted(tiktok, data)), "the chat")
            at_once(data, tiktok, studio)
            after_a_crash(data, tiktok, studio)
    assert refusals(studio) == 1
    log = (data / LOG).read_text()
    assert (log.count("obs_refused"), log.count(REFUSED)) == (1, 1)
    assert list(studio.replays.iterdir()) == []
    assert [word for word in ("[error", "[critical", "Traceback") if word in log] == []


def at_once(data: Path, tiktok: TikTokServer, studio: RealObs) -> None:
    """Two ask at the same moment: OBS saves twice, and each file has the name of who asked for it."""
    for who in (ANNA, BERT):
        tiktok.say("marche", "clip it", viewer=who)
    until(lambda: [state for state, *_ in clips(data)] == ["verified"] * 2, "two clips")

    first, second = clips(data)
    assert {first[1], second[1]} == {ANNA.nickname, BERT.nickname}
    assert first[3] < second[3]  # OBS names files by their moment
    assert first[4] != second[4]
    files = [data / "clips" / "1" / name for _, _, name, *_ in (first, second)]
    assert [file.name for file in files] == [f"{chatter}_clip it.mp4" for _, chatter, *_ in (first, second)]
    assert [played(file) for file in files] == [True, True]
    assert files[0].stat().st_mtime < files[1].stat().st_mtime  # as OBS wrote them


def after_a_crash(data: Path, tiktok: TikTokServer, studio: RealObs) -> None:
    """OBS is killed and started again: Vigie is back by itself."""
    studio.kill()
    until(lambda: states(data)["studio"] == "away", "OBS to be missed")
    studio.start()
    until(lambda: states(data)["studio"] == "ready", "OBS to be found again")
    tiktok.say("marche", "clip it", viewer=CLEO)
    until(lambda: [state for state, *_ in clips(data)] == ["verified"] * 3, "a clip after the crash")

    assert played(data / "clips" / "1" / f"{CLEO.nickname}_clip it.mp4")


# ── what is there ──


def prepare(data: Path, studio: RealObs) -> None:
    code = PREPARE + CONNECT.format(password=studio.password, port=studio.address[1])
    made = vigie(data, "shell", "-v0", "-c", code)
    assert (made.returncode, made.stderr) == (0, "")


@contextmanager
def up(data: Path, tiktok: TikTokServer, studio: RealObs) -> Iterator[None]:
    """Run all of Vigie, with TikTok where the server is, and replays taken from where the OBS writes them."""
    with (data / LOG).open("a") as log:
        program = subprocess.Popen(
            [sys.executable, "-m", "vigie", "shell", "-v0", "-c", UP.format(tiktok.url().rstrip("/"))],
            env=environment(data, recognizer="none", replay_folders=str(studio.replays)),
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        program.terminate()
        program.wait(30)


def greeted(tiktok: TikTokServer, data: Path) -> list[str]:
    """Say something nobody waits for; return what was stored."""
    tiktok.say("marche", "hello")
    return stored(data)


def states(data: Path) -> dict[str, str]:
    return dict(rows(data, "SELECT name, state FROM clips_obsinstance"))  # type: ignore[arg-type]


def clips(data: Path) -> list[Any]:
    return rows(data, "SELECT state, chatter, name, original, sha256 FROM clips_clip ORDER BY seq")


def played(path: Path) -> bool:
    """Return whether ffprobe decodes a file to its end, without an error, with a picture at least."""
    shown = ("-show_entries", "stream=codec_name,nb_read_frames", "-count_frames", "-of", "json")
    told = subprocess.run([needed("ffprobe"), "-v", "error", *shown, path], capture_output=True, text=True, check=True)
    pictures = json.loads(told.stdout)["streams"][0]
    return not told.stderr and pictures["codec_name"] == "h264" and int(pictures["nb_read_frames"]) > 0


def refusals(studio: RealObs) -> int:
    """Return how often OBS refused a password since it was started first."""
    return studio.log.read_text().count("Authentication failed")
