"""Acts of several people or machines at the same moment, each on a connection of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def meanwhile(table: str, act: Callable[[], object]) -> Iterator[None]:
    """Let somebody else act once in the block, between its first statement about a table and the next one."""
    left = [lambda: None, act]

    def execute_all(execute: Callable[..., object], sql: str, *args: object) -> object:
        if left and f'"{table}"' in sql:
            left.pop(0)()
        return execute(sql, *args)

    with connection.execute_wrapper(execute_all):
        yield
    assert not left
