"""The engine: Celery, embedded (`memory://`) or on a broker. It only wakes; the rows are the truth (`runtime.ledger`).

A *queue of work* is a table of work units and the task that takes from it. Whoever commits a unit calls `wake`; a sweep
wakes every queue that has units due, so that a lost message, a crash or a restart only costs seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from celery import Celery, shared_task
from django.conf import settings
from django.db import transaction

from vigie.runtime import clock

log = structlog.get_logger(__name__)

SWEEP_EVERY_S = 5.0

app = Celery("vigie", set_as_current=True)


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """A table of work units, seen by the engine."""

    task: str
    """Name of the Celery task that takes due units until none is left."""
    is_due: Callable[[datetime], bool]
    """Whether a unit waits, or was left by a worker that died."""


_queues: list[WorkQueue] = []


def configure() -> None:
    """Read the broker from the Django settings."""
    app.conf.update(
        broker_url=settings.CELERY_BROKER_URL,
        broker_transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        beat_schedule={"sweep": {"task": "runtime.sweep", "schedule": SWEEP_EVERY_S}},
    )


def register(queue: WorkQueue) -> None:
    """Let the sweep look after a queue of work."""
    if queue not in _queues:
        _queues.append(queue)


def wake(task: str) -> None:
    """Ask for `task` to run soon, once the current transaction has committed. Losing the message is harmless."""
    transaction.on_commit(lambda: app.send_task(task), robust=True)


@shared_task(name="runtime.sweep")
def sweep() -> None:
    """Wake every queue that has work due."""
    now = clock.now()
    for queue in _queues:
        if queue.is_due(now):
            app.send_task(queue.task)
