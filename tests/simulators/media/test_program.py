from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.media.faults import Fault, Kind
from vigie.simulators.media.program import Part, Program, Segment, plan
from vigie.simulators.media.recording import Recording
from vigie.simulators.media.vtt import Cue

BLANK = Recording((), (), Fraction(8), (0.0, 2.0, 4.0, 6.0, 8.0))
LATER = Recording((), (), Fraction(5), (0.0, 3.0, 5.0))
MEDIA = {"fr": BLANK, "en": LATER}


def numbers(program: Program, now_s: float, size: int = 3) -> tuple[list[int], bool]:
    window = program.window(now_s, size)
    return [segment.number for segment in window.segments], window.is_over


@pytest.mark.parametrize(
    ("at_s", "number"), [(-1, 0), (0, 0), (1.99, 0), (2, 1), (7.99, 3), (8, 4), (15.5, 7), (8_000_001, 4_000_000)]
)
def test_segments_are_numbered_on_through_the_rounds(at_s: float, number: int) -> None:
    assert plan(MEDIA, "fr", ()).segment_at(at_s).number == number


def test_a_segment_knows_its_place_in_the_recording_and_in_the_live() -> None:
    segment = plan(MEDIA, "fr", ()).segment(6)

    assert (segment.rounds, segment.span_s, segment.duration_s) == (1, (4.0, 6.0), 2.0)
    assert (segment.starts_s, segment.ends_s) == (12.0, 14.0)
    assert segment.shift == 10 + 8


@pytest.mark.parametrize(
    ("now_s", "listed"),
    [(0, []), (1.9, []), (2, [0]), (4.5, [0, 1]), (6, [0, 1, 2]), (8, [1, 2, 3]), (10.1, [2, 3, 4])],
)
def test_the_window_lists_complete_segments_only(now_s: float, listed: list[int]) -> None:
    assert numbers(plan(MEDIA, "fr", ()), now_s) == (listed, False)


@pytest.mark.parametrize(
    ("now_s", "listed", "is_over"), [(6.1, [0, 1, 2], False), (8, [1, 2, 3], True), (100, [1, 2, 3], True)]
)
def test_a_recording_that_does_not_loop_ends_the_live(now_s: float, listed: list[int], *, is_over: bool) -> None:
    assert numbers(plan(MEDIA, "fr", (), loops=False), now_s) == (listed, is_over)


@pytest.mark.parametrize(("at_s", "last"), [(0, 0), (5, 2), (20, 10)])
def test_a_live_ends_with_the_segment_on_air(at_s: float, last: int) -> None:
    program = plan(MEDIA, "fr", (Fault(Kind.END, at_s=at_s),))

    assert program.last_number == last
    assert numbers(program, at_s + 1000, size=1) == ([last], True)
    assert [program.is_over(number) for number in (last, last + 1)] == [False, True]


def test_the_earliest_end_counts() -> None:
    ends = (Fault(Kind.END, at_s=50), Fault(Kind.END, at_s=3))

    assert plan(MEDIA, "fr", ends, loops=False).last_number == 1


@pytest.mark.parametrize(
    ("at_s", "for_s", "lost"),
    [(4, 4, {2, 3}), (4.5, 1, {2}), (3.9, 0.2, {1, 2}), (8, 2, {4}), (7.9, 2.2, {3, 4, 5})],
)
def test_every_segment_that_a_hole_touches_is_lost(at_s: float, for_s: float, lost: set[int]) -> None:
    assert plan(MEDIA, "fr", (Fault(Kind.SKIP, at_s=at_s, for_s=for_s),)).lost == lost


@pytest.mark.parametrize(
    ("now_s", "listed"), [(4, [0, 1]), (7, [0, 1]), (9.9, [0, 1]), (10, [4]), (12, [4, 5]), (16, [5, 6, 7])]
)
def test_after_a_hole_only_what_follows_is_listed(now_s: float, listed: list[int]) -> None:
    program = plan(MEDIA, "fr", (Fault(Kind.SKIP, at_s=4, for_s=4),))

    assert numbers(program, now_s) == (listed, False)


def test_a_restart_waits_for_the_end_of_the_segment_and_begins_anew() -> None:
    program = plan(MEDIA, "fr", (Fault(Kind.RESTART, at_s=8.5, media="en"),))

    assert program.parts == (Part(0, 0.0, 0, BLANK), Part(1, 10.0, 5, LATER))
    assert [program.segment(number).part.index for number in (4, 5)] == [0, 1]
    assert [(program.segment_at(at_s).number) for at_s in (9.9, 10, 13, 15)] == [4, 5, 6, 7]
    assert program.segment(5).shift == 10
    assert (program.segment(8).starts_s, program.segment(8).rounds, program.segment(8).shift) == (18.0, 1, Fraction(15))


def test_restarts_follow_each_other_in_time_whatever_their_order() -> None:
    restarts = (Fault(Kind.RESTART, at_s=15), Fault(Kind.RESTART, at_s=1, media="en"))

    assert plan(MEDIA, "fr", restarts).parts == (
        Part(0, 0.0, 0, BLANK),
        Part(1, 2.0, 1, LATER),
        Part(2, 17.0, 7, BLANK),
    )


def test_a_restart_with_a_live_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        plan(MEDIA, "fr", (Fault(Kind.RESTART, at_s=1, media="de"),))


@pytest.mark.parametrize(
    ("number", "cues"),
    [
        (0, [Cue(0.5, 1.5, "Bonjour")]),
        (1, [Cue(3.0, 5.0, "à tous", "Nadia")]),
        (2, [Cue(3.0, 5.0, "à tous", "Nadia")]),
        (3, []),
        (4, [Cue(8.5, 9.5, "Bonjour")]),
    ],
)
def test_words_are_in_every_segment_they_touch_in_every_round(
    recording: Recording, number: int, cues: list[Cue]
) -> None:
    assert plan({"fr": recording}, "fr", ()).segment(number).cues() == cues


def test_a_segment_yields_the_frames_of_its_span(recording: Recording) -> None:
    segment = Segment(5, Part(0, 0.0, 0, recording))

    assert [(s.track.is_audio, s.at_s) for s in segment.samples()] == [
        (True, 2.0), (False, 2.0), (True, 2.5), (True, 3.0), (True, 3.5),
    ]  # fmt: skip
    assert [s.at_s for s in segment.samples(audio_only=True)] == [2.0, 2.5, 3.0, 3.5]


bounds = st.lists(st.integers(1, 50), min_size=1, max_size=6).map(
    lambda steps: tuple(sum(steps[:n]) / 10 for n in range(len(steps) + 1))
)
faults = st.lists(
    st.builds(
        Fault,
        st.sampled_from([Kind.SKIP, Kind.RESTART, Kind.END]),
        at_s=st.integers(0, 300).map(lambda n: n / 10),
        for_s=st.integers(1, 50).map(lambda n: n / 10),
    ),
    max_size=4,
)


@given(bounds, faults, st.integers(0, 600).map(lambda n: n / 10), st.integers(1, 8))
def test_a_window_never_promises_what_is_not_there(
    cuts: tuple[float, ...], wrong: list[Fault], now_s: float, size: int
) -> None:
    program = plan({"fr": replace(BLANK, bounds=cuts, length=Fraction(round(cuts[-1] * 10), 10))}, "fr", wrong)
    listed = program.window(now_s, size).segments

    assert [s.number for s in listed] == list(range(listed[0].number, listed[-1].number + 1)) if listed else True
    assert not program.lost & {segment.number for segment in listed}
    assert all(segment.ends_s <= now_s + 1e-6 for segment in listed)


@given(bounds, st.lists(st.builds(Fault, st.just(Kind.RESTART), st.integers(0, 30)), max_size=3), st.integers(0, 60))
def test_segments_follow_each_other_without_gap_or_overlap(
    cuts: tuple[float, ...], restarts: list[Fault], number: int
) -> None:
    program = plan({"fr": replace(BLANK, bounds=cuts, length=Fraction(round(cuts[-1] * 10), 10))}, "fr", restarts)

    assert program.segment(number).ends_s == pytest.approx(program.segment(number + 1).starts_s)
