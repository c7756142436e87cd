from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tests.adapters.mp4.reels import FRAME_S, SMALL, TALL, filmed, lasting, later, only, pcm, shown_s, told, troubles
from tests.chirps import told_s
from vigie.adapters.mp4.client import Mp4Files
from vigie.adapters.mp4.encoding import encode
from vigie.events import Kind
from vigie.ports import Reel, VideoFacts


def encoded(reels: Sequence[Reel], folder: Path) -> Path:
    encode(reels, folder / "clip.mp4")
    return folder / "clip.mp4"


def shown(path: Path) -> list[tuple[float, float]]:
    """When each picture of a file is shown, and which second of its reel it shows."""
    with av.open(path) as container:
        return [(round(frame.time or 0.0, 2), round(shown_s(frame), 1)) for frame in container.decode(video=0)]


def facts(path: Path) -> VideoFacts:
    return Mp4Files().probe(path)


@pytest.fixture(scope="module")
def changing() -> list[Reel]:
    """A stream that becomes smaller for 4 s, and large again: 12 s without a gap."""
    return [
        later(filmed(4), 50.0),
        later(filmed(4, size=SMALL, wrapped="mpegts"), 54.0),
        later(filmed(4), 58.0),
    ]


def test_reels_of_different_sizes_become_one_file(changing: list[Reel], tmp_path: Path) -> None:
    path = encoded(changing, tmp_path)

    found = facts(path)
    assert (found.width, found.height, found.has_sound, found.errors) == (*TALL, True, 0)
    assert found.duration_s == pytest.approx(12.0, abs=FRAME_S)
    assert troubles(path) == ""
    assert float(told(path, "format=duration")["duration"]) == pytest.approx(12.0, abs=FRAME_S)
    assert told(path, "stream=codec_name,nb_frames") == {"codec_name": "h264", "nb_frames": "120"}


def test_pictures_keep_their_time(changing: list[Reel], tmp_path: Path) -> None:
    assert [second for _, second in shown(encoded(changing, tmp_path))] == pytest.approx(
        [number / 10 for _ in range(3) for number in range(40)], abs=0.2
    )
    assert [at for at, _ in shown(tmp_path / "clip.mp4")] == pytest.approx(
        [number / 10 for number in range(120)], abs=0.03
    )


def test_sound_keeps_its_time(changing: list[Reel], tmp_path: Path) -> None:
    heard = told_s(pcm(encoded(changing, tmp_path)))

    expected = [second for _ in range(3) for second in np.arange(40) / 10 + 0.05]
    inside = [number for number in range(115) if 3 < number % 40 < 37]
    assert [heard[number] for number in inside] == pytest.approx([expected[number] for number in inside], abs=0.06)


def test_the_largest_pictures_are_the_canvas(tmp_path: Path) -> None:
    wide = filmed(2, size=(256, 146))

    path = encoded([filmed(2), later(wide, 2.0)], tmp_path)

    with av.open(path) as container:
        first = next(container.decode(video=0)).reformat(format="gray").to_ndarray()
    assert lasting(4.0, facts(path)) == VideoFacts(4.0, 256, 146, has_sound=True, errors=0)
    assert first[70, 10] < 5 < first[70, 128]


def test_between_two_reels_the_last_picture_stands_and_there_is_silence(tmp_path: Path) -> None:
    path = encoded([filmed(2), later(filmed(2, size=SMALL), 5.0)], tmp_path)

    at = [when for when, _ in shown(path)]
    sound = np.frombuffer(pcm(path), "<i2").astype(np.float64)
    assert facts(path).duration_s == pytest.approx(7.0, abs=FRAME_S)
    assert [when for when in at if 1.95 < when < 4.95] == []
    assert len(at) == 40
    assert np.abs(sound[int(2.2 * 16_000) : int(4.8 * 16_000)]).max() < 50
    assert np.abs(sound[int(5.2 * 16_000) : int(6.8 * 16_000)]).max() > 5000


def test_before_the_first_picture_it_is_black(tmp_path: Path) -> None:
    path = encoded([only(filmed(2), Kind.SOUND), later(filmed(2), 2.0)], tmp_path)

    first, second = shown(path)[:2]
    assert [first[0], second[0]] == pytest.approx([0.0, 2.0], abs=0.05)
    assert first[1] < -1.0
    assert facts(path).duration_s == pytest.approx(4.0, abs=FRAME_S)
    assert troubles(path) == ""


def test_sound_may_begin_later(tmp_path: Path) -> None:
    path = encoded([only(filmed(2), Kind.PICTURE), later(filmed(2), 2.0)], tmp_path)

    sound = np.frombuffer(pcm(path), "<i2").astype(np.float64)
    assert facts(path).duration_s == pytest.approx(4.0, abs=FRAME_S)
    assert np.abs(sound[: int(1.8 * 16_000)]).max() < 50
    assert np.abs(sound[int(2.2 * 16_000) :]).max() > 5000


def test_the_last_picture_lasts_as_long_as_it_did(tmp_path: Path) -> None:
    path = encoded([only(filmed(2), Kind.PICTURE), later(only(filmed(2), Kind.PICTURE), 2.0)], tmp_path)

    assert facts(path).duration_s == pytest.approx(4.0, abs=0.001)


@pytest.mark.parametrize("kind", list(Kind))
def test_one_kind_alone_is_a_file_of_it(kind: Kind, tmp_path: Path) -> None:
    path = encoded([only(filmed(2), kind), later(only(filmed(2, size=SMALL), kind), 2.0)], tmp_path)

    found = facts(path)
    assert (found.width > 0, found.has_sound, found.errors) == (kind is Kind.PICTURE, kind is Kind.SOUND, 0)
    assert found.duration_s == pytest.approx(4.0, abs=FRAME_S)


def test_what_is_told_twice_is_shown_once(tmp_path: Path) -> None:
    path = encoded([filmed(4), later(filmed(4, size=SMALL), 2.0)], tmp_path)

    assert [at for at, _ in shown(path)] == pytest.approx([number / 10 for number in range(60)], abs=0.03)
    assert facts(path).duration_s == pytest.approx(6.0, abs=FRAME_S)
    assert len(pcm(path)) / 32_000 == pytest.approx(6.0, abs=FRAME_S)


def test_damage_is_passed_over(tmp_path: Path) -> None:
    reel = filmed(4)
    damaged = tuple(replace(it, data=b"\xff" * 40) if 0.9 < it.pts_s < 1.9 else it for it in reel.packets)

    path = encoded([Reel(reel.encodings, damaged)], tmp_path)

    assert lasting(4.0, facts(path)) == VideoFacts(4.0, *TALL, has_sound=True, errors=0)


def test_reels_of_nonsense_are_told(tmp_path: Path) -> None:
    reel = filmed(2)

    with pytest.raises(ValueError, match="Nothing of these reels"):
        encode([Reel(reel.encodings, tuple(replace(it, data=b"\x00") for it in reel.packets))], tmp_path / "clip.mp4")
