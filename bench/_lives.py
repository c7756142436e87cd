"""A simulated TikTok in a process of its own, which knows nothing of what is measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

from vigie.simulators.tiktok.accounts import Account
from vigie.simulators.tiktok.server import TikTokServer

FIRST_ROOM = 7_500_000_000_000_000_000
"""The number of the first live's room; the others count on from it."""
SPAWN = get_context("spawn")
STOP_S = 15.0


@contextmanager
def simulated(rooms: int) -> Iterator[Connection]:
    """Yield the pipe to a process that plays TikTok with so many lives; its address comes first."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=serve, args=(theirs, rooms))
    process.start()
    try:
        yield ours
    finally:
        ours.send(None)
        process.join(STOP_S)
        process.kill()


def serve(pipe: Connection, rooms: int) -> None:
    """Play TikTok: for (word, rooms, comments), that word is said so often in each of the first rooms."""
    with TikTokServer() as server:
        for room in range(rooms):
            server.add(Account(f"live{room}", room_id=FIRST_ROOM + room))
        pipe.send(server.url())
        while (order := pipe.recv()) is not None:
            word, spoken_in, comments = order
            for _ in range(comments):
                for room in range(spoken_in):
                    server.say(f"live{room}", word)
