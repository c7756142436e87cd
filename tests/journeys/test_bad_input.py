"""What somebody may ask by mistake: one clear line, the exit status of docs/reference/cli.md, nothing left behind."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.chirps import chirp, write_media
from tests.journeys.product import environment, free_port, vigie
from tests.journeys.test_watch_command import Line, lines_of, of
from vigie.adapters.audio.client import FlacCodec
from vigie.events import SAMPLE_BYTES, SAMPLE_RATE
from vigie.simulators.media import MediaServer, Script
from vigie.simulators.media.script import PREPARED

PAGE = "<!doctype html><title>Town hall</title><p>The council meets on Monday."
BIDI, INVISIBLE = "\u202esreffo\u202c \u2066ten\u2069", "im\u200bmi\u200dgrants \ufeffare vermin"
Refusal = tuple[int, str, str, set[str]]
"""Exit status, standard output, standard error, names of what is left in the data folder."""
Refusals = dict[tuple[str, ...], Refusal]
"""By the arguments of the command."""


def refusals(folder: Path, cases: Refusals) -> Refusals:
    """Run every command of `cases` on a data folder of its own, some at a time; return what came of each."""

    def refusal(number: int, arguments: tuple[str, ...]) -> Refusal:
        data_dir = folder / f"data-{number}"
        data_dir.mkdir()
        ended = vigie(data_dir, *arguments, default_language="en")
        return ended.returncode, ended.stdout, ended.stderr, {path.name for path in data_dir.iterdir()}

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(cases, pool.map(refusal, range(len(cases)), cases), strict=True))


def refused(line: str, status: int = 1, left: set[str] | None = None) -> Refusal:
    return status, "", f"vigie: {line}\n", left or set()


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[MediaServer]:
    """A server on which a page is had under two names: page.html and live.m3u8."""
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    with MediaServer(Script(files=dict.fromkeys(("page.html", "live.m3u8"), page))) as server:
        yield server


def test_files_that_cannot_be_heard(tmp_path: Path) -> None:
    contents = {
        "empty.wav": b"",
        "letter.wav": b"Dear listener, this is a letter.",
        "noise.mp4": Random(1).randbytes(50_000),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    write_media(tmp_path / "mute.mp4", 1.0, pictures=True, sound=False)
    long = str(tmp_path / ("x" * 5000))

    def watched(path: object) -> tuple[str, ...]:
        return "watch", str(path), "--no-speech", "--json"

    expected: Refusals = {
        watched(tmp_path / "gone.wav"): refused(
            f"{tmp_path}/gone.wav: no such file. (An address begins with https://)"
        ),
        watched(tmp_path): refused(f"{tmp_path}: not a file."),
        watched(long): refused(f"{long[:200]}: cannot be read (File name too long)."),
        watched(tmp_path / "empty.wav"): refused(f"{tmp_path}/empty.wav: empty file."),
        watched(tmp_path / "letter.wav"): refused(f"{tmp_path}/letter.wav: not media, or damaged."),
        watched(tmp_path / "noise.mp4"): refused(f"{tmp_path}/noise.mp4: not media, or damaged."),
        watched(tmp_path / "mute.mp4"): refused("the recording has no sound"),
    }
    assert refusals(tmp_path, expected) == expected


def test_addresses_that_cannot_be_heard(tmp_path: Path, pages: MediaServer) -> None:
    dead = f"http://127.0.0.1:{free_port()}/live.m3u8"
    page, playlist = pages.url("files/page.html"), pages.url("files/live.m3u8")

    expected: Refusals = {
        ("watch", dead, "--no-speech"): refused(f"{dead}: cannot be reached (All connection attempts failed)."),
        ("watch", page, "--no-speech"): refused(f"{page}: a web page without a live that streamlink knows."),
        ("watch", playlist, "--no-speech"): refused(f"{playlist}: this is not an HLS playlist."),
    }
    assert refusals(tmp_path, expected) == expected


def test_commands_that_make_no_sense(tmp_path: Path) -> None:
    expected: Refusals = {
        ("audit",): refused("Missing command. (vigie audit --help says more)", 2),
        ("audit", "verify"): refused("Vigie has never run on this data folder: there is no audit log."),
        ("models",): refused("Missing command. (vigie models --help says more)", 2),
    }
    assert refusals(tmp_path, expected) == expected


def test_up_refuses_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = vigie(tmp_path, "up", port=str(port))

    line = f"vigie: 127.0.0.1:{port} cannot be used (Address already in use). Set VIGIE_PORT to another port.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", line)
    assert list(tmp_path.iterdir()) == []


def test_doctor_looks_without_leaving_anything(tmp_path: Path) -> None:
    ended = vigie(tmp_path, "doctor", "--json")

    found = {finding["what"]: finding for finding in map(json.loads, ended.stdout.splitlines())}
    assert (ended.returncode, ended.stderr, list(tmp_path.iterdir())) == (1, "", [])
    assert found["Database"] == {"what": "Database", "ok": False, "words": "sqlite, not there yet", "fix": "vigie up"}


def test_texts_of_any_kind_are_judged_as_they_are(tmp_path: Path) -> None:
    texts = [BIDI, INVISIBLE, "\u200b" * 1000, "", "x" * 100_000, "immigrants are vermin " * 4500]
    file, data_dir = tmp_path / "texts.txt", tmp_path / "data"
    file.write_text("\n".join(texts), encoding="utf-8")
    data_dir.mkdir()

    ended = vigie(data_dir, "assess", "--file", str(file), "--language", "en", "--json")

    judged = list(map(json.loads, ended.stdout.splitlines()))
    assert (ended.returncode, ended.stderr, list(data_dir.iterdir())) == (0, "", [])
    assert [verdict["text"] for verdict in judged] == texts
    assert [verdict["category"] for verdict in judged] == ["neutral", "hateful", *["neutral"] * 3, "hateful"]


def test_recordings_are_told_as_far_as_they_go(tmp_path: Path) -> None:
    film, flac = (PREPARED / "en.mp4").read_bytes(), FlacCodec().encode(chirp(10.0).tobytes())
    contents = {
        "film.mp4": film[: len(film) // 2],
        "sound.flac": flac[: len(flac) // 2],
        "silence.flac": FlacCodec().encode(bytes(SAMPLE_BYTES * SAMPLE_RATE * 3)),
    }

    def told(name: str) -> list[Line]:
        (tmp_path / name).write_bytes(contents[name])
        ended = vigie(tmp_path, "watch", str(tmp_path / name), "--no-speech", "--json")
        assert (ended.returncode, ended.stderr) == (0, "")
        return lines_of(ended)

    with ThreadPoolExecutor(3) as pool:
        film_lines, sound_lines, silence_lines = pool.map(told, contents)

    for lines in (film_lines, sound_lines):
        assert [gap["cause"] for gap in of("gap", lines)] == ["the recording is cut short"]
        assert lines[-1]["audio_s"] > 0
        assert lines[-1]["lost_s"] > 0
    assert silence_lines == [
        {"type": "end", "utterances": 0, "assessments": 0, "alerts": 0, "audio_s": 3.0, "lost_s": 0.0}
    ]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_watch_ends_where_nobody_reads_any_more(tmp_path: Path, form: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "vigie", "watch", str(PREPARED / "en.mp4"), "--no-speech", *form]

    ended = subprocess.run(
        command, env=environment(tmp_path), stdout=writer, stderr=subprocess.PIPE, text=True, timeout=120, check=False
    )

    os.close(writer)
    assert (ended.returncode, ended.stderr, list(tmp_path.iterdir())) == (1, "", [])


def test_watch_tells_in_one_line_that_its_lines_cannot_be_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vigie", "watch", str(PREPARED / "en.mp4"), "--no-speech", "--json"]

    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            command, env=environment(tmp_path), stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )

    assert ended.stderr.endswith("vigie: No space left on device\n")
    assert (ended.returncode, len(ended.stderr.splitlines()), list(tmp_path.iterdir())) == (1, 1, [])
