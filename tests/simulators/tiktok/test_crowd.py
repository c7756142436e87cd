from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.tiktok.crowd import Crowd, member
from vigie.simulators.tiktok.happenings import Caption, Comment, Gift, Happening, Join, Like, Role, ViewerCount

REGULAR = (ViewerCount, Caption)


def acted(seed: str, steps: int, dt_s: float = 0.1, pace: float = 50) -> list[Happening]:
    crowd = Crowd(Random(seed))
    return [happening for _ in range(steps) for happening in crowd.step(dt_s, pace)]


def test_the_same_seed_makes_the_same_audience() -> None:
    assert acted("a", 50) == acted("a", 50)
    assert acted("a", 50) != acted("b", 50)


@given(pace=st.floats(0, 200), dt_s=st.floats(0.01, 2), steps=st.integers(1, 40))
def test_as_much_happens_as_the_pace_says(pace: float, dt_s: float, steps: int) -> None:
    done = [it for it in acted("a", steps, dt_s, pace) if not isinstance(it, REGULAR)]

    assert abs(len(done) - pace * dt_s * steps) < 1.001


def test_viewers_and_words_are_told_regularly_even_when_nobody_acts() -> None:
    told = Counter(type(it) for it in acted("a", 41, 0.5, 0))

    assert told == {ViewerCount: 4, Caption: 5}


def test_most_of_it_is_comments_by_a_few() -> None:
    done = acted("a", 200, 0.1, 100)
    comments = [it for it in done if isinstance(it, Comment)]
    writers = Counter(it.viewer.user_id for it in comments)

    assert 0.4 < len(comments) / len(done) < 0.7
    assert {it.language for it in comments} == {"fr", "en"}
    assert sum(n for _, n in writers.most_common(20)) > len(comments) / 3
    assert len(writers) > 200


def test_a_streak_grows_and_ends_once() -> None:
    gifts = [it for it in acted("a", 300, 0.1, 100) if isinstance(it, Gift) and it.is_streakable]
    streaks: dict[int, list[Gift]] = {}
    for gift in gifts:
        streaks.setdefault(gift.streak, []).append(gift)
    whole = [streak for streak in streaks.values() if streak[-1].is_end]

    assert len(whole) >= len(streaks) - 5
    for streak in whole:
        counts = [gift.count for gift in streak]
        assert counts == [*range(1, len(streak)), len(streak) - 1]
        assert [gift.is_end for gift in streak] == [False] * (len(streak) - 1) + [True]
        assert len({(gift.viewer, gift.gift_id) for gift in streak}) == 1


def test_counts_only_grow() -> None:
    done = acted("a", 200)
    likes = [it.total for it in done if isinstance(it, Like)]
    came = [it.total for it in done if isinstance(it, ViewerCount)]

    assert likes == sorted(likes)
    assert came == sorted(came)
    assert min(it.present for it in done if isinstance(it, Join)) >= 5


def test_an_audience_has_people_of_every_sort() -> None:
    roles = Counter(role for number in range(1, 300) for role in member(number).roles)

    assert set(roles) == {Role.MODERATOR, Role.SUBSCRIBER, Role.FAN, Role.FOLLOWER}
    assert member(98) == member(98)


def test_a_broadcaster_whom_somebody_else_captions_has_no_captions_of_the_crowd() -> None:
    happened = Crowd(Random(1), speaks=False).step(60.0, 1.0)

    assert not [each for each in happened if isinstance(each, Caption)]
