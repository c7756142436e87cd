"""Lives whose connections go wrong in every way: what was delivered is stored once, what was not is told."""

from collections.abc import Iterator

import pytest

from tests.journeys.chaos import FAULTS, LEAST, Plan, examined, run
from vigie.ports import ChatSource, LiveProbe, MediaSource
from vigie.runtime import registry
from vigie.simulators.tiktok import TikTokServer
from vigie.watch.models import Gap

FAULT_EVERY_S = 1.0
PLAN = Plan(lives=3, seconds=FAULT_EVERY_S * len(FAULTS), stall_s=2.0, fault_every_s=FAULT_EVERY_S)


@pytest.fixture
def _platform() -> Iterator[None]:
    ports = (LiveProbe, ChatSource, MediaSource)
    before = {port: registry.current(port, "tiktok") for port in ports}
    yield
    for port, factory in before.items():
        registry.withdraw(port, "tiktok")
        if factory:
            registry.provide(port, factory, "tiktok")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_platform")
async def test_every_message_is_stored_once_and_every_interruption_is_a_gap() -> None:
    async with TikTokServer() as server:
        found = await run(server, PLAN)
        await Gap.objects.all().adelete()
        untold = await examined(server, {f"chaos{number}": {} for number in range(PLAN.lives)})

    assert (found.twice, found.lost, found.silent, found.ended) == ([], [], [], [])
    assert found.stored > 0
    assert found.gaps >= PLAN.lives
    assert found.is_well
    assert len(untold.silent) == untold.interruptions == found.interruptions >= LEAST * PLAN.lives
