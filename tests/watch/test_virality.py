from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.watch.minutes import Counted, Minute, typical_minute
from vigie.watch.virality import MOST_LIVES, WEIGHTS, Band, History, Signal, Virality, band_of, history, virality

CALM = Counted(0.0, messages=12, commenters=8, likes=60, joins=8, follows=1, shares=1, gifts_value=5, viewers=300)
BEFORE, NOW = 60, 18
"""Buckets: ten calm minutes, and three in which something happens."""
Change = Callable[[Counted, int], Counted]


def a_live(change: Change = lambda calm, _: calm, *, before: int = BEFORE, calm: Counted = CALM) -> list[Counted]:
    """Return a calm live, whose last three minutes are changed bucket by bucket."""
    counted = [replace(calm, at_s=10.0 * place) for place in range(before + NOW)]
    return [*counted[:before], *(change(one, number) for number, one in enumerate(counted[before:], 1))]


def told(counted: list[Counted], past: History | None = None) -> Virality:
    found = virality(counted, past)
    assert found
    return found


def points(found: Virality) -> dict[Signal, float]:
    return {feature.signal: feature.points for feature in found.features}


# ── what happens in the room ───────────────────────────────────────────────────────────────────────────────────────


def spreads(calm: Counted, number: int) -> Counted:
    """Everything grows by a tenth every 20 s, and it is passed on."""
    more = 1.1 ** (number / 2)
    return replace(
        calm,
        messages=round(12 * more),
        commenters=round(8 * more),
        likes=round(60 * more),
        follows=round(3 * more),
        shares=round(4 * more),
        viewers=round(300 * more),
    )


def one_spammer(calm: Counted, _: int) -> Counted:
    return replace(calm, messages=calm.messages + 900, commenters=calm.commenters + 1)


def one_fan(calm: Counted, _: int) -> Counted:
    return replace(calm, likes=calm.likes + 5_000, gifts_value=100_000)


def bots_that_watch(calm: Counted, number: int) -> Counted:
    return replace(calm, viewers=300 + 300 * number, joins=300)


def bots_that_write(calm: Counted, _: int) -> Counted:
    return replace(calm, messages=200, commenters=180, joins=180)


def bots_of_all_kinds(calm: Counted, number: int) -> Counted:
    return replace(bots_that_watch(calm, number), messages=200, commenters=180, follows=150, likes=3_000)


def leaving(calm: Counted, number: int) -> Counted:
    return replace(calm, viewers=300 - 14 * number)


@pytest.mark.parametrize(
    ("change", "band"),
    [
        (lambda calm, _: calm, Band.LOW),
        (spreads, Band.HIGH),
        (one_spammer, Band.LOW),
        (one_fan, Band.LOW),
        (bots_that_watch, Band.MEDIUM),
        (bots_that_write, Band.LOW),
        (bots_of_all_kinds, Band.MEDIUM),
        (leaving, Band.LOW),
    ],
)
def test_what_happens_and_its_band(change: Change, band: Band) -> None:
    assert told(a_live(change)).band is band


def test_a_spammer_moves_nothing_but_the_messages() -> None:
    spammed, calm = points(told(a_live(one_spammer))), points(told(a_live()))

    assert {signal for signal in Signal if spammed[signal] > calm[signal] + 0.05} <= {Signal.MESSAGES}
    assert spammed[Signal.MESSAGES] < 0.1


def test_shares_alone_do_not_make_a_live_viral() -> None:
    found = told(a_live(lambda calm, _: replace(calm, shares=1_000)))

    assert found.band is Band.LOW
    assert points(found)[Signal.SHARES] == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("shares", "follows", "band"),
    [(6, 3, Band.HIGH), (1, 6, Band.MEDIUM), (None, 6, Band.HIGH), (6, None, Band.HIGH), (None, None, Band.MEDIUM)],
)
def test_a_high_reach_takes_that_the_live_is_passed_on(shares: int | None, follows: int | None, band: Band) -> None:
    calm = replace(CALM, shares=None if shares is None else 1, follows=None if follows is None else 1)

    def grows(calm: Counted, number: int) -> Counted:
        return replace(calm, viewers=round(300 * 1.08**number), shares=shares, follows=follows)

    assert told(a_live(grows, calm=calm)).band is band


def test_a_bigger_audience_is_expected_to_write_more() -> None:
    def doubles(calm: Counted, _: int) -> Counted:
        return replace(calm, viewers=620, messages=24, commenters=16, likes=120)

    found = points(told(a_live(doubles)))

    assert found[Signal.VIEWERS] > 0.5
    assert max(abs(found[signal]) for signal in (Signal.COMMENTERS, Signal.MESSAGES, Signal.LIKES)) < 0.02


def test_the_reasons_are_told_with_their_figures() -> None:
    found = told(a_live(lambda calm, _: replace(calm, shares=3)))

    assert [feature.signal for feature in found.features] == list(Signal)
    shares = found.features[2]
    assert (shares.now, shares.usual) == (18.0, 6.0)
    assert shares.change == pytest.approx(np.log(19 / 7))
    assert shares.points == pytest.approx(0.6 * shares.change)


# ── ordinary lives ─────────────────────────────────────────────────────────────────────────────────────────────────


def steady(viewers: int, rng: np.random.Generator, minutes: int = 30) -> list[Counted]:
    """A live whose audience drifts by a few percent a minute, and does by chance what audiences do."""
    audience = viewers * np.exp(np.cumsum(rng.normal(0, 0.004, 6 * minutes)))
    commenters = rng.poisson(audience * 0.014)
    return [
        Counted(
            10.0 * place,
            messages=int(commenters[place] + rng.poisson(audience[place] * 0.006)),
            commenters=int(commenters[place]),
            likes=int(rng.poisson(audience[place] * 0.3)),
            follows=int(rng.poisson(audience[place] * 0.0008)),
            shares=int(rng.poisson(audience[place] * 0.0006)),
            gifts_value=int(rng.poisson(audience[place] * 0.001) * rng.integers(1, 500)),
            viewers=int(rng.poisson(audience[place])),
        )
        for place in range(6 * minutes)
    ]


@pytest.mark.parametrize("viewers", [0, 3, 10, 30, 100, 1_000, 10_000])
def test_an_ordinary_steady_live_is_low(viewers: int) -> None:
    counted = steady(viewers, np.random.default_rng(viewers))

    found = [told(counted[end - 36 : end]) for end in range(36, len(counted) + 1)]

    assert {one.band for one in found} == {Band.LOW}
    assert 0.05 < float(np.median([one.value for one in found])) < 0.2


@pytest.mark.parametrize(
    ("value", "band"),
    [(0.0, "low"), (0.39, "low"), (0.4, "medium"), (0.74, "medium"), (0.75, "high"), (1.0, "high")],
)
def test_the_bands(value: float, band: str) -> None:
    assert band_of(value).value == band


# ── what is known ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("buckets", "is_told"), [(0, False), (6, False), (20, False), (21, True), (36, True)])
def test_a_live_that_was_hardly_counted_is_unknown(buckets: int, *, is_told: bool) -> None:
    assert bool(virality(a_live()[:buckets])) is is_told


def test_a_live_that_was_not_counted_lately_is_unknown() -> None:
    counted = a_live()

    assert virality([*counted[:-6], counted[-1]]) is None


def test_a_gap_is_not_silence() -> None:
    counted = a_live()

    assert told([*counted[:-24], *counted[-12:]]).value == pytest.approx(told(counted).value)


def test_a_channel_that_begins_is_compared_with_its_own_lives() -> None:
    typical = typical_minute(a_live(calm=replace(CALM, viewers=3_000, shares=30)))
    assert typical
    growing = a_live(spreads)

    assert told(growing, history([typical])).value < told(growing).value
    assert told(growing, history([typical])).band is not Band.HIGH


@pytest.mark.parametrize(("lives", "confidence"), [(0, 0.5), (1, 0.55), (5, 0.75), (10, 1.0), (30, 1.0)])
def test_history_gives_confidence(lives: int, confidence: float) -> None:
    typical = typical_minute(a_live())
    assert typical

    assert told(a_live(), history([typical] * lives)).confidence == pytest.approx(confidence)


@pytest.mark.parametrize(
    ("unknown", "part"),
    [({"viewers": None}, 0.7 / 3.5 + 1.0 / 3.5), ({"shares": None, "follows": None}, 2.5 / 3.5), ({}, 1.0)],
)
def test_what_is_not_counted_takes_confidence(unknown: dict[str, None], part: float) -> None:
    counted = [replace(one, **unknown) for one in a_live()]  # type: ignore[arg-type]

    assert told(counted).confidence == pytest.approx(part / 2)


def test_only_the_last_lives_are_history() -> None:
    lives = [Minute(viewers=float(number)) for number in range(30)]

    assert history(lives) == History(Minute(viewers=4.5), MOST_LIVES)
    assert history([]) is None


# ── whatever comes ─────────────────────────────────────────────────────────────────────────────────────────────────

counts = st.integers(0, 10**9)
anything = st.builds(
    Counted,
    at_s=st.just(0.0),
    messages=counts,
    commenters=counts,
    likes=counts,
    follows=st.none() | counts,
    shares=st.none() | counts,
    gifts_value=counts,
    viewers=st.none() | counts,
)


@given(st.lists(anything, min_size=36, max_size=48))
def test_a_value_is_bounded_and_its_points_tell_it(counted: list[Counted]) -> None:
    found = told([replace(one, at_s=10.0 * place) for place, one in enumerate(counted)])

    assert 0.0 < found.value < 1.0
    assert 0.0 <= found.confidence <= 0.5
    assert found.band is band_of(found.value)
    assert all(abs(feature.points) <= 2.0 * max(WEIGHTS.values()) for feature in found.features)
