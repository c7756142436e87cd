"""The engine: Celery, embedded (`memory://`) or on a broker. It only wakes; the rows are the truth (`runtime.ledger`).

A *queue of work* is a table of work units and the task that takes from it. Whoever commits a unit calls `wake`; a sweep
wakes every queue that has units due, so that a lost message, a crash or a restart only costs seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock, Timer
from time import monotonic

import redis
import structlog
from celery import Celery, shared_task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from vigie.errors import VigieError
from vigie.runtime import clock

log = structlog.get_logger(__name__)

SWEEP_EVERY_S = 5.0
GATHER_S = 0.25
"""How long a task rests after a message. Each costs 3 ms of a processor where it is received (2026-11), and forty lives
wake the recognizer ten times a second."""

REACH_S = 5.0

app = Celery("vigie", set_as_current=True)


class NoBroker(VigieError):
    """The broker does not answer."""


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


def reach_broker() -> None:
    """Raise NoBroker unless the broker answers within 5 s; `memory://` always does."""
    if settings.CELERY_BROKER_URL == "memory://":
        return
    with redis.from_url(
        settings.CELERY_BROKER_URL, socket_connect_timeout=REACH_S, socket_timeout=REACH_S, retry=None
    ) as broker:
        try:
            broker.ping()
        except redis.RedisError as error:
            raise NoBroker(f"Redis cannot be used: {error}") from error


def register(queue: WorkQueue) -> None:
    """Let the sweep look after a queue of work."""
    if queue not in _queues:
        _queues.append(queue)


def send(task: str) -> None:
    """Ask for `task` now. Losing the message is harmless: where the broker does not answer, the sweep comes back."""
    try:
        app.send_task(task)
    except OperationalError as error:
        log.warning("broker_is_silent", task=task, error=str(error))


def after(delay_s: float, call: Callable[[], None]) -> None:
    """Call in a thread of its own, unless the program ends before."""
    timer = Timer(delay_s, call)
    timer.daemon = True
    timer.start()


class Messenger:
    """Makes messages of wakes: the first at once, those within GATHER_S of it together, as one. For any thread.

    Each wake is followed by a message, GATHER_S later at most.
    """

    def __init__(
        self, send: Callable[[str], None] = send, after: Callable[[float, Callable[[], None]], None] = after
    ) -> None:
        self._send = send
        self._after = after
        self._lock = Lock()
        self._rests_until_s: dict[str, float] = {}
        self._gathering: set[str] = set()

    def tell(self, task: str, now_s: float) -> None:
        """Pass on a wake at `now_s`, on a clock that nobody sets."""
        with self._lock:
            if task in self._gathering:
                return
            free_s = max(now_s, self._rests_until_s.get(task, now_s))
            self._rests_until_s[task] = free_s + GATHER_S
            if free_s > now_s:
                self._gathering.add(task)
        if free_s > now_s:
            self._after(free_s - now_s, partial(self._tell_gathered, task))
        else:
            self._send(task)

    def _tell_gathered(self, task: str) -> None:
        with self._lock:
            self._gathering.remove(task)
        self._send(task)


_messenger = Messenger()


def wake(task: str) -> None:
    """Ask for `task` to run soon, once the current transaction has committed."""
    transaction.on_commit(lambda: _messenger.tell(task, monotonic()), robust=True)


@shared_task(name="runtime.sweep")
def sweep() -> None:
    """Wake every queue that has work due."""
    now = clock.now()
    for queue in _queues:
        if queue.is_due(now):
            send(queue.task)
