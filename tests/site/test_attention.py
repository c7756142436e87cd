from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.site.attention import BADLY_HEARD, Facts, Reason, place, rank, reason, urgency

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CALM = Facts(state="ok", chat_state="ok", reach="low", has_burst=False)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (CALM, Reason.CALM),
        (Facts("starting", "none", "unknown", has_burst=False), Reason.CALM),
        (Facts("ok", "ok", "high", has_burst=True), Reason.BURST),
        (Facts("no_audio", "ok", "high", has_burst=True), Reason.BURST),
        (Facts("no_audio", "broken", "high", has_burst=False), Reason.NO_AUDIO),
        (Facts("no_recognizer", "ok", "low", has_burst=False), Reason.NO_RECOGNIZER),
        (Facts("reconnecting", "ok", "low", has_burst=False), Reason.RECONNECTING),
        (Facts("lag", "ok", "low", has_burst=False), Reason.LAG),
        (Facts("ok", "broken", "high", has_burst=False), Reason.NO_CHAT),
        (Facts("ok", "refused", "high", has_burst=False), Reason.NO_CHAT),
        (Facts("ok", "ok", "high", has_burst=False), Reason.FAR_REACH),
        (Facts("ok", "none", "medium", has_burst=False), Reason.SOME_REACH),
        (Facts("ended", "broken", "high", has_burst=True, is_over=True), Reason.OVER),
        (Facts("failed", "none", "unknown", has_burst=False, is_over=True), Reason.OVER),
    ],
)
def test_reason_is_the_strongest(facts: Facts, expected: Reason) -> None:
    assert reason(facts) == expected


def test_rank_falls_from_reason_to_reason_and_is_negative_only_at_the_end() -> None:
    ranks = [rank(why) for why in Reason]

    assert all(one > other for one, other in pairwise(ranks))
    assert [why for why in Reason if rank(why) < 0] == [Reason.OVER]


def test_badly_heard_are_the_states_that_words_may_be_missing_of() -> None:
    assert {"no_audio", "no_recognizer", "reconnecting", "lag"} == BADLY_HEARD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((0.7, NOON), (0.69, NOON + timedelta(days=3650))),
        ((0.4, NOON), (0.39, NOON + timedelta(days=3650))),
        ((0.71, NOON + timedelta(seconds=1)), (0.99, NOON)),
        ((0.0, NOON + timedelta(seconds=1)), (0.3, NOON)),
    ],
)
def test_urgency_goes_by_band_and_then_by_age(one: tuple[float, datetime], other: tuple[float, datetime]) -> None:
    assert urgency(*one) > urgency(*other) > 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((urgency(0.8, NOON), rank(Reason.CALM)), (urgency(0.5, NOON), rank(Reason.BURST))),
        ((urgency(0.1, NOON), rank(Reason.CALM)), (0, rank(Reason.BURST))),
        ((0, rank(Reason.BURST)), (0, rank(Reason.NO_AUDIO))),
        ((0, rank(Reason.CALM)), (urgency(0.9, NOON), rank(Reason.OVER))),
    ],
)
def test_place_puts_alerts_first_and_what_is_over_last(first: tuple[int, int], second: tuple[int, int]) -> None:
    assert place(*first) < place(*second)


@given(st.lists(st.tuples(st.integers(0, 4 * 10**10), st.sampled_from(list(Reason))), max_size=50))
def test_place_never_puts_a_live_that_is_over_before_one_on_air(lives: list[tuple[int, Reason]]) -> None:
    ordered = sorted(lives, key=lambda live: place(live[0], rank(live[1])))

    over = [why is Reason.OVER for _, why in ordered]
    assert over == sorted(over)
