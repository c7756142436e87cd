"""The excitement of a chat, on chats made by chance: what is a surge, when it began, and that it is told once."""

from collections.abc import Iterator
from random import Random

import pytest

from vigie.rules.hype import BUCKET_S, ENTER_Z, FEWEST_PEOPLE, MOST_PEOPLE, WARM_UP_BUCKETS, HypeMeter, Surge


def chat(rate: float, *surges: float, length_s: float = 900, seed: int = 1) -> Iterator[tuple[float, str]]:
    """Yield messages of a chat: so many a second by chance, and three times as many in the minute of a surge."""
    rng, at_s = Random(seed), 0.0
    while (at_s := at_s + rng.expovariate(rate * 3)) < length_s:
        is_surge = any(begin <= at_s < begin + 60 for begin in surges)
        if is_surge or rng.random() < 1 / 3:
            yield at_s, f"user {rng.randrange(int(rate * 400) + 200)}"


def surges_of(messages: Iterator[tuple[float, str]]) -> list[tuple[float, Surge]]:
    """Return when a surge was told, and what was told."""
    meter = HypeMeter()
    return [(at_s, surge) for at_s, person in messages if (surge := meter.add(at_s, person))]


def steady(people: int, from_s: float, to_s: float, name: str = "u") -> Iterator[tuple[float, str]]:
    """Yield messages of so many people in each bucket."""
    for bucket in range(int(from_s // BUCKET_S), int(to_s // BUCKET_S)):
        for person in range(people):
            yield (bucket + person / people) * BUCKET_S, f"{name}{bucket}-{person}"


@pytest.mark.parametrize("rate", [0.2, 1, 5, 20])
def test_calm_chat_is_calm(rate: float) -> None:
    assert surges_of(chat(rate, length_s=3600)) == []


@pytest.mark.parametrize("rate", [2, 4, 12])
def test_surge_of_a_minute_is_told_once_with_a_start_before_it(rate: float) -> None:
    found = [surges_of(chat(rate, 600, seed=seed)) for seed in range(10)]

    assert sum(len(told) == 1 for told in found) >= 9
    for at_s, surge in (told for lives in found for told in lives):
        assert 600 <= at_s < 665
        assert 600 - 30 <= surge.since_s < at_s
        assert (surge.z >= ENTER_Z, surge.people >= FEWEST_PEOPLE) == (True, True)


def test_two_surges_are_told_twice() -> None:
    assert [int(at_s) // 100 for at_s, _ in surges_of(chat(5, 600, 1000, length_s=1300))] == [6, 10]


def test_start_lies_in_the_bucket_before_what_stands_out() -> None:
    told = surges_of(iter([*steady(10, 0, 600), *steady(16, 600, 605), *steady(60, 605, 640)]))

    ((at_s, surge),) = told
    assert 605 <= at_s < 610
    assert surge.since_s == 595


def test_start_lies_half_a_minute_before_what_stands_out_at_most() -> None:
    ((_, surge),) = surges_of(iter([*steady(10, 0, 600), *steady(16, 600, 660), *steady(60, 660, 665)]))
    assert surge.since_s == 625


def test_usual_is_that_of_the_last_minutes() -> None:
    parts = [*steady(10, 0, 1800), *steady(14, 1800, 2100), *steady(20, 2100, 2400), *steady(28, 2400, 2700)]
    assert surges_of(iter(parts)) == []


@pytest.mark.parametrize(("people", "times"), [(110, 0), (240, 1)])
def test_chat_that_comes_in_waves_is_measured_by_its_waves(people: int, times: int) -> None:
    waves = [said for at_s in range(0, 600, 5) for said in steady((5, 17, 30)[at_s // 5 % 3], at_s, at_s + 5)]
    assert len(surges_of(iter([*waves, *steady(people, 600, 605)]))) == times


def test_one_who_floods_the_chat_is_one() -> None:
    flood = ((600 + number / 100, "troll") for number in range(2000))
    assert surges_of(iter([*steady(10, 0, 600), *flood])) == []


def test_few_people_are_no_crowd_however_silent_it_was() -> None:
    silence = [(float(at_s), "host") for at_s in range(0, 600, 60)]
    assert surges_of(iter([*silence, *steady(FEWEST_PEOPLE - 1, 600, 700)])) == []
    assert len(surges_of(iter([*silence, *steady(8, 600, 700)]))) == 1


def test_large_chat_that_grows_slowly_is_no_surge() -> None:
    """It stands out by far at a fifth more; half as many again is the least."""
    assert surges_of(iter([*steady(500, 0, 600), *steady(740, 600, 700)])) == []
    assert len(surges_of(iter([*steady(500, 0, 600), *steady(760, 600, 700)]))) == 1


@pytest.mark.parametrize(
    ("warm_up_s", "times"), [(BUCKET_S * (WARM_UP_BUCKETS - 1), 0), (BUCKET_S * WARM_UP_BUCKETS, 1)]
)
def test_nothing_is_told_while_it_warms_up(warm_up_s: float, times: int) -> None:
    assert len(surges_of(iter([*steady(5, 0, warm_up_s), *steady(60, warm_up_s, warm_up_s + 5)]))) == times


@pytest.mark.parametrize(
    ("between", "times"),
    [
        ([*steady(10, 630, 640), *steady(60, 640, 660)], 1),
        ([*steady(10, 630, 640), *steady(60, 640, 650), *steady(10, 650, 660)], 1),
        ([*steady(20, 630, 660)], 1),
        ([*steady(10, 630, 660)], 2),
    ],
    ids=["breath", "two breaths", "still lively", "calm"],
)
def test_breath_in_the_middle_of_a_surge_ends_it_not(between: list[tuple[float, str]], times: int) -> None:
    parts = [*steady(10, 0, 600), *steady(60, 600, 630), *between, *steady(60, 660, 670)]
    assert len(surges_of(iter(parts))) == times


def test_surge_begins_after_the_one_before_it() -> None:
    """Where the calm between them is livelier than usual, too: each is known by its beginning."""
    parts = [*steady(10, 0, 600), *steady(60, 600, 605), *steady(14, 605, 620), *steady(60, 620, 640)]

    first, second = (surge for _, surge in surges_of(iter(parts)))

    assert first.since_s < 605 <= second.since_s


@pytest.mark.parametrize("more_s", [1085, 1800])
def test_what_lasts_is_the_new_usual(more_s: int) -> None:
    parts = [*steady(10, 0, 600), *steady(60, 600, more_s), *steady(300, more_s, more_s + 30)]
    assert [at_s // BUCKET_S for at_s, _ in surges_of(iter(parts))] == [600 // BUCKET_S, more_s // BUCKET_S]


def test_surge_of_four_minutes_is_not_yet_the_usual() -> None:
    parts = [*steady(10, 0, 600), *steady(60, 600, 840), *steady(10, 840, 900), *steady(60, 900, 910)]
    assert [int(at_s) // 10 for at_s, _ in surges_of(iter(parts))] == [60, 90]


@pytest.mark.parametrize("people", [FEWEST_PEOPLE, 12])
@pytest.mark.parametrize("silence_s", [35, 120, 300, 3600])
def test_chat_that_was_not_received_is_no_calm(silence_s: float, people: int) -> None:
    """A chat that comes back after a break in the connection writes about as many as before: that is no surge."""
    back_s = 600 + silence_s
    assert surges_of(iter([*steady(people, 0, 600), *steady(people + 2, back_s, back_s + 300)])) == []


def test_connection_that_breaks_again_and_again_makes_no_surge() -> None:
    parts = [said for at_s in range(600, 1900, 65) for said in steady(12, at_s, at_s + 30)]
    assert surges_of(iter([*steady(12, 0, 600), *parts])) == []


def test_surge_after_a_break_is_another_one_and_begins_after_it() -> None:
    parts = [*steady(12, 0, 600), *steady(60, 600, 615), *steady(60, 735, 750)]
    assert [surge.since_s for _, surge in surges_of(iter(parts))] == [595, 730]


def test_break_after_a_surge_that_became_the_usual_does_no_harm() -> None:
    parts = [*steady(10, 0, 600), *steady(60, 600, 900), *steady(60, 1000, 1300)]
    assert len(surges_of(iter(parts))) == 1


@pytest.mark.parametrize(("people", "silence_s"), [(1, 100), (FEWEST_PEOPLE - 1, 600)])
def test_quiet_chat_may_be_silent(people: int, silence_s: int) -> None:
    """Its silence is its calm, so that what stands out of it is a surge."""
    parts = [*steady(people, 0, 600), *steady(12, 600 + silence_s, 620 + silence_s)]
    assert len(surges_of(iter(parts))) == 1


@pytest.mark.parametrize("late_s", [7, 30])
def test_messages_a_little_late_count_in_the_present_bucket(late_s: float) -> None:
    said = [*steady(10, 30, 900), *steady(60, 900, 910)]
    late = [(at_s - late_s if number % 5 == 1 else at_s, who) for number, (at_s, who) in enumerate(said)]
    assert [surge.since_s for _, surge in surges_of(iter(late))] == [895]


@pytest.mark.parametrize("people", [1, 10])
@pytest.mark.parametrize("wrong_s", [86_400.0, -86_400.0, 1e12])
def test_clock_that_is_wrong_once_makes_no_surge_and_hides_none_for_long(wrong_s: float, people: int) -> None:
    usual = [*steady(people, 0, 600), (600.0 + wrong_s, "x"), *steady(people, 600, 1200)]
    assert [int(at_s) // 10 for at_s, _ in surges_of(iter([*usual, *steady(60, 1200, 1230)]))] == [120]


@pytest.mark.parametrize("back_s", [35, 600])
def test_clock_that_is_set_back_makes_no_surge(back_s: float) -> None:
    """Neither do those of before count as those of now, nor all that is written until it was before in one bucket."""
    assert surges_of(iter([*steady(40, 0, 600), *steady(40, 595 - back_s, 900, "v")])) == []


def test_flood_of_people_takes_no_more_memory_than_a_bucket_may() -> None:
    meter = HypeMeter()
    for number in range(MOST_PEOPLE + 10):
        meter.add(1.0, str(number))
    assert len(meter._people) == MOST_PEOPLE
    assert meter.add(1e12, "later") is None
    assert len(meter._calm) < 100
