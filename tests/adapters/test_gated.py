"""Requests through a gate: what is counted, what is told, and what trouble means."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from structlog.testing import capture_logs

from tests.adapters.gates import ClosedGate, FreeGate
from vigie.adapters import gated
from vigie.adapters.gated import GatedTransport, Rebased, Refusal, wait_s
from vigie.ports import PortError

ADDRESS = "https://vendor.example/api/thing?token=secret"
Answer = Callable[[httpx.Request], httpx.Response]


def key_of(request: httpx.Request) -> tuple[str, float]:
    return ("vendor.dear", 2.0) if request.method == "POST" else ("vendor", 1.0)


def client(gate: FreeGate, answer: Answer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=GatedTransport(gate, key_of, httpx.MockTransport(answer)))


def noting(sent: list[httpx.Request]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    return httpx.MockTransport(answer)


def answering(status: int, headers: dict[str, str] | None = None, content: bytes = b"{}") -> Answer:
    return lambda request: httpx.Response(status, headers=headers, content=content)


@asynccontextmanager
async def speaking(said: bytes) -> AsyncIterator[str]:
    """Listen on this machine, say that to whoever comes, and hang up."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_request_enters_its_budget_and_leaves_without_trouble() -> None:
    gate = FreeGate()

    async with client(gate, answering(200, content=b'{"a": 1}')) as asking:
        assert (await asking.get(ADDRESS)).json() == {"a": 1}
        await asking.post(ADDRESS)

    assert gate.entered == [("vendor", 1.0), ("vendor.dear", 2.0)]
    assert gate.left == [("vendor", None), ("vendor.dear", None)]


async def test_request_that_the_gate_holds_back_is_not_sent() -> None:
    sent = list[httpx.Request]()

    async with httpx.AsyncClient(transport=GatedTransport(ClosedGate(), key_of, noting(sent))) as asking:
        with pytest.raises(PortError, match="the breaker is open"):
            await asking.get(ADDRESS)

    assert sent == []


@pytest.mark.parametrize(
    ("status", "headers", "retryable", "permanent", "after_s"),
    [
        (400, {}, False, True, None),
        (401, {}, False, True, None),
        (403, {"Retry-After": "9"}, False, True, None),
        (404, {}, False, True, None),
        (408, {}, True, False, None),
        (429, {}, True, False, None),
        (429, {"Retry-After": "7"}, True, False, 7.0),
        (429, {"RateLimit-Reset": "30"}, True, False, 30.0),
        (429, {"Retry-After": "7", "RateLimit-Reset": "30"}, True, False, 7.0),
        (429, {"Retry-After": "soon"}, True, False, None),
        (429, {"Retry-After": "99999999"}, True, False, 86_400.0),
        (500, {}, True, False, None),
        (503, {"Retry-After": "120"}, True, False, 120.0),
        (599, {}, True, False, None),
    ],
)
async def test_status_becomes_a_port_error_which_the_gate_is_told(
    status: int, headers: dict[str, str], *, retryable: bool, permanent: bool, after_s: float | None
) -> None:
    gate = FreeGate()

    async with client(gate, answering(status, headers, b"why")) as asking:
        with pytest.raises(Refusal) as raised:
            await asking.get(ADDRESS)

    told = raised.value
    assert (told.status, told.body) == (status, b"why")
    assert (told.retryable, told.permanent, told.retry_after_s) == (retryable, permanent, after_s)
    assert gate.left == [("vendor", told)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Retry-After", lambda until: format_datetime(until, usegmt=True)),
        ("RateLimit-Reset", lambda until: str(int(until.timestamp()))),
    ],
)
def test_wait_may_be_told_as_a_moment(name: str, value: Callable[[datetime], str]) -> None:
    now = datetime.now(UTC)

    assert 50.0 < (wait_s({name: value(now + timedelta(seconds=60))}) or 0.0) <= 60.0
    assert wait_s({name: value(now - timedelta(seconds=60))}) == 0.0


@pytest.mark.parametrize("headers", [{}, {"Retry-After": ""}, {"RateLimit-Reset": "-1"}, {"Retry-After": "-5"}])
def test_wait_is_unknown_where_it_cannot_be_read(headers: dict[str, str]) -> None:
    assert wait_s(headers) is None


async def test_redirect_is_no_trouble() -> None:
    gate = FreeGate()

    async with client(gate, answering(302, {"Location": "/elsewhere"})) as asking:
        assert (await asking.get(ADDRESS)).status_code == 302

    assert gate.left == [("vendor", None)]


async def test_adapter_judges_what_an_answer_means() -> None:
    gate = FreeGate()
    transport = GatedTransport(
        gate,
        key_of,
        httpx.MockTransport(answering(200, content=b"<html>")),
        judge=lambda response: PortError("a captcha", retryable=True) if b"<" in response.content else None,
    )

    async with httpx.AsyncClient(transport=transport) as asking:
        with pytest.raises(PortError, match="a captcha") as raised:
            await asking.get(ADDRESS)

    assert gate.left == [("vendor", raised.value)]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
    ids=["nothing", "garbage", "half", "damaged"],
)
async def test_connection_that_breaks_may_be_tried_again(said: bytes) -> None:
    gate = FreeGate()

    async with speaking(said) as url, httpx.AsyncClient(transport=GatedTransport(gate, key_of)) as asking:
        with pytest.raises(PortError) as raised:
            await asking.get(url)

    assert (raised.value.retryable, raised.value.permanent) == (True, False)
    assert gate.left == [("vendor", raised.value)]


async def test_server_that_is_not_there_may_be_tried_again() -> None:
    async with speaking(b"") as url:
        pass

    async with httpx.AsyncClient(transport=GatedTransport(FreeGate(), key_of)) as asking:
        with pytest.raises(PortError) as raised:
            await asking.get(url)

    assert raised.value.retryable


async def test_time_out_may_be_tried_again() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    async with client(FreeGate(), answer) as asking:
        with pytest.raises(PortError, match="no answer in time") as raised:
            await asking.get(ADDRESS)

    assert raised.value.retryable


@pytest.mark.parametrize("size", [1000, gated.MOST_BYTES + 1])
async def test_packed_answer_is_unpacked_as_far_as_it_may_be_read(size: int) -> None:
    packed = gzip.compress(bytes(size))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    transport = GatedTransport(FreeGate(), key_of)
    async with speaking(head + packed) as url, httpx.AsyncClient(transport=transport) as asking:
        if size <= gated.MOST_BYTES:
            assert (await asking.get(url)).content == bytes(size)
        else:
            with pytest.raises(PortError, match="larger than"):
                await asking.get(url)


async def test_answer_that_is_too_large_is_refused() -> None:
    async with client(FreeGate(), answering(200, content=bytes(gated.MOST_BYTES + 1))) as asking:
        with pytest.raises(PortError, match="larger than"):
            await asking.get(ADDRESS)


async def test_cancelled_request_says_nothing_of_the_vendor() -> None:
    gate, asked = FreeGate(), asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    transport = GatedTransport(gate, key_of, httpx.MockTransport(answer))
    async with httpx.AsyncClient(transport=transport) as asking, asyncio.timeout(5):
        task = asyncio.create_task(asking.get(ADDRESS))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert (gate.entered, gate.left) == ([("vendor", 1.0)], [])


async def test_trouble_of_our_own_says_nothing_of_the_vendor() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    gate = FreeGate()
    async with client(gate, answer) as asking:
        with pytest.raises(ZeroDivisionError):
            await asking.get(ADDRESS)

    assert gate.left == []


async def test_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"a": 1}')

    async with client(FreeGate(), answering(200, {"Content-Encoding": "gzip"}, packed)) as asking:
        assert (await asking.get(ADDRESS)).json() == {"a": 1}


async def test_neither_log_nor_message_tells_a_secret() -> None:
    headers = {"Authorization": "Bearer secret"}

    with capture_logs() as logs:
        async with client(FreeGate(), answering(500, content=b"secret")) as asking:
            with pytest.raises(PortError) as raised:
                await asking.get("https://me:secret@vendor.example/api?token=secret", headers=headers)

    assert "secret" not in f"{logs}{raised.value}"
    (line,) = logs
    assert (line["event"], line["key"], line["url"], line["status"]) == (
        "asked",
        "vendor",
        "https://vendor.example/api",
        500,
    )


@pytest.mark.parametrize(("status", "level"), [(200, "debug"), (302, "debug"), (503, "info"), (403, "warning")])
async def test_log_is_as_loud_as_the_trouble(status: int, level: str) -> None:
    with capture_logs() as logs:
        async with client(FreeGate(), answering(status)) as asking:
            with suppress(PortError):
                await asking.get(ADDRESS)

    assert [(line["event"], line["log_level"]) for line in logs] == [("asked", level)]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("https://vendor.example/api/thing?a=b", "http://127.0.0.1:9/sim/thing?a=b"),
        ("https://vendor.example/api?a=b", "http://127.0.0.1:9/sim?a=b"),
        ("https://vendor.example/api/v2/x", "http://127.0.0.1:9/second/x"),
        ("https://vendor.example/apis/thing", "https://vendor.example/apis/thing"),
        ("https://other.example/api/thing", "https://other.example/api/thing"),
    ],
)
async def test_rebased_request_goes_to_the_simulator(asked: str, sent: str) -> None:
    seen = list[httpx.Request]()
    bases = {
        "https://vendor.example/api/": "http://127.0.0.1:9/sim",
        "https://vendor.example/api/v2": "http://127.0.0.1:9/second/",
    }

    async with httpx.AsyncClient(transport=Rebased(bases, noting(seen))) as asking:
        response = await asking.post(asked, content=b"body")

    (request,) = seen
    assert (str(request.url), request.content) == (sent, b"body")
    assert request.headers["Host"] == request.url.netloc.decode()
    assert str(response.request.url) == asked
