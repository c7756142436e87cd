from pathlib import Path

import numpy as np
import pytest

from tests.programs import needed
from tools.make_demo_lives import (
    FRAMES_A_SECOND,
    HEIGHT,
    LENGTH_S,
    WIDTH,
    Face,
    SpokenLine,
    Voice,
    draw,
    empty_stage,
    encode,
    frame,
    mix,
    place,
    rgb,
    speak,
)
from vigie.simulators.media.recording import load_recording

RATE = 8000
VOICE = Voice("en-gb", speed=170, pitch=50, color="#ff8000")


def line(start_s: float, length_s: float) -> SpokenLine:
    return SpokenLine("Ann", "Hello", start_s, start_s + length_s, np.full(int(length_s * RATE), 0.5, np.float32))


def test_lines_are_placed_with_equal_pauses() -> None:
    assert place([42.0, 30.0, 20.0]) == [25.0, 92.0, 147.0]


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(SystemExit, match="cut some"):
        place([LENGTH_S / 2, LENGTH_S / 2])


def test_lines_are_heard_where_they_were_placed_and_nowhere_else() -> None:
    sound = mix([line(1.0, 0.5), line(100.0, 2.0)], RATE)

    assert sound.size == LENGTH_S * RATE
    assert np.flatnonzero(sound).tolist() == [*range(8000, 12_000), *range(800_000, 816_000)]


def test_a_color_is_three_bytes() -> None:
    assert rgb("#ff8000") == (255, 128, 0)


def test_a_halo_shows_who_speaks() -> None:
    faces = [Face((80, 104), (255, 128, 0)), Face((240, 104), (0, 128, 255))]
    stage = empty_stage(faces)
    drawn = frame(stage, faces, np.array([0.0, 0.2], np.float32))
    changed = np.argwhere((drawn != stage).any(axis=2))

    assert stage.shape == (HEIGHT, WIDTH, 3)
    assert (changed[:, 1].min(), changed[:, 1].max()) == (240 - 39, 240 + 39)
    assert drawn[104, 240].tolist() == [0, 128, 255]


def test_there_is_a_picture_for_every_moment() -> None:
    pictures = np.frombuffer(draw([line(1.0, 0.5)], {"Ann": VOICE}, RATE), np.uint8)
    moments = pictures.reshape(LENGTH_S * FRAMES_A_SECOND, -1)
    still = (moments == moments[0]).all(axis=1)

    assert np.flatnonzero(~still).tolist() == [5, 6, 7]


@pytest.mark.espeak
def test_a_line_is_spoken_at_the_rate_of_the_live_without_silence_around_it() -> None:
    needed("espeak-ng")
    needed("ffmpeg")
    slow, fast = speak("Good morning", VOICE, RATE), speak("Good morning", VOICE, 2 * RATE)

    assert 0.4 < slow.size / RATE < 2
    assert fast.size == pytest.approx(2 * slow.size, rel=0.05)
    assert np.abs(slow).max() == pytest.approx(0.5, abs=0.01)


@pytest.mark.espeak
def test_a_live_is_encoded_as_the_simulator_plays_it(tmp_path: Path) -> None:
    needed("ffmpeg")
    rate = 16_000
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8).tobytes()
    encode(np.zeros(4 * rate, np.float32), picture * 4 * FRAMES_A_SECOND, rate, tmp_path / "live.mp4")

    live = load_recording(tmp_path / "live.mp4")
    assert [track.size for track in live.tracks] == ["", "320x180"]
    assert live.bounds[:2] == (0.0, 2.0)
