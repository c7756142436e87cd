from vigie.simulators.media.clock import HandClock, RunningClock


def test_a_hand_clock_goes_when_told_to() -> None:
    clock = HandClock()

    assert clock() == 0.0
    clock.advance(2.5)
    clock.advance(1)
    assert clock() == 3.5


def test_a_running_clock_never_goes_back() -> None:
    clock = RunningClock()
    seen = [clock() for _ in range(100)]

    assert seen == sorted(seen)
    assert seen[0] >= 0


def test_a_fast_clock_is_ahead_of_a_slow_one_started_before_it() -> None:
    slow, fast = RunningClock(1), RunningClock(1_000_000)

    assert fast() > slow()
