from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.events import SAMPLE_RATE
from vigie.watch.timeline import TOLERANCE_S, Hole, Mark, Place, Timeline

HALF = SAMPLE_RATE // 2


def heard(*, until_s: float = 10.0, pts_s: float = 1000.0, delay_s: float = 2.0) -> Timeline:
    """A live of which `until_s` seconds were heard, its clock beginning at `pts_s`, its sound coming `delay_s` late."""
    timeline = Timeline(is_live=True)
    for number in range(int(until_s * 2)):
        timeline.place(pts_s + number / 2, HALF, number / 2 + 0.5 + delay_s)
    return timeline


def place(timeline: Timeline, pts_s: float, samples: int, wall_s: float) -> Place:
    """What the timeline answers, its seconds rounded to microseconds."""
    found = timeline.place(pts_s, samples, wall_s)
    assert found
    hole = found.hole and Hole(round(found.hole.from_s, 6), round(found.hole.to_s, 6))
    return replace(found, offset_s=round(found.offset_s, 6), hole=hole)


def test_the_first_sound_of_a_live_is_its_beginning_whatever_its_clock_says() -> None:
    timeline = Timeline(is_live=True)

    assert timeline.place(95_443.7, HALF, 3.0) == Place(epoch=0, start_sample=0, offset_s=0.0)
    assert timeline.mark == Mark(0, 0.5, -95_443.7)
    assert timeline.mark.pts_s == 95_444.2


def test_sound_that_follows_on_stays_in_its_epoch() -> None:
    assert heard().place(1010.0, HALF, 12.5) == Place(0, 10 * SAMPLE_RATE, 10.0)


def test_the_time_of_a_recording_is_its_own() -> None:
    timeline = Timeline(is_live=False)

    first = timeline.place(5.0, HALF, 0.0)
    second = timeline.place(5.5, HALF, 0.0)

    assert (first, second) == (Place(0, 0, 5.0), Place(0, HALF, 5.5))
    assert (timeline.heard_s, timeline.lost_s) == (1.0, 0.0)


def test_sound_before_the_beginning_of_a_recording_is_its_beginning() -> None:
    timeline = Timeline(is_live=False)

    assert timeline.place(-0.02, HALF, 0.0) == Place(0, 0, 0.0)


# ── holes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_jump_ahead_is_a_hole_of_that_length() -> None:
    timeline = heard()

    assert timeline.place(1013.25, HALF, 15.75) == Place(1, 0, 13.25, hole=Hole(10.0, 13.25))
    assert (timeline.heard_s, timeline.lost_s) == (10.5, 3.25)


def test_a_small_jump_is_jitter() -> None:
    assert place(heard(), 1010.0 + TOLERANCE_S - 0.01, HALF, 12.5).hole is None


def test_a_new_connection_is_held_to_a_closer_tolerance() -> None:
    timeline = heard()
    timeline.connect()

    assert place(timeline, 1010.1, HALF, 12.6) == Place(1, 0, 10.1, hole=Hole(10.0, 10.1))


def test_what_is_lost_after_an_outage_is_told_by_the_clock_of_the_stream_not_by_ours() -> None:
    timeline = heard()
    timeline.connect()

    assert place(timeline, 1012.0, HALF, 30.0).hole == Hole(10.0, 12.0)


@pytest.mark.parametrize(
    ("wall_s", "hole"), [(12.0, None), (12.2, None), (15.0, Hole(10.0, 13.0)), (72.0, Hole(10.0, 70.0))]
)
def test_what_is_missing_when_nothing_more_comes(wall_s: float, hole: Hole | None) -> None:
    assert heard(delay_s=2.0).hole_at(wall_s) == hole


def test_nothing_is_missing_of_a_live_that_was_never_heard_nor_of_a_recording() -> None:
    recording = Timeline(is_live=False)
    recording.place(0.0, HALF, 0.0)

    assert Timeline(is_live=True).hole_at(100.0) is None
    assert recording.hole_at(100.0) is None


# ── repeats ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_new_connection_repeats_is_dropped_to_the_sample() -> None:
    timeline = heard()
    timeline.connect()

    assert timeline.place(1008.8, HALF, 12.5) is None
    assert timeline.place(1009.3, HALF, 12.5) is None
    assert place(timeline, 1009.8, HALF, 12.5) == Place(0, 10 * SAMPLE_RATE, 10.0, skip=SAMPLE_RATE // 5)
    assert place(timeline, 1010.3, HALF, 12.5) == Place(0, 10 * SAMPLE_RATE + HALF - SAMPLE_RATE // 5, 10.3)


def test_a_recording_is_repeated_as_long_as_it_likes() -> None:
    timeline = Timeline(is_live=False, resume=Mark(0, 3600.0, 0.0))
    timeline.connect()

    assert timeline.place(0.0, HALF, 0.0) is None
    assert timeline.place(3599.5, HALF, 0.0) is None
    assert timeline.place(3600.0, HALF, 0.0) == Place(1, 0, 3600.0)


def test_a_stream_that_goes_on_repeating_has_a_new_clock() -> None:
    timeline = heard(until_s=40.0, pts_s=0.0, delay_s=0.0)
    timeline.connect()

    repeated = [timeline.place(number / 2, HALF, 43.0 + number / 2) for number in range(11)]

    assert repeated == [None] * 11
    assert place(timeline, 5.5, HALF, 48.5) == Place(1, 0, 48.0, hole=Hole(40.0, 48.0))
    assert place(timeline, 6.0, HALF, 49.0) == Place(1, HALF, 48.5)


# ── clocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_clock_far_back_is_a_new_one_and_the_wall_clock_tells_what_was_lost() -> None:
    timeline = heard(delay_s=2.0)
    timeline.connect()

    assert timeline.place(0.0, HALF, 20.0) == Place(1, 0, 17.5, hole=Hole(10.0, 17.5))
    assert timeline.place(0.5, HALF, 20.5) == Place(1, HALF, 18.0)


def test_a_clock_absurdly_ahead_is_a_new_one() -> None:
    timeline = heard(delay_s=0.0)

    assert timeline.place(1_700_000_000.0, HALF, 14.5) == Place(1, 0, 14.0, hole=Hole(10.0, 14.0))


def test_a_clock_set_back_in_mid_stream_repeats_nothing() -> None:
    assert heard(delay_s=0.0).place(1007.0, HALF, 10.5) == Place(0, 10 * SAMPLE_RATE, 10.0)


def test_a_clock_said_to_be_new_follows_on() -> None:
    timeline = heard()
    timeline.rebase()

    assert timeline.offset_of(1010.0) is None
    assert timeline.place(0.0, HALF, 99.0) == Place(0, 10 * SAMPLE_RATE, 10.0)
    assert timeline.offset_of(1.0) == 11.0


def test_the_clock_of_a_recording_may_be_reset_too() -> None:
    timeline = Timeline(is_live=False)
    timeline.place(0.0, HALF, 0.0)

    assert timeline.place(-7.0, HALF, 50.0) == Place(0, HALF, 0.5)


def test_segments_that_come_in_bursts_are_no_delay() -> None:
    """HLS: six seconds at once, every six seconds. The burst after a reset is placed by the beginning of the bursts."""
    timeline = Timeline(is_live=True)
    for number in range(60):
        burst = number // 12
        timeline.place(number / 2, HALF, 7.0 + 6.0 * burst)
    timeline.connect()

    hole = place(timeline, 5000.0, HALF, 7.0 + 6.0 * 7).hole

    assert hole
    assert hole.from_s == 30.0
    assert hole.to_s == pytest.approx(42.0, abs=0.7)


def test_a_moment_of_the_stream_has_its_place() -> None:
    assert heard().offset_of(1003.5) == 3.5
    assert heard().offset_of(900.0) == 0.0
    assert Timeline(is_live=True).offset_of(3.0) is None


# ── restarts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_restart_a_known_clock_places_to_the_sample() -> None:
    timeline = Timeline(is_live=True, resume=heard().mark)

    assert timeline.mark.pts_s == 1010.0
    assert timeline.place(1009.0, SAMPLE_RATE * 2, 25.0) == Place(1, 0, 10.0, skip=SAMPLE_RATE)
    assert timeline.place(1016.0, HALF, 26.0) == Place(2, 0, 16.0, hole=Hole(11.0, 16.0))


def test_after_a_restart_an_unknown_clock_leaves_the_wall_clock() -> None:
    timeline = Timeline(is_live=True, resume=Mark(4, 10.0, None))

    assert timeline.mark.pts_s is None
    assert timeline.place(0.0, HALF, 30.0) == Place(5, 0, 29.5, hole=Hole(10.0, 29.5))


def test_after_a_restart_nothing_is_placed_before_what_was_heard() -> None:
    timeline = Timeline(is_live=True, resume=Mark(4, 100.0, None))

    assert timeline.place(0.0, HALF, 30.0) == Place(5, 0, 100.0)


# ── drift ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("drift", [-1e-3, -5e-5, 5e-5, 1e-3])
def test_hours_of_drift_make_no_hole_and_lose_no_sample(drift: float) -> None:
    timeline = Timeline(is_live=True)

    places = [place(timeline, number / 2 * (1 + drift), HALF, number / 2) for number in range(4 * 3600 * 2)]

    assert {(one.epoch, one.skip, one.hole) for one in places} == {(0, 0, None)}
    assert places[-1].offset_s == pytest.approx((len(places) - 1) / 2 * (1 + drift), abs=0.1)


def test_many_small_losses_add_up_to_a_hole() -> None:
    timeline = Timeline(is_live=True)

    places = [place(timeline, number * 0.55, HALF, number * 0.55) for number in range(200)]

    holes = [one.hole for one in places if one.hole]
    assert len(holes) > 30
    assert timeline.lost_s == pytest.approx(200 * 0.05, rel=0.1)


# ── anything ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Origin:
    """A live that makes sound all the time, and what happens to it."""

    rng: Random
    now_s: float = 0.0
    clock_s: float = 0.0
    chunks: list[tuple[str, float, int, float]] = field(default_factory=list)

    def send(self, seconds: float, *, was: str = "goes on") -> None:
        samples = int(seconds * SAMPLE_RATE)
        jitter_s = self.rng.uniform(-0.02, 0.02)
        self.chunks.append((was, self.now_s + self.clock_s + jitter_s, samples, self.now_s + seconds))
        self.now_s += samples / SAMPLE_RATE


EVENTS = st.lists(
    st.tuples(st.sampled_from(["goes on", "cut", "repeat", "reset", "rebase"]), st.floats(0.05, 5.0)), max_size=40
)


@given(events=EVENTS, seed=st.integers(0, 1000))
def test_whatever_happens_no_sample_is_placed_twice_and_the_account_adds_up(
    events: list[tuple[str, float]], seed: int
) -> None:
    origin = Origin(Random(seed), clock_s=Random(seed).uniform(0, 1e5))
    timeline = Timeline(is_live=True)
    placed: list[Place] = []
    lengths: list[int] = []
    for what, seconds in [("goes on", 1.0), *events]:
        happen(origin, timeline, what, seconds)
        for _, pts_s, samples, wall_s in origin.chunks:
            found = timeline.place(pts_s, samples, wall_s)
            if found:
                placed.append(found)
                lengths.append(samples - found.skip)
        origin.chunks.clear()

    offsets = [one.offset_s for one in placed]
    assert offsets == sorted(offsets)
    assert all(length > 0 for length in lengths)
    for before, length, after in zip(placed, lengths, placed[1:], strict=False):
        follows_on = (before.epoch, before.start_sample + length)
        assert (after.epoch, after.start_sample) == ((before.epoch + 1, 0) if after.hole else follows_on)
        assert not after.hole or after.hole.to_s == pytest.approx(after.offset_s)
    span_s = timeline.mark.heard_until_s
    assert timeline.heard_s == pytest.approx(sum(lengths) / SAMPLE_RATE)
    assert timeline.heard_s + timeline.lost_s == pytest.approx(span_s, abs=TOLERANCE_S * (1 + len(placed) / 20))


def happen(origin: Origin, timeline: Timeline, what: str, seconds: float) -> None:
    if what == "cut":
        timeline.connect()
        origin.now_s += seconds
    elif what == "repeat":
        timeline.connect()
        origin.now_s = max(0.0, origin.now_s - seconds)
    elif what == "reset":
        timeline.connect()
        origin.now_s += seconds
        origin.clock_s = -origin.now_s
    elif what == "rebase":
        timeline.rebase()
        origin.clock_s = origin.rng.uniform(-50.0, 50.0)
    origin.send(seconds)


@given(
    mark=st.builds(Mark, st.integers(0, 9), st.floats(0, 1e5), st.none() | st.floats(-1e5, 1e5)),
    pts_s=st.floats(-1e6, 1e6),
    wall_s=st.floats(0, 1e6),
    samples=st.integers(1, 3 * SAMPLE_RATE),
)
def test_after_a_restart_sound_never_goes_where_sound_is(mark: Mark, pts_s: float, wall_s: float, samples: int) -> None:
    found = Timeline(is_live=True, resume=mark).place(pts_s, samples, wall_s)

    assert found is None or (found.epoch > mark.epoch and found.offset_s >= mark.heard_until_s)
