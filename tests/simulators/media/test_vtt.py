import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.media.vtt import Cue, read_cues, seconds, timecode, write_cues, write_segment

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)
moments = st.integers(0, 359_999_999).map(lambda ms: ms / 1000)


@pytest.mark.parametrize(
    ("at_s", "written"),
    [(0, "00:00:00.000"), (1.5, "00:00:01.500"), (59.9996, "00:01:00.000"), (3723.004, "01:02:03.004")],
)
def test_timecode_is_written_with_milliseconds(at_s: float, written: str) -> None:
    assert timecode(at_s) == written


@pytest.mark.parametrize(
    ("written", "at_s"), [("00:01.250", 1.25), ("01:02:03.004", 3723.004), ("100:00:00.000", 3.6e5)]
)
def test_seconds_are_read_with_and_without_hours(written: str, at_s: float) -> None:
    assert seconds(written) == at_s


def test_a_file_is_written_with_its_voices() -> None:
    cues = [Cue(0.5, 1.5, "Bonjour"), Cue(2, 3, "R&D, <ça va> ?", "Nadia")]

    assert write_cues(cues) == (
        "WEBVTT\n\n"
        "00:00:00.500 --> 00:00:01.500\nBonjour\n\n"
        "00:00:02.000 --> 00:00:03.000\n<v Nadia>R&amp;D, &lt;ça va&gt; ?\n\n"
    )


def test_a_segment_maps_its_clock_to_the_stream() -> None:
    assert write_segment([Cue(0.5, 1.5, "Bonjour")], mpeg_zero=900_000) == (
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:00:00.500 --> 00:00:01.500\nBonjour\n\n"
    )


def test_a_segment_without_words_is_still_webvtt() -> None:
    assert write_segment([], mpeg_zero=0) == "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n"


def test_the_mapping_wraps_with_the_33_bits_of_the_stream() -> None:
    assert "MPEGTS:5," in write_segment([], mpeg_zero=2**33 + 5)


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nBonjour\n", [Cue(1, 2, "Bonjour")]),
        ("WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nBonjour\r\nà tous\r\n", [Cue(1, 2, "Bonjour\nà tous")]),
        ("WEBVTT\n\nintro\n00:01.000 --> 00:02.000 align:start\nBonjour", [Cue(1, 2, "Bonjour")]),
        ("WEBVTT\n\nNOTE nothing\n\nSTYLE\n::cue {}\n", []),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud Nadia>Bonjour</v>", [Cue(1, 2, "Bonjour", "Nadia")]),
        ("", []),
    ],
)
def test_cues_are_read_and_the_rest_is_passed_over(text: str, cues: list[Cue]) -> None:
    assert read_cues(text) == cues


@given(st.lists(st.builds(Cue, moments, moments, words, words | st.just(""))))
def test_what_is_written_is_read_again(cues: list[Cue]) -> None:
    assert read_cues(write_cues(cues)) == cues
