import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from vigie.adapters.web.reach import OutOfReach, PublicTransport, check, is_public
from vigie.ports import Reach


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "168.63.129.17",
        "192.0.1.1",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "64:ff9b::5db8:d70e",
        "::ffff:93.184.215.14",
        "2002:5db8:d70e::",
    ],
)
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "168.63.129.16",
        "192.0.0.9",
        "192.0.0.192",
        "::1.2.3.4",
        "::93.184.215.14",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "::ffff:168.63.129.16",
        "64:ff9b::a83f:8110",
        "64:ff9b:1::7f00:1",
        "64:ff9b:1:ffff::1",
        "2002:c000:c0::",
        "5f00::1",
        "fec0::1",
        "feff::1%eth0",
    ],
)
def test_networks_of_ones_own_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url", ["rtmp://localhost/app", "http://127.0.0.1:8000/a.flv", "srt://[::1]:9000", "http://0/a"]
)
def test_an_address_is_looked_at_before_it_is_opened(url: str) -> None:
    check(url, Reach.NETWORK)
    with pytest.raises(OutOfReach) as caught:
        check(url, Reach.INTERNET)
    assert caught.value.permanent


@pytest.mark.parametrize("host", ["no-such-host.invalid", "live..example.org", f"{'a' * 64}.example"])
def test_an_unknown_name_is_left_to_whoever_connects(host: str) -> None:
    check(f"rtmp://{host}/app", Reach.INTERNET)


class Origin:
    """Answers every request, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked += [line for line in head.splitlines() if line.startswith(("GET", "Host"))]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def origin() -> AsyncIterator[Origin]:
    made = Origin()
    async with await asyncio.start_server(made.answer, "127.0.0.1") as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


async def get(url: str, transport: PublicTransport) -> str:
    async with httpx.AsyncClient(transport=transport) as client:
        return (await client.get(url)).text


async def test_a_request_goes_to_the_address_that_was_looked_at_under_its_own_name() -> None:
    transport = PublicTransport(ssl.create_default_context(), allows=lambda _: True)
    async with origin() as server:
        assert await get(f"http://localhost:{server.port}/a", transport) == "ok"

        assert server.asked == ["GET /a HTTP/1.1", f"Host: localhost:{server.port}"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "0"])
async def test_a_private_address_is_not_connected_to(host: str) -> None:
    async with origin() as server:
        with pytest.raises(OutOfReach):
            await get(f"http://{host}:{server.port}/a", PublicTransport(ssl.create_default_context()))

        assert server.asked == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "live..example.org", f"{'a' * 64}.example"])
async def test_an_unknown_name_is_a_failure_to_connect(host: str) -> None:
    with pytest.raises(httpx.ConnectError):
        await get(f"http://{host}/a", PublicTransport(ssl.create_default_context()))


async def test_a_proxy_of_the_environment_is_asked_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    async with origin() as server:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{server.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)

        assert await get("http://somewhere.invalid/a", PublicTransport(ssl.create_default_context())) == "ok"

        assert server.asked[0] == "GET http://somewhere.invalid/a HTTP/1.1"
