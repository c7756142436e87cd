"""The figures of the benchmark of the wall, and the server they are measured on."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from bench.wall import PEER, Cost, Received, Server, bytes_received, compared, page, served

DEADLINE_S = 30
LIVES = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("wall"), LIVES) as running:
        yield running


def test_compared_takes_the_viewers_of_the_peer_to_be_as_many_as_ours() -> None:
    alone = Cost(seconds=10.0, cpu_s=1.0, received=Received())
    ours = Cost(seconds=10.0, cpu_s=3.0, received=Received(size_bytes=2_000_000, answers=5_000, items=50_000))
    theirs = Cost(seconds=10.0, cpu_s=6.0, received=Received(size_bytes=500_000, answers=50))

    cpu, size = compared(alone, ours, theirs)

    assert (cpu.metric, cpu.peer, cpu.peer_value) == ("cpu_s_per_s", PEER, 5.0)
    assert cpu.value == pytest.approx(0.2)
    assert (size.metric, size.value, size.peer, size.peer_value) == ("bytes_per_viewer_s", 2000.0, PEER, 5000.0)
    assert cpu.details["page_cpu_ms"] == 100.0
    assert size.details["items_per_viewer_s"] == 50.0


async def test_sockets_are_told_what_happens_in_every_live(server: Server) -> None:
    seen: set[str] = set()
    async with asyncio.timeout(DEADLINE_S), page(server) as opened:
        before = bytes_received(opened)
        while not {f"{part}-{live}" for live in (1, 2) for part in ("vitals", "last", "bars")} <= seen:
            seen |= {item["target"] for item in json.loads(await opened.recv())["items"]}

        assert 0 < bytes_received(opened) - before < 1_000_000


def test_the_peer_gets_every_tile(server: Server) -> None:
    answer = httpx.get(f"http://127.0.0.1:{server.port}/w/bench/wall/tiles/", headers=server.cookie)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.text.count('class="tile"') == LIVES
    assert answer.text.count("data-late") == 3 * LIVES


def test_the_server_tells_what_it_took(server: Server) -> None:
    assert 0 < server.cpu_s() < 1000
