import asyncio
import threading

import pytest

from vigie.adapters.web.threads import beside

DEADLINE_S = 10


async def test_what_is_returned_or_raised_arrives() -> None:
    assert await beside(lambda: 7, name="worker") == 7
    with pytest.raises(ZeroDivisionError):
        await beside(lambda: 1 // 0, name="worker")


async def test_a_call_that_hangs_holds_up_nobody() -> None:
    held = threading.Event()
    waiting = asyncio.ensure_future(beside(held.wait, name="hanging"))
    thread = next(thread for thread in threading.enumerate() if thread.name == "hanging")

    waiting.cancel()
    await asyncio.wait([waiting])

    assert thread.daemon
    held.set()
    await asyncio.to_thread(thread.join, DEADLINE_S)
    assert not thread.is_alive()
