"""The engine inside this process: a Celery worker and beat in threads, on `memory://`.

Running the worker off the main thread is what Celery's own testing tools do; it is not a documented deployment, so the
version is pinned and tests/runtime/test_embedded.py holds what we rely on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from os import EX_OK
from threading import Thread
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from celery.worker import state
from django.db import connections

from vigie.runtime.engine import app

THREADS = 4
STOP_S = 5.0
LOOK_S = 0.25
"""How often a worker that waits for a broker looks whether it is to end."""


@contextmanager
def embedded_engine(*, sweeping: bool = True) -> Iterator[None]:
    """Run tasks in this process for as long as the block lasts; then let those under way end, 5 s at most."""
    worker: Any = app.WorkController(
        app=app,
        pool="threads",
        concurrency=THREADS,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel="ERROR",
    )
    has_broker = worker.should_use_eventloop()
    if has_broker:
        worker.timer.call_repeatedly(LOOK_S, lambda: None)
    state.should_stop = None
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
        if has_broker:  # its thread ends itself: nobody else closes the socket that it reads
            state.should_stop = EX_OK  # type: ignore[assignment]
        else:
            worker.stop()
        thread.join(STOP_S)
        connections.close_all()
