"""Pulling SRT with the program ffmpeg: the FFmpeg in PyAV's wheels is built without SRT (18.1, seen 2026-11)."""

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from vigie.adapters.web.decode import Decoding, Stretch, none_yet
from vigie.adapters.web.fetch import shown
from vigie.adapters.web.pipes import Closed, Outlet
from vigie.ports import PortError

PROGRAM = "ffmpeg"
READ_S = 10.0
CALLED_WITHIN_S = 9.0
"""Where the address says that others call: the program ends by itself, should this process be killed while it waits."""
READ_BYTES = 64 * 1024
NO_PICTURES = ("-vn",)


async def pull(url: str, outlet: Outlet, *, with_packets: bool = False) -> None:
    """Put the sound of an SRT address into `outlet`, and its packets. Always raises PortError: only trouble ends it."""
    name = shown(url)
    async with _received(url, () if with_packets else NO_PICTURES) as received:
        first = await _read(received, name)
        if not first:
            raise PortError(f"{name}: cannot be reached.", retryable=True)
        stretch = Stretch("srt", name, is_live=True, shift_s=0.0, encodings=none_yet(with_packets=with_packets))
        async with Decoding(outlet, stretch) as decoding:
            with suppress(Closed):
                await decoding.write(first)
                while data := await _read(received, name):
                    await decoding.write(data)
    raise PortError(f"{name}: the stream was closed.", retryable=True)


@asynccontextmanager
async def _received(url: str, but: tuple[str, ...]) -> AsyncIterator[asyncio.StreamReader]:
    """Yield what comes from an address, as MPEG-TS, without what `but` says; the program ends with the block."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise PortError(f"{shown(url)}: SRT needs the program ffmpeg, which is not on this machine.", permanent=True)
    wait_us = str(round(CALLED_WITHIN_S * 1e6))
    source = ("-protocol_whitelist", "srt", "-listen_timeout", wait_us, "-i", url)
    process = await asyncio.create_subprocess_exec(
        *(program, "-nostdin", "-loglevel", "quiet", *source, *but, "-c", "copy", "-f", "mpegts", "pipe:1"),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    assert process.stdout  # noqa: S101 -- asked for above
    try:
        yield process.stdout
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()  # `wait` would do so for ever while its pipe is full


async def _read(received: asyncio.StreamReader, name: str) -> bytes:
    """Return what came, nothing at the end. Raises PortError when nothing comes for a while."""
    try:
        async with asyncio.timeout(READ_S):
            return await received.read(READ_BYTES)
    except TimeoutError as error:
        raise PortError(f"{name}: no data for {READ_S:.0f} s.", retryable=True) from error
