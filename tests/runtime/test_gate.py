"""One gate for all: a budget a key, an account of what was asked, a breaker that everyone respects."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async

from vigie.ports import NotLive, PortError
from vigie.runtime import breaker, clock, gate
from vigie.runtime.gate import SharedGate
from vigie.runtime.limits import Budget
from vigie.runtime.models import Traffic

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SLOW = Budget(capacity=2.0, per_s=0.01)


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes, however busy the machine is."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@sync_to_async
def counted() -> list[tuple[str, int, int]]:
    return list(Traffic.objects.order_by("key").values_list("key", "requests", "failures"))


@pytest.mark.usefixtures("standing_clock")
async def test_enter_keeps_to_the_budget_of_the_key() -> None:
    shared = SharedGate({"tiktok": SLOW})
    await shared.enter("tiktok.sign", cost=2.0)

    with pytest.raises(PortError) as caught:
        await shared.enter("tiktok.sign")

    assert caught.value.retryable
    assert caught.value.retry_after_s == 100.0
    await shared.enter("tiktok.room")


async def test_enter_takes_the_budget_of_the_longest_prefix() -> None:
    shared = SharedGate({"twitch": SLOW, "twitch.user.": Budget(100.0, 100.0)})

    for _ in range(20):
        await shared.enter("twitch.user.7")


async def test_enter_waits_for_its_turn_when_that_is_soon() -> None:
    shared = SharedGate({"twitch": Budget(capacity=1.0, per_s=50.0)})

    for _ in range(5):
        await shared.enter("twitch")


@pytest.mark.usefixtures("standing_clock")
async def test_what_the_vendor_asks_for_holds_for_everyone() -> None:
    asking = SharedGate({"tiktok": Budget(100.0, 100.0)})
    await asking.leave("tiktok", PortError("too many", retryable=True, retry_after_s=120.0))

    with pytest.raises(PortError) as caught:
        await SharedGate({"tiktok": Budget(100.0, 100.0)}).enter("tiktok")

    assert caught.value.retry_after_s == 120.0


@pytest.mark.usefixtures("standing_clock")
async def test_what_was_under_way_when_the_breaker_opened_is_one_trouble() -> None:
    shared = SharedGate({"tiktok": Budget(100.0, 100.0)})
    for _ in range(10 * gate.PATIENCE.failures):
        await shared.leave("tiktok", PortError("time-out", retryable=True))
    wait_s = await sync_to_async(breaker.wait_s)("tiktok", clock.now())
    await shared.leave("tiktok", PortError("too many", retryable=True, retry_after_s=600.0))
    with pytest.raises(PortError) as asked:
        await shared.enter("tiktok")

    assert wait_s == gate.PATIENCE.pause_s
    assert asked.value.retry_after_s == 600.0


async def test_trouble_in_a_row_opens_the_breaker_and_an_answer_closes_it() -> None:
    shared = SharedGate({"tiktok": Budget(100.0, 100.0)})
    for _ in range(gate.PATIENCE.failures - 1):
        await shared.leave("tiktok", PortError("time-out", retryable=True))
    await shared.leave("tiktok", None)
    await shared.leave("tiktok", PortError("time-out", retryable=True))

    await shared.enter("tiktok")


@pytest.mark.parametrize("trouble", [NotLive("offline", retryable=True), PortError("no such account", permanent=True)])
async def test_a_clear_answer_is_not_held_against_the_vendor(trouble: PortError) -> None:
    shared = SharedGate({"tiktok": Budget(100.0, 100.0)})
    for _ in range(gate.PATIENCE.failures):
        await shared.leave("tiktok", trouble)

    await shared.enter("tiktok")


async def test_leave_counts_requests_and_failures_an_hour() -> None:
    shared = SharedGate({})
    await shared.leave("tiktok", None)
    await shared.leave("tiktok", PortError("time-out", retryable=True))
    await shared.leave("twitch", None)

    assert await counted() == [("tiktok", 2, 1), ("twitch", 1, 0)]


def test_a_key_without_a_budget_may_spend_a_little() -> None:
    shared = SharedGate({"twitch": SLOW, "twitch.user.": Budget(9.0, 3.0), "": Budget(1.0, 1.0)})

    assert shared.budget_of("twitch.user.7") == Budget(9.0, 3.0)
    assert shared.budget_of("twitch") == shared.budget_of("twitch.other") == SLOW
    assert shared.budget_of("tiktok") == Budget(1.0, 1.0)
    assert SharedGate({"twitch": SLOW}).budget_of("tiktok") == gate.UNKNOWN


@pytest.mark.usefixtures("standing_clock")
async def test_who_is_refused_has_spent_nothing() -> None:
    shared = SharedGate({"tiktok": Budget(capacity=2.0, per_s=0.01)})
    await shared.enter("tiktok")

    with pytest.raises(PortError, match=r"tiktok: no request before 100 s\."):
        await shared.enter("tiktok", cost=2.0)

    await shared.enter("tiktok")


async def test_each_hour_is_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = SharedGate({})
    for minutes in (0, 59, 60):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: NOON + timedelta(minutes=minutes))
        await shared.leave("tiktok", None)

    hours = await sync_to_async(lambda: list(Traffic.objects.order_by("hour").values_list("hour", "requests")))()
    assert hours == [(NOON, 2), (NOON + timedelta(hours=1), 1)]


async def test_what_is_no_use_asking_again_is_a_failure_and_no_trouble_of_the_vendor() -> None:
    shared = SharedGate({})
    for _ in range(gate.PATIENCE.failures - 1):
        await shared.leave("tiktok", PortError("time-out", retryable=True))

    await shared.leave("tiktok", PortError("no such account", permanent=True))  # the vendor answers: all is well
    await shared.leave("tiktok", PortError("time-out", retryable=True))

    assert await sync_to_async(breaker.wait_s)("tiktok", clock.now()) == 0.0
    assert await counted() == [("tiktok", gate.PATIENCE.failures + 1, gate.PATIENCE.failures + 1)]
