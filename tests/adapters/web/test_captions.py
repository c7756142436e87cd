import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.web.captions import NewCaptions, clock_shift, parse
from vigie.adapters.web.mpegclock import TURN_S
from vigie.events import CaptionReceived

FILE = """WEBVTT - a note
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

NOTE
nothing to read here

STYLE
::cue { color: red }

1
00:01.500 --> 00:03.250 align:start
<v Nadia>Bonjour <i>à tous</i> &amp; bienvenue.</v>

00:00:04.000 --> 01:00:05.999
- Une ligne
- et une autre
"""


def caption(start_s: float, end_s: float, text: str) -> CaptionReceived:
    return CaptionReceived(start_s, end_s, text, "fr")


def test_cues_are_read_and_moved_to_the_stream_clock() -> None:
    assert parse(FILE, "fr") == [
        caption(11.5, 13.25, "Bonjour à tous & bienvenue."),
        caption(14.0, 44.0, "- Une ligne - et une autre"),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_will_do(newline: str) -> None:
    assert parse("\ufeff" + FILE.replace("\n", newline), "fr") == parse(FILE, "fr")


@pytest.mark.parametrize(
    ("header", "shift_s"),
    [
        ("WEBVTT", 0.0),
        ("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:10.000", -10.0),
        ("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:10.500,MPEGTS:90000", -9.5),
        ("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:broken,LOCAL:00:00:00.000", 0.0),
        ("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90000", 0.0),
    ],
)
def test_the_header_maps_the_clock(header: str, shift_s: float) -> None:
    assert clock_shift(header) == shift_s


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!doctype html><title>Sorry</title>",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n",
        "WEBVTT\n\n00:01.000 -> 00:02.000\nwrong arrow",
        "WEBVTT\n\n1:2 --> 3:4\nno times",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<i></i>  \n",
        "WEBVTT\n\n00:02.000 --> 00:02.000\nends where it starts",
        f"WEBVTT\n\n{'9' * 5000}:00:01.000 --> 00:02.000\nso many hours",
    ],
)
def test_what_is_no_cue_is_passed_over(text: str) -> None:
    assert parse(text, None) == []


def test_a_clock_that_begins_again_is_mapped() -> None:
    assert clock_shift(f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{2**33 + 90_000},LOCAL:00:00:00.000") == pytest.approx(1.0)
    assert clock_shift(f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{'9' * 5000},LOCAL:00:00:00.000") < TURN_S


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("<" * 300_000, ""),
        ("a" * 300_000, "a" * 2000),
        ("zero\0byte", "zero\ufffdbyte"),
        ("unfinished <i tag", "unfinished"),
    ],
)
def test_hostile_words_are_tamed(words: str, text: str) -> None:
    assert [cue.text for cue in parse(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}", None)] == ([text] if text else [])


def test_a_hostile_header_is_read_at_once() -> None:
    assert clock_shift("WEBVTT\n" + "X-TIMESTAMP-MAP=" * 100_000) == 0.0


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    parse(text, None)
    parse(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}", None)


times = st.integers(0, 99 * 3600 * 1000)


@given(start=times, lasts=st.integers(1, 30_000), words=st.text(st.characters(categories=["L"]), min_size=1))
def test_a_written_cue_is_read_again(start: int, lasts: int, words: str) -> None:
    end = start + lasts

    def stamp(ms: int) -> str:
        return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"

    assert parse(f"WEBVTT\n\n{stamp(start)} --> {stamp(end)}\n{words}", "fr") == [
        caption(pytest.approx(start / 1000), pytest.approx(end / 1000), words)  # type: ignore[arg-type]
    ]


def test_a_caption_repeated_in_the_next_segment_is_new_once() -> None:
    captions, first, second = NewCaptions(), caption(1, 2, "un"), caption(2, 3, "deux")

    assert list(captions.among([first])) == [first]
    assert list(captions.among([first, second])) == [second]
    assert list(captions.among([first, second])) == []
