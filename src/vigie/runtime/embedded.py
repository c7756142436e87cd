"""The engine inside this process: a Celery worker and beat in threads, on `memory://`.

Running the worker off the main thread is what Celery's own testing tools do; it is not a documented deployment, so the
version is pinned and tests/runtime/test_embedded.py holds what we rely on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from django.db import connections

from vigie.runtime.engine import app

THREADS = 4
STOP_S = 5.0


@contextmanager
def embedded_engine(*, sweeping: bool = True) -> Iterator[None]:
    """Run tasks in this process for as long as the block lasts; then let those under way end, 5 s at most."""
    worker = app.WorkController(
        app=app,
        pool="threads",
        concurrency=THREADS,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel="ERROR",
    )
    thread = Thread(target=worker.start, name="engine", daemon=True)
    thread.start()
    beat: Any = EmbeddedService(app, thread=True, max_interval=1, scheduler_cls=Scheduler) if sweeping else None
    if beat:
        beat.start()
    try:
        yield
    finally:
        if beat:
            beat.service.stop()  # `beat.stop` would wait for as long as the broker is gone
        worker.stop()
        thread.join(STOP_S)
        connections.close_all()
