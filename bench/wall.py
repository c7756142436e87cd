"""The wall: what 50 tiles cost the server, and the network, while 100 people look, beside asking for all tiles again.

A server in a process of its own (`bench._wall`) does what `vigie up` does; in its lives things happen at a stated rate.
Ours: 100 sockets get what changes. The peer: the tiles are asked for every 2 s, as `hx-trigger="every 2s"` of htmx
does, compressed like every answer; 10 people do, so that the machine keeps up, and what a hundred need is ten times
that.

`cpu_s_per_s`: seconds of a core a second, beyond what the events cost where nobody looks. `bytes_per_viewer_s`: what
arrives at one viewer, as it goes over the wire: compressed, frames and headers included (Linux).
"""

import asyncio
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect

from bench import Result

LIVES, VIEWERS, POLLERS = 50, 100, 10
A_SAMPLE, A_SENTENCE = 2, 3
"""Items that each of them is pushed as: fewer than wanted came where the machine did not keep up."""
EVERY_S = 2.0
"""How often the peer asks."""
SETTLE_S = 1.0
PATIENCE_S = 60.0
RECEIVED_AT = 128
"""Where `struct tcp_info` of Linux has the bytes received (`tcpi_bytes_received`, 64 bits)."""
SERVER = "import django; django.setup(); from bench import _wall; _wall.main()"
PEER = "all tiles asked for every 2 s (htmx polling)"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the pages are, and how to come in."""

    pid: int
    port: int
    workspace_id: int
    session: str

    @property
    def cookie(self) -> dict[str, str]:
        """The header of somebody who signed in."""
        return {"Cookie": f"sessionid={self.session}"}

    def cpu_s(self) -> float:
        """Return the processor time it has taken so far, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Received:
    """What viewers were sent."""

    size_bytes: int = 0
    answers: int = 0
    """Frames or pages."""
    items: int = 0
    """Parts that were replaced or added."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What some seconds took."""

    seconds: float
    cpu_s: float
    received: Received

    @property
    def cpu_s_per_s(self) -> float:
        """Seconds of a core a second."""
        return self.cpu_s / self.seconds


Viewers = Callable[[Server], AbstractAsyncContextManager[Callable[[], Received]]]
"""Viewers that look while the block runs; what they were sent so far can be asked for."""


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Measure nobody, then ours, then the peer, on the same server."""
    seconds = 6.0 if quick else 30.0
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), LIVES) as server:
        alone, ours, theirs = (asyncio.run(measured(server, who, seconds)) for who in (nobody, sockets, pollers))
    yield from compared(alone, ours, theirs)


def compared(alone: Cost, ours: Cost, theirs: Cost) -> Iterator[Result]:
    """Return the figures of ours beside the peer's, whose viewers are taken to be as many as ours."""
    rates = {
        "tiles": LIVES,
        "viewers": VIEWERS,
        "samples_per_s": LIVES / 2,
        "sentences_per_s": LIVES / 5,
        "events_alone_cpu_s_per_s": round(alone.cpu_s_per_s, 3),
    }
    page_cpu_s = (theirs.cpu_s - alone.cpu_s_per_s * theirs.seconds) / theirs.received.answers
    yield Result(
        "cpu_s_per_s",
        ours.cpu_s_per_s - alone.cpu_s_per_s,
        "s/s",
        PEER,
        page_cpu_s * VIEWERS / EVERY_S,
        rates | {"page_cpu_ms": round(1000 * page_cpu_s, 1), "pages": theirs.received.answers},
    )
    items = {
        "items_per_viewer_s": round(ours.received.items / VIEWERS / ours.seconds, 1),
        "items_wanted_per_viewer_s": LIVES / 2 * A_SAMPLE + LIVES / 5 * A_SENTENCE,
        "frames_per_s": round(ours.received.answers / ours.seconds),
    }
    yield Result(
        "bytes_per_viewer_s",
        ours.received.size_bytes / VIEWERS / ours.seconds,
        "B/s",
        PEER,
        theirs.received.size_bytes / theirs.received.answers / EVERY_S,
        rates | items,
    )


async def measured(server: Server, viewers: Viewers, seconds: float) -> Cost:
    """Return what the server does for these viewers, once they are all there."""
    async with viewers(server) as received:
        await asyncio.sleep(SETTLE_S)
        before, cpu_s, began = received(), server.cpu_s(), time.perf_counter()
        await asyncio.sleep(seconds)
        after, taken_s = received(), time.perf_counter() - began
        sent = Received(
            after.size_bytes - before.size_bytes, after.answers - before.answers, after.items - before.items
        )
        return Cost(taken_s, server.cpu_s() - cpu_s, sent)


@asynccontextmanager
async def nobody(_server: Server) -> AsyncIterator[Callable[[], Received]]:
    """Look not at all: what the events alone cost."""
    yield Received


# ── ours ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def sockets(server: Server) -> AsyncIterator[Callable[[], Received]]:
    """Follow the wall as its page does, as often as there are viewers."""
    seen = Received()
    async with AsyncExitStack() as open_pages, asyncio.TaskGroup() as group:
        pages = [await open_pages.enter_async_context(page(server)) for _ in range(VIEWERS)]
        readers = [group.create_task(read(one, seen)) for one in pages]

        def received() -> Received:
            return Received(sum(bytes_received(one) for one in pages), seen.answers, seen.items)

        yield received
        for reader in readers:
            reader.cancel()


@asynccontextmanager
async def page(server: Server) -> AsyncIterator[ClientConnection]:
    """Open the socket of a wall and follow its topics."""
    where, origin = f"ws://127.0.0.1:{server.port}/ws/", f"http://127.0.0.1:{server.port}"
    async with connect(where, additional_headers=server.cookie, origin=origin, open_timeout=PATIENCE_S) as socket_:  # type: ignore[arg-type]
        topics = [f"{kind}:{server.workspace_id}" for kind in ("wall", "wall-words", "wall-alerts")]
        await socket_.send(json.dumps({"follow": topics}))
        followed = json.loads(await socket_.recv())["followed"]
        if len(followed) < len(topics):
            raise RuntimeError(f"only {followed} may be followed")
        yield socket_


async def read(page: ClientConnection, seen: Received) -> None:
    """Take in what is pushed until cancelled."""
    async for frame in page:
        seen.answers += 1
        seen.items += len(json.loads(frame)["items"])


def bytes_received(page: ClientConnection) -> int:
    """Return how many bytes the socket of a page has taken in so far, headers of the protocols above TCP included."""
    info = page.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, RECEIVED_AT + 8)
    size: int = struct.unpack_from("=Q", info, RECEIVED_AT)[0]
    return size


# ── the peer ───────────────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def pollers(server: Server) -> AsyncIterator[Callable[[], Received]]:
    """Ask for the tiles again and again."""
    seen = Received()
    address = f"http://127.0.0.1:{server.port}/w/bench/wall/tiles/"
    async with httpx.AsyncClient(headers=server.cookie, timeout=PATIENCE_S) as client, asyncio.TaskGroup() as group:
        polls = [group.create_task(poll(client, address, seen, EVERY_S * at / POLLERS)) for at in range(POLLERS)]
        yield lambda: Received(seen.size_bytes, seen.answers)
        for task in polls:
            task.cancel()


async def poll(client: httpx.AsyncClient, address: str, seen: Received, wait_s: float) -> None:
    """Ask every 2 s from `wait_s` on, until cancelled."""
    await asyncio.sleep(wait_s)
    while True:
        began = time.perf_counter()
        answer = await client.get(address)
        answer.raise_for_status()
        seen.answers += 1
        headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
        seen.size_bytes += answer.num_bytes_downloaded + headers
        await asyncio.sleep(max(EVERY_S - (time.perf_counter() - began), 0.0))


# ── the server ─────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def served(folder: Path, lives: int) -> Iterator[Server]:
    """Run the server on a free port while the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(port), str(lives)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "vigie.site.settings", "VIGIE_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            workspace_id, session = next(process.stdout or iter(())).split()
            yield Server(process.pid, port, int(workspace_id), session)
        finally:
            process.kill()
