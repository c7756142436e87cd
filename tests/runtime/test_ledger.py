"""Units of work: held by one, lost by the dead, given up after three tries."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import make_live, make_utterance
from vigie.runtime import ledger
from vigie.runtime.models import WorkState
from vigie.speech.models import Utterance

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def units() -> list[Utterance]:
    live = make_live()
    return [make_utterance(live, seq=n, state=WorkState.PENDING) for n in (1, 2, 3)]


def _claim(now: datetime = NOW, limit: int = 10) -> list[int]:
    taken = ledger.claim(Utterance.objects.order_by("seq"), now, hold_s=60, limit=limit)
    return [unit.seq for unit in taken]


@pytest.mark.usefixtures("units")
def test_claim_takes_each_unit_once_in_the_order_asked_for() -> None:
    assert [_claim(limit=2), _claim(limit=2), _claim(limit=2)] == [[1, 2], [3], []]


@pytest.mark.usefixtures("units")
def test_claim_takes_over_what_a_dead_worker_held() -> None:
    _claim(limit=1)

    assert _claim(NOW + timedelta(seconds=61)) == [1, 2, 3]


def test_claim_counts_attempts_on_the_row_and_on_the_object(units: list[Utterance]) -> None:
    taken = ledger.claim(Utterance.objects.order_by("seq"), NOW, hold_s=60, limit=1)

    units[0].refresh_from_db()
    assert (taken[0].attempts, units[0].attempts) == (1, 1)
    assert units[0].claimed_until == NOW + timedelta(seconds=60)


def test_give_back_lets_a_unit_wait_before_the_next_try(units: list[Utterance]) -> None:
    taken = ledger.claim(Utterance.objects.order_by("seq"), NOW, hold_s=60, limit=1)

    ledger.give_back(taken, NOW, reason="the model is loading", retry_after_s=30)

    units[0].refresh_from_db()
    assert (units[0].state, units[0].reason) == (WorkState.PENDING, "the model is loading")
    assert _claim(NOW + timedelta(seconds=29)) == [2, 3]
    assert _claim(NOW + timedelta(seconds=31)) == [1]


def test_give_back_fails_a_unit_after_the_last_try(units: list[Utterance]) -> None:
    now = NOW
    for _ in range(ledger.MAX_ATTEMPTS):
        now += timedelta(minutes=5)
        taken = ledger.claim(Utterance.objects.filter(seq=1), now, hold_s=60, limit=1)
        ledger.give_back(taken, now, reason="broken")

    units[0].refresh_from_db()
    assert (units[0].state, units[0].attempts) == (WorkState.FAILED, 3)
    assert _claim(now + timedelta(days=1)) == [2, 3]


@pytest.mark.usefixtures("units")
def test_a_unit_on_its_last_try_is_taken_alone() -> None:
    Utterance.objects.filter(seq=2).update(attempts=ledger.MAX_ATTEMPTS - 1)

    assert [_claim(), _claim(), _claim(), _claim()] == [[1], [2], [3], []]


@pytest.mark.usefixtures("units")
def test_a_unit_whose_workers_died_three_times_is_lost_and_nobody_claims_it() -> None:
    now = NOW
    for _ in range(ledger.MAX_ATTEMPTS):
        taken = ledger.claim(Utterance.objects.filter(seq=1), now, hold_s=60, limit=1)
        assert [unit.seq for unit in taken] == [1]
        assert not ledger.lost(Utterance.objects.all(), now).exists()
        now += timedelta(seconds=61)

    assert [unit.seq for unit in ledger.lost(Utterance.objects.all(), now)] == [1]
    assert ledger.due(Utterance.objects.filter(seq=1), now).exists()
    assert _claim(now) == [2, 3]


@pytest.mark.usefixtures("units")
def test_a_unit_that_killed_the_program_at_each_start_is_lost() -> None:
    for _ in range(ledger.MAX_ATTEMPTS):
        ledger.claim(Utterance.objects.filter(seq=1), NOW, hold_s=60, limit=1)
        ledger.take_back(Utterance.objects.all())

    assert [unit.seq for unit in ledger.lost(Utterance.objects.all(), NOW)] == [1]


@pytest.mark.parametrize("attempts", [1, 3])
def test_give_back_leaves_alone_what_another_worker_finished_or_took_over(
    units: list[Utterance], attempts: int
) -> None:
    Utterance.objects.update(attempts=attempts - 1)
    [late] = ledger.claim(Utterance.objects.filter(seq=1), NOW, hold_s=60, limit=1)
    Utterance.objects.filter(seq=1).update(claimed_until=NOW + timedelta(seconds=200))

    assert ledger.give_back([late], NOW, reason="late") == []
    units[0].refresh_from_db()
    assert (units[0].state, units[0].reason) == (WorkState.RUNNING, "")

    Utterance.objects.filter(seq=1).update(state=WorkState.DONE, claimed_until=None)
    assert ledger.give_back([late], NOW, reason="late") == []
    units[0].refresh_from_db()
    assert (units[0].state, units[0].reason) == (WorkState.DONE, "")


def test_take_back_frees_what_a_dead_worker_held(units: list[Utterance]) -> None:
    ledger.claim(Utterance.objects.order_by("seq"), NOW, hold_s=3600, limit=2)
    assert _claim(NOW) == [3]

    assert ledger.take_back(Utterance.objects.all()) == 3
    assert _claim(NOW) == [1, 2, 3]
