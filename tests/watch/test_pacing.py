"""When a channel is looked at again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.ports import Airing
from vigie.watch.pacing import CONFIRM_S, JITTER, LOOKED_AT, PACES, PERMANENT_S, Look, Pace, next_look_s
from vigie.watch.presence import Belief

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
PACE = Pace(quickest_s=30.0, usual_s=60.0, slowest_s=300.0)
OFFLINE = Belief(Airing.OFFLINE, NOW)


class Even(Random):
    """Neither early nor late."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


LOOK = Look(PACE, Even())


@pytest.mark.parametrize(
    ("belief", "seconds"),
    [
        (OFFLINE, 60.0),
        (replace(OFFLINE, since=NOW - timedelta(hours=2)), 120.0),
        (replace(OFFLINE, since=NOW - timedelta(days=3)), 300.0),
        (replace(OFFLINE, since=NOW + timedelta(hours=1)), 60.0),
        (Belief(Airing.LIVE, NOW - timedelta(days=3)), 60.0),
        (Belief(Airing.LIVE, NOW, denials=1), CONFIRM_S),
        (Belief(Airing.UNKNOWN, NOW, failures=0), 60.0),
        (Belief(Airing.UNKNOWN, NOW, failures=1), 60.0),
        (Belief(Airing.UNKNOWN, NOW, failures=3), 240.0),
        (Belief(Airing.UNKNOWN, NOW, failures=99), 900.0),
        (Belief(Airing.UNKNOWN, NOW, is_permanent=True), PERMANENT_S),
        (Belief(Airing.UNKNOWN, NOW, is_permanent=True, denials=1), CONFIRM_S),
        (Belief(Airing.UNKNOWN, NOW, failures=3, denials=1), 240.0),
    ],
)
def test_next_look_adapts_to_what_is_known(belief: Belief, seconds: float) -> None:
    assert next_look_s(belief, LOOK, NOW) == pytest.approx(seconds)


def test_a_channel_that_somebody_looks_at_is_asked_for_sooner() -> None:
    old = replace(OFFLINE, since=NOW - timedelta(days=3))

    assert next_look_s(old, LOOK, NOW, looked_at=NOW - LOOKED_AT) == PACE.quickest_s
    assert next_look_s(old, LOOK, NOW, looked_at=NOW - LOOKED_AT * 1.1) == PACE.slowest_s


def test_next_look_waits_for_as_long_as_the_platform_asked() -> None:
    assert next_look_s(OFFLINE, replace(LOOK, asked_s=1800.0), NOW) == 1800.0


@given(st.integers(0, 10**6), st.sampled_from(sorted(PACES)))
def test_looks_are_spread_around_the_usual_pace(seed: int, platform: str) -> None:
    pace = PACES[platform]
    wait_s = next_look_s(OFFLINE, Look(pace, Random(seed)), NOW)

    assert pace.usual_s * (1 - JITTER) <= wait_s <= pace.usual_s * (1 + JITTER)
