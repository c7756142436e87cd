import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.media.deliveries import Deliveries, Delivery, Sound, sound_of, united
from vigie.simulators.media.program import Part, Segment
from vigie.simulators.media.recording import Recording


def delivery(from_s: float, to_s: float, *, connection: str = "a", live: str = "fr", part: int = 0) -> Delivery:
    return Delivery(connection, live, "flv", Sound(part, from_s, to_s, from_s + 10, to_s + 10))


def test_what_continues_makes_an_entry_longer() -> None:
    book = Deliveries()
    book.extend([delivery(0, 2), delivery(2, 4), delivery(4.0005, 6)])

    assert book.of("fr") == [delivery(0, 6)]


@pytest.mark.parametrize(
    "second",
    [delivery(2.5, 4), delivery(1, 3), delivery(2, 4, connection="b"), delivery(2, 4, part=1)],
    ids=["gap", "overlap", "other connection", "timestamps reset"],
)
def test_what_does_not_continue_is_a_new_entry(second: Delivery) -> None:
    book = Deliveries()
    book.extend([delivery(0, 2), second])

    assert book.of("fr") == [delivery(0, 2), second]


def test_connections_side_by_side_do_not_disturb_each_other() -> None:
    book = Deliveries()
    for at_s in range(3):
        book.extend([delivery(at_s, at_s + 1, connection=name) for name in "ab"])

    assert book.of("fr") == [delivery(0, 3, connection="a"), delivery(0, 3, connection="b")]


def test_lives_are_told_apart() -> None:
    book = Deliveries()
    book.extend([delivery(0, 2), delivery(0, 2, live="en")])

    assert (book.of("fr"), book.of("en"), book.of("de")) == ([delivery(0, 2)], [delivery(0, 2, live="en")], [])


def test_the_book_is_told_as_json() -> None:
    book = Deliveries()
    book.extend([delivery(0, 2)])

    sound = {"part": 0, "from_s": 0, "to_s": 2, "pts_from_s": 10, "pts_to_s": 12}
    assert book.as_json() == [{"connection": "a", "live": "fr", "rendition": "flv", "sound": sound}]


@pytest.mark.parametrize(("number", "from_s", "pts_s"), [(1, 2.0, 12.0), (5, 10.0, 20.0)])
def test_the_sound_of_a_segment_is_dated_on_both_clocks(
    recording: Recording, number: int, from_s: float, pts_s: float
) -> None:
    segment = Segment(number, Part(0, 0.0, 0, recording))

    assert sound_of(segment) == [Sound(0, from_s, from_s + 2, pts_s, pts_s + 2)]


def test_pictures_alone_are_no_sound(recording: Recording) -> None:
    segment = Segment(0, Part(0, 0.0, 0, recording))

    assert sound_of(segment, [sample for sample in segment.samples() if not sample.track.is_audio]) == []


@pytest.mark.parametrize(
    ("spans", "covered"),
    [
        ([], []),
        ([(0, 2), (2, 4)], [(0, 4)]),
        ([(4, 6), (0, 2)], [(0, 2), (4, 6)]),
        ([(0, 5), (1, 2), (4, 7)], [(0, 7)]),
    ],
)
def test_deliveries_are_united(spans: list[tuple[float, float]], covered: list[tuple[float, float]]) -> None:
    assert united(delivery(*span) for span in spans) == covered


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), max_size=20))
def test_the_union_covers_exactly_the_seconds_delivered(spans: list[tuple[int, int]]) -> None:
    covered = united(delivery(start, start + length) for start, length in spans)

    assert {s for start, length in spans for s in range(start, start + length)} == {
        second for from_s, to_s in covered for second in range(int(from_s), int(to_s))
    }
