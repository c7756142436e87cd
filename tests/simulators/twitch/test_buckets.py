import math

from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.twitch.buckets import Bucket, Buckets, Standing


def test_a_full_bucket_gives_what_it_holds_and_no_more() -> None:
    bucket = Bucket(3, now_s=100.0)

    taken = [bucket.take(100.0, capacity=3) for _ in range(4)]

    assert [(one.allowed, one.remaining) for one in taken] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    assert taken[0] == Standing(allowed=True, limit=3, remaining=2, full_at_s=120)
    assert taken[3].full_at_s == 160


def test_a_bucket_gets_as_much_a_minute_as_it_holds() -> None:
    bucket = Bucket(60, now_s=0.0)
    for _ in range(60):
        bucket.take(0.0, capacity=60)

    assert not bucket.take(0.9, capacity=60).allowed
    assert bucket.take(1.0, capacity=60).allowed
    assert bucket.take(600.0, capacity=60).remaining == 59


def test_a_changed_capacity_holds_at_once() -> None:
    bucket = Bucket(800, now_s=0.0)

    assert bucket.take(0.0, capacity=2) == Standing(allowed=True, limit=2, remaining=1, full_at_s=30)
    assert bucket.take(0.0, capacity=10).remaining == 8


def test_an_empty_capacity_allows_nothing() -> None:
    assert Bucket(800, now_s=0.0).take(0.0, capacity=0) == Standing(allowed=False, limit=0, remaining=0, full_at_s=60)


def test_the_headers_are_those_of_twitch() -> None:
    assert Standing(allowed=True, limit=800, remaining=799, full_at_s=1_700_000_000).headers() == {
        "Ratelimit-Limit": "800",
        "Ratelimit-Remaining": "799",
        "Ratelimit-Reset": "1700000000",
    }


def test_everybody_has_a_bucket_of_their_own() -> None:
    buckets = Buckets()

    first = [buckets.take(("client", user), 0.0, capacity=1).allowed for user in ("", "1001", "1002")]
    again = [buckets.take(("client", user), 0.0, capacity=1).allowed for user in ("", "1001", "1002")]

    assert (first, again) == ([True] * 3, [False] * 3)


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 50))
def test_no_pace_gets_more_than_the_limit(pauses_s: list[float], capacity: int) -> None:
    bucket, now_s, allowed = Bucket(capacity, now_s=0.0), 0.0, 0
    for pause_s in pauses_s:
        now_s += pause_s
        allowed += bucket.take(now_s, capacity=capacity).allowed

    assert allowed <= math.ceil(capacity + now_s * capacity / 60)
