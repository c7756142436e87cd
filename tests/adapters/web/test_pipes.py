import asyncio
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.web.pipes import OUTLET_ITEMS, PIPE_BYTES, Closed, Outlet, Pipe
from vigie.events import MediaEnded

DEADLINE_S = 5


def drained(pipe: Pipe, size: int) -> bytes:
    body = b""
    while data := pipe.read(size):
        assert len(data) <= size
        body += data
    return body


@given(chunks=st.lists(st.binary(max_size=50), max_size=30), size=st.integers(1, 60))
def test_what_is_written_is_read(chunks: list[bytes], size: int) -> None:
    async def write() -> bytes:
        pipe = Pipe()
        for chunk in chunks:
            await pipe.write(chunk)
        pipe.end()
        return drained(pipe, size)

    assert asyncio.run(write()) == b"".join(chunks)


async def test_a_reader_waits_for_data() -> None:
    pipe = Pipe()
    reading = asyncio.create_task(asyncio.to_thread(pipe.read, 100))
    await pipe.write(b"late")

    async with asyncio.timeout(DEADLINE_S):
        assert await reading == b"late"


async def test_a_writer_waits_while_the_reader_has_enough() -> None:
    pipe = Pipe()
    await pipe.write(bytes(PIPE_BYTES))
    writing = asyncio.create_task(pipe.write(b"more"))
    await asyncio.sleep(0)
    assert not writing.done()

    await asyncio.to_thread(pipe.read, PIPE_BYTES)

    async with asyncio.timeout(DEADLINE_S):
        await writing


async def test_an_abandoned_pipe_ends_both_sides_at_once() -> None:
    pipe = Pipe()
    await pipe.write(bytes(PIPE_BYTES))
    writing = asyncio.create_task(pipe.write(b"more"))
    await asyncio.sleep(0)

    pipe.abandon()

    with pytest.raises(Closed):
        await writing
    assert pipe.read(10) == b""


async def test_nothing_is_not_the_end() -> None:
    pipe = Pipe()
    await pipe.write(b"")
    await pipe.write(b"some")

    assert pipe.read(10) == b"some"


async def test_an_outlet_hands_items_over_in_order_and_bounds_them() -> None:
    outlet = Outlet()

    def put() -> None:
        for _ in range(3 * OUTLET_ITEMS):
            outlet.put_from_thread(MediaEnded())

    thread = Thread(target=put)
    thread.start()

    async with asyncio.timeout(DEADLINE_S):
        items = [await outlet.get() for _ in range(3 * OUTLET_ITEMS)]
        await asyncio.to_thread(thread.join)

    assert items == [MediaEnded()] * 3 * OUTLET_ITEMS


async def test_a_closed_outlet_releases_those_who_wait_and_takes_nothing_more() -> None:
    outlet = Outlet()
    waiting = [asyncio.create_task(outlet.put(MediaEnded())) for _ in range(OUTLET_ITEMS + 2)]
    await asyncio.sleep(0)

    outlet.close()

    async with asyncio.timeout(DEADLINE_S):
        await asyncio.wait(waiting)
    with pytest.raises(Closed):
        await outlet.put(MediaEnded())
    with pytest.raises(Closed):
        await asyncio.to_thread(outlet.put_from_thread, MediaEnded())
