"""What is believed of a channel: a start at once, an end when it is said twice; trouble never ends anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.ports import Airing, Sighting
from vigie.watch.presence import FLAP, MOST, Belief, Step, is_same_live, learn

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
THEN = NOW - timedelta(hours=1)
LIVE = Sighting("camille", Airing.LIVE, room_id="7", viewers=12)
OFFLINE = Sighting("camille", Airing.OFFLINE)
UNKNOWN = Sighting("camille", Airing.UNKNOWN, "a captcha was asked for")
BANNED = Sighting("camille", Airing.UNKNOWN, "TikTok banned this account.", is_permanent=True)
QUIET = Belief(Airing.OFFLINE, THEN)
ON_AIR = Belief(Airing.LIVE, THEN, room_id="7", viewers=10)


@pytest.mark.parametrize(
    ("belief", "sighting", "has_live", "step"),
    [
        (QUIET, LIVE, False, Step.BEGIN),
        (ON_AIR, LIVE, True, Step.NOTHING),
        (QUIET, OFFLINE, False, Step.NOTHING),
        (ON_AIR, OFFLINE, True, Step.NOTHING),
        (replace(ON_AIR, denials=1), OFFLINE, True, Step.END),
        (replace(ON_AIR, denials=5), UNKNOWN, True, Step.NOTHING),
        (QUIET, UNKNOWN, False, Step.NOTHING),
        (QUIET, BANNED, False, Step.NOTHING),
        (ON_AIR, BANNED, True, Step.NOTHING),
        (replace(ON_AIR, denials=1), BANNED, True, Step.END),
    ],
)
def test_learn_says_what_to_do(belief: Belief, sighting: Sighting, *, has_live: bool, step: Step) -> None:
    assert learn(belief, sighting, NOW, has_live=has_live)[1] is step


def test_learn_remembers_the_room_and_the_viewers() -> None:
    belief, _ = learn(QUIET, LIVE, NOW, has_live=False)

    assert belief == Belief(Airing.LIVE, NOW, room_id="7", viewers=12)


def test_learn_keeps_the_room_of_a_live_that_is_over() -> None:
    belief, _ = learn(replace(ON_AIR, denials=1), OFFLINE, NOW, has_live=True)

    assert belief == Belief(Airing.OFFLINE, NOW, room_id="7")


@pytest.mark.parametrize(
    ("sighting", "viewers"),
    [(LIVE, 12), (replace(LIVE, viewers=None), 10), (UNKNOWN, 10), (OFFLINE, None), (BANNED, None)],
)
def test_learn_keeps_how_many_watch_until_it_is_told_anew(sighting: Sighting, viewers: int | None) -> None:
    assert learn(ON_AIR, sighting, NOW, has_live=True)[0].viewers == viewers


def test_learn_counts_what_it_could_not_learn() -> None:
    once, _ = learn(ON_AIR, UNKNOWN, NOW, has_live=True)
    twice, _ = learn(once, UNKNOWN, NOW + FLAP, has_live=True)

    assert (once.failures, twice.failures, twice.since, twice.reason) == (1, 2, NOW, "a captcha was asked for")
    assert learn(twice, LIVE, NOW, has_live=True)[0].failures == 0


def test_learn_keeps_why_a_live_that_was_taken_down_is_over() -> None:
    once, _ = learn(ON_AIR, BANNED, NOW, has_live=True)
    twice, step = learn(once, BANNED, NOW + FLAP, has_live=True)

    assert (once.denials, once.is_permanent, step) == (1, True, Step.END)
    assert (twice.denials, twice.reason, twice.is_permanent) == (0, "TikTok banned this account.", True)


def test_learn_counts_no_further_than_a_column_holds() -> None:
    belief, _ = learn(replace(QUIET, failures=MOST), UNKNOWN, NOW, has_live=False)

    assert (belief.failures, MOST < 2**15) == (MOST, True)


def test_learn_forgets_a_denial_where_there_is_nothing_to_end() -> None:
    belief, _ = learn(replace(QUIET, denials=1), BANNED, NOW, has_live=False)

    assert belief.denials == 0


def test_learn_forgets_a_denial_once_the_live_is_seen_again() -> None:
    denied, _ = learn(ON_AIR, OFFLINE, NOW, has_live=True)
    seen, _ = learn(denied, LIVE, NOW, has_live=True)

    assert (denied.denials, seen.denials) == (1, 0)


@given(st.lists(st.sampled_from([LIVE, OFFLINE, UNKNOWN, BANNED]), max_size=30))
def test_a_live_ends_only_when_it_is_denied_twice_without_being_seen_between(sightings: list[Sighting]) -> None:
    belief, has_live, denied = QUIET, False, 0
    for sighting in sightings:
        belief, step = learn(belief, sighting, NOW, has_live=has_live)
        denies = sighting is OFFLINE or sighting is BANNED
        denied = denied + 1 if denies and has_live else 0 if sighting is LIVE else denied
        assert (step is Step.BEGIN) == (sighting is LIVE and not has_live)
        assert (step is Step.END) == (has_live and denies and denied == 2)
        if step is not Step.NOTHING:
            has_live, denied = step is Step.BEGIN, 0


@pytest.mark.parametrize(
    ("after", "same_room", "same"),
    [(timedelta(0), False, True), (FLAP, False, True), (FLAP * 1.01, False, False), (timedelta(hours=5), True, True)],
)
def test_a_live_that_is_back_soon_or_in_its_room_is_the_same(after: timedelta, *, same_room: bool, same: bool) -> None:
    assert is_same_live(NOW, NOW + after, same_room=same_room) is same
