"""Acts of several people or machines at the same moment, each on a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

DEADLINE_S = 60


def at_once(*acts: Callable[[], object], refusals: tuple[type[Exception], ...] = ()) -> list[str]:
    """Run acts in threads that start together; return how each ended, sorted: a refusal's name, or `done`."""
    ends: list[str] = []
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        start.wait(DEADLINE_S)
        try:
            act()
            ends.append("done")
        except refusals as refusal:
            ends.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE_S)
    assert len(ends) == len(acts)
    return sorted(ends)
