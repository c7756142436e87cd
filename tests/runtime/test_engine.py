"""The engine's sweep: it wakes the queues that have work due, and no other."""

from datetime import datetime

import pytest

from vigie.runtime import engine
from vigie.runtime.engine import WorkQueue


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(engine, "_queues", [])
    monkeypatch.setattr(engine.app, "send_task", names.append)
    return names


def test_sweep_wakes_the_queues_that_have_work_due(sent: list[str]) -> None:
    def is_due(now: datetime) -> bool:
        return now.tzinfo is not None

    engine.register(WorkQueue("speech.transcribe_ready", is_due))
    engine.register(WorkQueue("risk.assess_pending", lambda now: False))

    engine.sweep()

    assert sent == ["speech.transcribe_ready"]


def test_register_takes_a_queue_once(sent: list[str]) -> None:
    queue = WorkQueue("speech.transcribe_ready", lambda now: True)
    engine.register(queue)
    engine.register(queue)

    engine.sweep()

    assert sent == ["speech.transcribe_ready"]
