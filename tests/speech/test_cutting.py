"""The cutter: utterances in order, never too long, nothing said left out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.speech.cutting import CLOSE_BELOW, LONGEST, OPEN_AT, PAD, SHORTEST, WINDOW, Cutter, Stretch

VOICE, SILENCE, BREATH = 0.9, 0.02, 0.2
SECOND = 31
"""Windows of about one second."""


def cut(probabilities: list[float], *, position: int = 0) -> list[Stretch]:
    cutter = Cutter(position)
    return cutter.push(probabilities) + cutter.flush()


def test_cutter_finds_one_utterance_with_its_pads() -> None:
    stretches = cut([SILENCE] * SECOND + [VOICE] * SECOND + [SILENCE] * SECOND)

    assert stretches == [Stretch(SECOND * WINDOW - PAD, 2 * SECOND * WINDOW + PAD)]


def test_cutter_closes_after_half_a_second_without_waiting_for_the_end() -> None:
    cutter = Cutter()

    assert cutter.push([VOICE] * SECOND + [SILENCE] * 15) == []
    assert cutter.push([SILENCE]) == [Stretch(0, SECOND * WINDOW + PAD)]


@pytest.mark.parametrize("pause", [1, 8, 15])
def test_cutter_keeps_an_utterance_with_a_short_pause_together(pause: int) -> None:
    stretches = cut([VOICE] * SECOND + [SILENCE] * pause + [VOICE] * SECOND)

    assert len(stretches) == 1


def test_cutter_ignores_a_click() -> None:
    assert cut([SILENCE] * 20 + [VOICE] + [SILENCE] * 20) == []


def test_cutter_cuts_a_long_utterance_at_its_quietest_point() -> None:
    breath_at = 14 * SECOND
    probabilities = [VOICE] * breath_at + [BREATH] + [VOICE] * 5 * SECOND

    first, second = cut(probabilities)

    assert first == Stretch(0, breath_at * WINDOW + WINDOW // 2)
    assert second == Stretch(first.end, len(probabilities) * WINDOW)


def test_cutter_goes_on_from_the_middle_of_an_epoch() -> None:
    position = 100 * WINDOW

    assert cut([VOICE] * SECOND, position=position) == [Stretch(position, position + SECOND * WINDOW)]


def test_cutter_lets_a_fragment_take_in_the_silence_before_it() -> None:
    assert cut([SILENCE] * 40 + [VOICE] * 2) == [Stretch(42 * WINDOW - SHORTEST, 42 * WINDOW)]


def test_cutter_leaves_a_fragment_short_where_there_is_no_more_sound() -> None:
    assert cut([VOICE] * 3) == [Stretch(0, 3 * WINDOW)]


def test_cutter_lengthens_no_fragment_into_the_former_utterance() -> None:
    first, second = cut([VOICE] * SECOND + [SILENCE] * 16 + [VOICE] * 2)

    assert second.start >= first.end


def test_cutter_has_nothing_to_say_of_silence() -> None:
    assert cut([SILENCE] * 1000) == []
    assert cut([]) == []


probability = st.one_of(st.floats(0, 1), st.sampled_from([VOICE, SILENCE, BREATH]))
speech = st.lists(st.tuples(probability, st.integers(1, 600)), max_size=12).map(
    lambda runs: [value for value, length in runs for _ in range(length)]
)


@given(speech)
def test_cutter_keeps_order_and_length(probabilities: list[float]) -> None:
    stretches = cut(probabilities)

    bounds = [bound for stretch in stretches for bound in (stretch.start, stretch.end)]
    assert bounds == sorted(bounds)
    assert all(0 < stretch.end - stretch.start <= LONGEST for stretch in stretches)
    assert all(stretch.start >= 0 and stretch.end <= len(probabilities) * WINDOW for stretch in stretches)


@given(speech)
def test_cutter_leaves_no_speech_out(probabilities: list[float]) -> None:
    stretches = cut(probabilities)

    for n in range(1, len(probabilities)):
        if min(probabilities[n - 1 : n + 1]) >= OPEN_AT:
            middle = n * WINDOW + WINDOW // 2
            assert any(stretch.start <= middle <= stretch.end for stretch in stretches)


@given(speech, st.lists(st.integers(0, 700), max_size=8))
def test_cutter_does_not_care_how_the_sound_comes_in(probabilities: list[float], sizes: list[int]) -> None:
    cutter, rest, stretches = Cutter(), probabilities, []
    for size in sizes:
        stretches += cutter.push(rest[:size])
        rest = rest[size:]
    stretches += cutter.push(rest) + cutter.flush()

    assert stretches == cut(probabilities)


def test_thresholds_leave_room_between_speech_and_silence() -> None:
    assert CLOSE_BELOW < OPEN_AT


@given(st.lists(st.sampled_from([VOICE, SILENCE]), min_size=1, max_size=120), st.integers(0, 120))
def test_cutter_that_was_interrupted_goes_on_without_losing_or_doubling(voices: list[float], at: int) -> None:
    cutter = Cutter()

    stretches = cutter.push(voices[:at]) + cutter.flush() + cutter.push(voices[at:]) + cutter.flush()

    assert all(one.end <= following.start for one, following in pairwise(stretches))
    for window, (one, following) in enumerate(pairwise(voices)):
        if one == following == VOICE and window + 1 != at:
            begin, end = window * WINDOW, (window + 2) * WINDOW
            assert sum(max(0, min(s.end, end) - max(s.start, begin)) for s in stretches) == end - begin


def test_cutter_hears_who_goes_on_speaking_after_an_interruption() -> None:
    cutter = Cutter()

    before = cutter.push([VOICE] * SECOND) + cutter.flush()
    after = cutter.push([VOICE] * SECOND) + cutter.flush()

    middle = SECOND * WINDOW
    assert before + after == [Stretch(0, middle), Stretch(middle, 2 * middle)]
