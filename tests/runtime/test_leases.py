"""Leases: one owner at a time, a growing token, nothing kept by the dead."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from vigie.ports import Fence
from vigie.runtime import leases
from vigie.runtime.models import Bucket, Lease

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=16)
LIVES = ["live:1", "live:2", "live:3"]

pytestmark = pytest.mark.django_db


def test_claim_gives_a_resource_to_one_owner_only() -> None:
    first = leases.claim(LIVES, "a", NOW, ttl_s=15, limit=2)
    second = leases.claim(LIVES, "b", NOW, ttl_s=15, limit=3)

    assert first == {"live:1": 1, "live:2": 1}
    assert second == {"live:3": 1}


def test_claim_takes_over_what_the_dead_held_with_a_higher_token() -> None:
    leases.claim(LIVES, "a", NOW, ttl_s=15, limit=3)

    assert leases.claim(LIVES, "b", LATER, ttl_s=15, limit=3) == {"live:1": 2, "live:2": 2, "live:3": 2}


def test_renew_keeps_what_is_still_held_and_reports_what_was_lost() -> None:
    leases.claim(LIVES, "a", NOW, ttl_s=15, limit=3)
    leases.claim(["live:2"], "b", LATER, ttl_s=15, limit=1)

    assert leases.renew("a", NOW + timedelta(seconds=5), ttl_s=30) == {"live:1": 1, "live:3": 1}
    assert leases.renew("a", NOW + timedelta(seconds=36), ttl_s=30) == {}


def test_renew_holds_on_beyond_the_first_term() -> None:
    leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=1)
    leases.renew("a", NOW + timedelta(seconds=10), ttl_s=15)

    assert leases.claim(["live:1"], "b", LATER, ttl_s=15, limit=1) == {}


def test_release_lets_others_take_at_once_but_not_what_is_not_ours() -> None:
    leases.claim(LIVES, "a", NOW, ttl_s=15, limit=3)

    leases.release("b", LIVES)
    assert leases.claim(LIVES, "c", NOW, ttl_s=15, limit=3) == {}
    leases.release("a", ["live:1"])
    assert leases.claim(LIVES, "c", NOW, ttl_s=15, limit=3) == {"live:1": 2}


def test_claim_passes_over_what_is_not_due_and_gives_first_what_waited_longest() -> None:
    leases.claim(LIVES, "a", NOW, ttl_s=15, limit=3)
    for name, seconds in (("live:1", 30), ("live:2", 20), ("live:3", 40)):
        leases.release("a", [name], due_at=NOW + timedelta(seconds=seconds))

    assert leases.claim(LIVES, "b", NOW + timedelta(seconds=19), ttl_s=15, limit=3) == {}
    assert leases.claim(LIVES, "b", NOW + timedelta(seconds=60), ttl_s=15, limit=2) == {"live:1": 2, "live:2": 2}


def test_claim_without_room_lets_wait_from_then_on() -> None:
    assert leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=0) == {}

    assert Lease.objects.get().due_at == NOW


def test_make_due_lets_what_was_put_off_be_taken_at_once() -> None:
    leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=1)
    leases.release("a", ["live:1"], due_at=NOW + timedelta(minutes=5))
    leases.make_due("live:1")

    assert leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=1) == {"live:1": 2}


def test_attend_shows_who_is_at_work_and_forgets_the_dead() -> None:
    leases.attend("a", NOW, ttl_s=15)
    leases.attend("b", LATER, ttl_s=15)
    leases.attend("b", LATER + timedelta(seconds=1), ttl_s=15)

    assert [(lease.owner, lease.expires_at) for lease in Lease.objects.all()] == [("b", LATER + timedelta(seconds=16))]
    leases.release_all_of("b")
    assert not Lease.objects.exists()


def test_release_everything_frees_the_leases_of_a_killed_process() -> None:
    leases.claim(LIVES, "a", NOW, ttl_s=15, limit=3)

    leases.release("a", ["live:3"], due_at=NOW + timedelta(minutes=5))

    leases.release_everything()

    assert not any(leases.is_lost(name, LATER) for name in LIVES)
    assert set(leases.claim(LIVES, "b", NOW, ttl_s=15, limit=3)) == set(LIVES)


@pytest.mark.parametrize(
    ("resource", "after_s", "is_held", "is_left", "is_lost"),
    [
        ("live:1", 14, True, False, False),
        ("live:1", 15, False, True, True),
        ("live:2", 0, False, True, False),
        ("live:3", 0, False, True, False),
        ("live:4", 0, False, False, False),
    ],
    ids=["held", "its owner died", "given up", "nobody's yet", "nobody wants it"],
)
def test_a_resource_is_held_or_left_and_lost_only_where_its_owner_died(
    resource: str, after_s: int, *, is_held: bool, is_left: bool, is_lost: bool
) -> None:
    leases.claim(["live:1", "live:2"], "a", NOW, ttl_s=15, limit=2)
    leases.release("a", ["live:2"])
    leases.claim(["live:3"], "a", NOW, ttl_s=15, limit=0)
    then = NOW + timedelta(seconds=after_s)

    told = [ask(resource, then) for ask in (leases.is_held, leases.is_left, leases.is_lost)]

    assert told == [is_held, is_left, is_lost]


def test_release_all_of_gives_up_what_is_ours_alone() -> None:
    leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=1)
    leases.release("a", ["live:1"], due_at=NOW + timedelta(minutes=5))
    leases.claim(["live:2"], "a", NOW, ttl_s=15, limit=1)
    leases.claim(["live:3"], "b", NOW, ttl_s=15, limit=1)

    leases.release_all_of("a")

    assert leases.claim(LIVES, "c", NOW, ttl_s=15, limit=3) == {"live:2": 2}


def test_holding_lets_the_present_owner_write_and_refuses_the_former_one() -> None:
    former = Fence("live:1", leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=1)["live:1"])
    with leases.holding(former):
        Bucket.objects.create(key="former", tokens=1, refilled_at=NOW)
    present = Fence("live:1", leases.claim(["live:1"], "b", LATER, ttl_s=15, limit=1)["live:1"])

    with pytest.raises(leases.LeaseLost, match="live:1"), leases.holding(former):
        Bucket.objects.create(key="late", tokens=1, refilled_at=NOW)
    with leases.holding(present):
        Bucket.objects.create(key="present", tokens=1, refilled_at=NOW)

    assert set(Bucket.objects.values_list("key", flat=True)) == {"former", "present"}


def test_holding_is_refused_though_another_resource_has_the_token() -> None:
    former = Fence("live:1", leases.claim(LIVES, "a", NOW, ttl_s=15, limit=3)["live:1"])
    leases.claim(["live:1"], "b", LATER, ttl_s=15, limit=1)

    with pytest.raises(leases.LeaseLost), leases.holding(former):
        pytest.fail("live:2 and live:3 have its token still")


def test_holding_without_a_fence_only_makes_a_transaction() -> None:
    with leases.holding(None):
        assert connection.in_atomic_block


def test_holding_asks_the_database_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    held = Fence("live:1", leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=1)["live:1"])

    with django_assert_num_queries(3), leases.holding(held):  # and a savepoint, taken and released
        pass


def test_database_now_is_aware_and_in_utc() -> None:
    assert leases.database_now().utcoffset() == timedelta(0)
