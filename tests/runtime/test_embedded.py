"""What we rely on in Celery's worker and beat run in threads (not a documented deployment)."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event
from urllib.parse import urlsplit

import pytest
from django.db import transaction

from tests.postgres import server_named
from vigie.runtime import engine
from vigie.runtime.embedded import embedded_engine

DEADLINE_S = 30


GONE = """
import logging, threading
import django
django.setup()
from vigie.runtime.embedded import embedded_engine
missed = threading.Event()
logging.getLogger("celery.beat").addFilter(lambda record: missed.set() or False)
with embedded_engine():
    missed.wait()
"""
"""A program that ends its engine once beat has found that there is no broker."""

ON_A_BROKER = """
import threading
import django
django.setup()
from celery import signals
from vigie.runtime import engine
from vigie.runtime.embedded import embedded_engine
is_taken = threading.Event()
signals.worker_shutdown.connect(lambda **_: print(threading.current_thread().name), weak=False)
engine.app.task(name="tests.take")(is_taken.set)
with embedded_engine(sweeping=False):
    engine.send("tests.take")
    assert is_taken.wait(30)
"""
"""A program that says who ended its engine."""


@pytest.fixture
def done() -> Event:
    return Event()


def _task(name: str, work: Callable[[], None]) -> None:
    engine.app.task(name=name)(work)


@pytest.mark.django_db(transaction=True)
def test_embedded_engine_runs_a_task_woken_by_a_commit(done: Event) -> None:
    _task("tests.set", done.set)
    with embedded_engine(sweeping=False):
        with transaction.atomic():
            engine.wake("tests.set")
        assert done.wait(DEADLINE_S)


@pytest.mark.django_db(transaction=True)
def test_embedded_engine_forgets_what_was_rolled_back(done: Event) -> None:
    _task("tests.set_first", done.set)
    last = Event()
    _task("tests.set_last", last.set)
    with embedded_engine(sweeping=False):
        with transaction.atomic():
            engine.wake("tests.set_first")
            transaction.set_rollback(True)
        with transaction.atomic():
            engine.wake("tests.set_last")
        assert last.wait(DEADLINE_S)
    assert not done.is_set()


@pytest.mark.django_db(transaction=True)
def test_embedded_engine_sweeps_work_whose_message_was_lost(done: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    _task("tests.sweep_me", done.set)

    def is_due(now: datetime) -> bool:
        return not done.is_set()

    monkeypatch.setattr(engine, "_queues", [engine.WorkQueue(task="tests.sweep_me", is_due=is_due)])
    with embedded_engine():
        assert done.wait(DEADLINE_S)


@pytest.mark.django_db(transaction=True)
def test_embedded_engine_lets_tasks_under_way_end(done: Event) -> None:
    started = Event()

    def slow() -> None:
        started.set()
        time.sleep(0.5)
        done.set()

    _task("tests.slow", slow)
    with embedded_engine(sweeping=False):
        with transaction.atomic():
            engine.wake("tests.slow")
        assert started.wait(DEADLINE_S)
    assert done.is_set()


def test_embedded_engine_ends_while_the_broker_is_gone() -> None:
    variables = {"DJANGO_SETTINGS_MODULE": "vigie.site.settings", "REDIS_URL": "redis://127.0.0.1:1/0"}

    ended = subprocess.run(
        [sys.executable, "-c", GONE], env=os.environ | variables, timeout=2 * DEADLINE_S, check=False
    )

    assert ended.returncode == 0


@pytest.mark.redis
def test_embedded_engine_leaves_its_broker_itself() -> None:
    """Whoever else closed the connection would do so while it is read."""
    broker = urlsplit(server_named("VIGIE_TEST_REDIS"))._replace(path="/6").geturl()
    variables = {"DJANGO_SETTINGS_MODULE": "vigie.site.settings", "REDIS_URL": broker}

    ended = subprocess.run(
        [sys.executable, "-c", ON_A_BROKER],
        env=os.environ | variables,
        timeout=2 * DEADLINE_S,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.stdout, ended.stderr, ended.returncode) == ("engine\n", "", 0)
