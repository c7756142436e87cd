"""Chats: what it costs to store messages of many lives, and to show them to who looks; beside a row a message.

The peer does what is usual: it looks the chatter up, creates one row in a transaction of its own, and sends one frame.
Each way has a process and an empty SQLite of its own. A third of the messages is from people not seen before.

`stored_per_core_s`: messages a second of processor, nobody looking. `pushed_per_core_s`: the same with somebody looking
at one live in five.
"""

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from bench import Result

PEER = "a row and a frame a message"
LIVES = 50


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Store the same chats in both ways, unseen and looked at."""
    ours, theirs = (10_000, 1_000) if quick else (100_000, 5_000)
    for metric, is_looked_at in (("stored_per_core_s", False), ("pushed_per_core_s", True)):
        value = apart("in_batches", ours, is_looked_at=is_looked_at)
        peer = apart("one_by_one", theirs, is_looked_at=is_looked_at)
        details = {"messages": ours, "peer_messages": theirs, "lives": LIVES}
        yield Result(metric, value, "messages/s", PEER, peer, details)


def apart(way: str, messages: int, *, is_looked_at: bool) -> float:
    """Return how many messages a second of processor is enough for, on a data folder and in a process of their own."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, way, folder, messages, is_looked_at=is_looked_at).result()


def measure(way: str, folder: str, messages: int, *, is_looked_at: bool) -> float:
    """Store messages in one of the ways of `bench._chats`, which can only be loaded once there are settings."""
    os.environ |= {"VIGIE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "vigie.site.settings"}
    import django  # noqa: PLC0415 -- after the settings, in its own process

    django.setup()
    rate: float = import_module("bench._chats").measure(way, messages, LIVES, is_looked_at=is_looked_at)
    return rate
