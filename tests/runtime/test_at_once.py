"""What happens when several machines want the same at the same moment. On PostgreSQL too: test_postgres.py."""

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.db import connection

from tests.at_once import at_once
from tests.factories import make_live, make_utterance
from vigie.ports import Fence
from vigie.runtime import leases, ledger, limits
from vigie.runtime.limits import Budget
from vigie.runtime.models import Bucket, WorkState
from vigie.speech.models import Utterance

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DEADLINE_S = 20


def test_a_resource_is_given_to_one_of_those_who_claim_it() -> None:
    names = [f"live:{n}" for n in range(20)]
    leases.claim(names, "nobody", NOW, ttl_s=15, limit=0)
    obtained: list[str] = []

    def claim(owner: str) -> None:
        for _ in range(10):
            obtained.extend(leases.claim(names, owner, NOW, ttl_s=15, limit=2))

    at_once(*(lambda owner=owner: claim(owner) for owner in "abcd"))

    assert sorted(obtained) == sorted(names)


def test_a_unit_of_work_is_claimed_by_one_worker() -> None:
    live = make_live()
    for _ in range(12):
        make_utterance(live, state=WorkState.PENDING)
    taken: list[int] = []

    def work() -> None:
        for _ in range(10):
            taken.extend(unit.pk for unit in ledger.claim(Utterance.objects.order_by("pk"), NOW, hold_s=60, limit=2))

    at_once(work, work, work)

    assert sorted(taken) == sorted(Utterance.objects.values_list("pk", flat=True))


def test_a_budget_is_never_overspent() -> None:
    spent: list[float] = []

    def spend() -> None:
        spent.extend(limits.take("host", Budget(capacity=10, per_s=1), NOW) for _ in range(5))

    at_once(spend, spend, spend, spend)

    assert spent.count(0.0) == 10


def test_nobody_is_given_a_resource_while_its_owner_writes() -> None:
    held = Fence("live:1", leases.claim(["live:1"], "a", NOW, ttl_s=15, limit=1)["live:1"])
    later = NOW + timedelta(minutes=1)
    writing, asked, obtained = Event(), Event(), list[dict[str, int]]()

    def write() -> None:
        with leases.holding(held):
            writing.set()
            if connection.vendor == "postgresql":  # SQLite lets the claimant wait until the commit instead
                asked.wait(DEADLINE_S)
            Bucket.objects.create(key="written", tokens=1, refilled_at=NOW)

    def claim() -> None:
        writing.wait(DEADLINE_S)
        obtained.append(leases.claim(["live:1"], "b", later, ttl_s=15, limit=1))
        asked.set()

    at_once(write, claim)

    assert Bucket.objects.filter(key="written").exists()
    assert obtained == [{} if connection.vendor == "postgresql" else {"live:1": 2}]
    assert leases.claim(["live:1"], "c", later + timedelta(minutes=1), ttl_s=15, limit=1)["live:1"] > held.token
