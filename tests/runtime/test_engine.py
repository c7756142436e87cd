"""What the engine is told: the sweep wakes queues that have work due and no other; wakes in a row are one message."""

import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from threading import Event

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from tests.postgres import server_named
from vigie.runtime import engine
from vigie.runtime.engine import GATHER_S, Messenger, NoBroker, WorkQueue

DEADLINE_S = 30


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


class Later:
    """What is to be done later, done when a test says so."""

    def __init__(self) -> None:
        self.delays_s: list[float] = []
        self._calls: list[Callable[[], None]] = []

    def __call__(self, delay_s: float, call: Callable[[], None]) -> None:
        self.delays_s.append(delay_s)
        self._calls.append(call)

    def come(self) -> None:
        self._calls.pop(0)()


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def messenger(messages: list[str], later: Later) -> Messenger:
    return Messenger(messages.append, later)


def test_messenger_makes_one_message_of_wakes_in_a_row(messenger: Messenger, messages: list[str], later: Later) -> None:
    messenger.tell("hear", 100.0)
    assert messages == ["hear"]

    messenger.tell("hear", 100.125)
    messenger.tell("hear", 100.1875)
    assert (messages, later.delays_s) == (["hear"], [GATHER_S - 0.125])

    later.come()
    assert messages == ["hear", "hear"]


def test_messenger_leaves_no_wake_without_a_message_after_it(
    messenger: Messenger, messages: list[str], later: Later
) -> None:
    messenger.tell("hear", 100.0)
    messenger.tell("hear", 100.0)
    later.come()

    messenger.tell("hear", 100.0 + GATHER_S)  # the second message has gone out, and may have been acted upon

    assert later.delays_s == [GATHER_S, GATHER_S]
    later.come()
    assert messages == ["hear"] * 3


def test_messenger_tells_at_once_what_comes_after_a_rest(
    messenger: Messenger, messages: list[str], later: Later
) -> None:
    for now_s in (100.0, 100.0 + GATHER_S, 200.0):
        messenger.tell("hear", now_s)

    assert (messages, later.delays_s) == (["hear"] * 3, [])


def test_messenger_lets_no_task_wait_for_another(messenger: Messenger, messages: list[str], later: Later) -> None:
    messenger.tell("hear", 100.0)
    messenger.tell("judge", 100.0)

    assert (messages, later.delays_s) == (["hear", "judge"], [])


def test_messenger_sends_what_it_gathered_from_a_thread_of_its_own() -> None:
    second = Event()
    messages: list[str] = []

    def send(task: str) -> None:
        messages.append(task)
        if len(messages) > 1:
            second.set()

    messenger = Messenger(send)
    messenger.tell("hear", 100.0)
    messenger.tell("hear", 100.0)

    assert second.wait(DEADLINE_S)
    assert messages == ["hear", "hear"]


@pytest.mark.django_db(transaction=True)
def test_wake_tells_after_the_commit_and_not_after_a_rollback(
    messages: list[str], later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_messenger", Messenger(messages.append, later))

    with transaction.atomic():
        engine.wake("rolled back")
        transaction.set_rollback(True)
    with transaction.atomic():
        engine.wake("hear")
        assert messages == []

    assert messages == ["hear"]


def test_a_broker_that_does_not_answer_is_left_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(task: str) -> None:
        asked.append(task)
        raise OperationalError("connection refused")

    monkeypatch.setattr(engine.app, "send_task", refuse)
    engine.send("hear")

    assert asked == ["hear"]


# ── the broker ──


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of a server that takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.mark.parametrize("address", ["memory://", pytest.param("VIGIE_TEST_REDIS", marks=pytest.mark.redis)])
def test_a_broker_that_answers_is_reached(settings: Settings, address: str) -> None:
    settings.CELERY_BROKER_URL = server_named(address) if address.isupper() else address

    engine.reach_broker()


def test_a_broker_that_nobody_runs_is_told_in_a_line(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://:hunter2@127.0.0.1:1/0"

    with pytest.raises(NoBroker, match=r"^Redis cannot be used: .*127\.0\.0\.1:1") as told:
        engine.reach_broker()

    assert "hunter2" not in str(told.value)


def test_a_broker_that_says_nothing_is_waited_for_a_while(
    settings: Settings, mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "REACH_S", 0.05)
    settings.CELERY_BROKER_URL = mute

    with pytest.raises(NoBroker, match="Redis cannot be used: "):
        engine.reach_broker()
