"""The network between an adapter and a simulator: it carries everything, until it falls silent or breaks."""

import asyncio
import socket
import struct
from types import TracebackType
from typing import Self

PIECE_BYTES = 64 * 1024
WITH_RST = struct.pack("ii", 1, 0)
"""SO_LINGER: close at once, with a RST."""


class Line:
    """`async with Line(address) as line`: what is asked of `line.url` is asked of `address`."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._there = address
        self._ends = set[asyncio.StreamWriter]()
        self._carrying = set[asyncio.Task[None]]()
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._is_cut = False
        self.was_asked = asyncio.Event()
        """Something came from the adapter."""

    @property
    def url(self) -> str:
        """What the adapter is told to connect to, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def hush(self) -> None:
        """Take everything from the adapter, and bring nothing to it from now on."""
        self._speaks.clear()

    def cut(self) -> None:
        """Reset what is connected, and whoever connects."""
        self._is_cut = True
        for end in self._ends:
            _reset(end)

    async def left(self) -> None:
        """Return once nobody is connected."""
        while self._carrying:
            await asyncio.wait(self._carrying)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._carrying:
            task.cancel()
        await self.left()

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)
        task.add_done_callback(lambda _: writer.close())

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            _reset(writer)
            return
        their_reader, their_writer = await asyncio.open_connection(*self._there)
        ways = {
            asyncio.create_task(self._ask(reader, their_writer)),
            asyncio.create_task(self._answer(their_reader, writer)),
        }
        self._ends |= {writer, their_writer}
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if any(way.exception() for way in done):
                _reset(writer)
        finally:
            self._ends -= {writer, their_writer}
            their_writer.close()
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE_BYTES):
            self.was_asked.set()
            writer.write(data)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE_BYTES):
            await self._speaks.wait()
            writer.write(data)
            await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, WITH_RST)
    writer.transport.abort()
