from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.ports import NotLive, PortError
from vigie.watch.reconnecting import Attempts, Patience, Stop, Wait

PATIENCE = Patience()
BROKEN = PortError("broken", retryable=True)
REFUSED = PortError("refused", permanent=True)
OVER = NotLive("over", retryable=True)


def decide(*troubles: PortError, attempts: Attempts | None = None) -> list[Wait | Stop]:
    """What is decided after each of these troubles in a row."""
    attempts, decisions = attempts or Attempts(), []
    for trouble in troubles:
        attempts, decision = attempts.failed(trouble, Random(1), PATIENCE)
        decisions.append(decision)
    return decisions


def delays_of(decisions: Iterable[Wait | Stop]) -> list[float]:
    return [decision.delay_s for decision in decisions if isinstance(decision, Wait)]


WORKED = Attempts().connected(1.0, PATIENCE)


def test_the_wait_doubles_up_to_half_a_minute_less_a_half_at_most() -> None:
    delays = delays_of(decide(*[BROKEN] * 9, attempts=WORKED))

    longest = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert all(most / 2 <= delay <= most for delay, most in zip(delays, longest, strict=True))


def test_lives_that_break_together_do_not_come_back_together() -> None:
    delays = delays_of(WORKED.failed(BROKEN, Random(seed), PATIENCE)[1] for seed in range(20))

    assert len(set(delays)) == 20


def test_a_healthy_connection_starts_the_count_anew() -> None:
    tired = Attempts(has_worked=True, failures=7, answers=1, refusals=2)

    assert tired.connected(15.0, PATIENCE) == Attempts(has_worked=True)
    assert tired.connected(14.0, PATIENCE) == Attempts(has_worked=True, failures=7)


def test_the_other_side_may_ask_for_a_longer_wait() -> None:
    busy = PortError("busy", retryable=True, retry_after_s=120.0)

    assert decide(busy, attempts=WORKED) == [Wait(120.0, "busy")]


def test_a_live_is_over_when_the_platform_says_so_twice() -> None:
    first, second = decide(OVER, OVER, attempts=WORKED)

    assert isinstance(first, Wait)
    assert second == Stop("over", is_over=True)


def test_an_interruption_between_two_answers_proves_nothing() -> None:
    decisions = decide(OVER, BROKEN, OVER, BROKEN, OVER, attempts=WORKED)

    assert all(isinstance(decision, Wait) for decision in decisions)


def test_a_source_that_never_worked_is_believed_when_it_refuses() -> None:
    assert decide(REFUSED) == [Stop("refused", is_over=False)]


def test_a_source_that_has_worked_is_believed_the_sixth_time() -> None:
    decisions = decide(*[REFUSED] * 6, attempts=WORKED)

    assert [type(decision) for decision in decisions] == [*[Wait] * 5, Stop]
    assert decisions[-1] == Stop("refused", is_over=True)


def test_an_address_that_expires_again_and_again_is_asked_for_again_and_again() -> None:
    attempts = Attempts()
    for _ in range(20):
        attempts, decision = attempts.connected(5.0, PATIENCE).failed(REFUSED, Random(1), PATIENCE)
        assert isinstance(decision, Wait)


def test_a_source_that_never_worked_is_asked_five_times() -> None:
    decisions = decide(*[BROKEN] * 5)

    assert [type(decision) for decision in decisions] == [Wait, Wait, Wait, Wait, Stop]
    assert decisions[-1] == Stop("broken", is_over=False)


def test_a_source_that_has_worked_is_asked_for_ever() -> None:
    assert all(isinstance(decision, Wait) for decision in decide(*[BROKEN] * 1000, attempts=WORKED))


@given(
    troubles=st.lists(
        st.builds(
            PortError,
            st.just("x"),
            retryable=st.booleans(),
            permanent=st.booleans(),
            retry_after_s=st.none() | st.floats(0, 900),
        )
    ),
    patience=st.builds(Patience, first_s=st.floats(0.01, 2), longest_s=st.floats(2, 60)),
    seed=st.integers(0, 99),
)
def test_no_wait_is_longer_than_patience_or_the_other_side_asks(
    troubles: list[PortError], patience: Patience, seed: int
) -> None:
    attempts, rng = WORKED, Random(seed)
    for trouble in troubles:
        attempts, decision = attempts.failed(trouble, rng, patience)
        if isinstance(decision, Stop):
            return
        asked_s = trouble.retry_after_s or 0.0
        assert asked_s <= decision.delay_s <= max(asked_s, patience.longest_s)


@pytest.mark.parametrize("attempts", [Attempts(), WORKED])
def test_the_reason_is_the_words_of_the_trouble(attempts: Attempts) -> None:
    assert decide(BROKEN, attempts=attempts)[0].reason == "broken"


def test_a_source_that_never_worked_and_asks_for_long_patience_is_not_waited_for() -> None:
    busy = PortError("busy", retryable=True, retry_after_s=120.0)

    assert decide(busy) == [Stop("busy", is_over=False)]
