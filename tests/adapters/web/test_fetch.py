import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from tests.adapters.web.origin import free_port, serving
from vigie.adapters.web import fetch, reach
from vigie.adapters.web.fetch import Fetched, Fetcher, refusal, retry_after_s, shown
from vigie.adapters.web.playlist import Part
from vigie.ports import PortError, Reach


async def trouble(url: str, *, most_bytes: int = fetch.MOST_BYTES) -> PortError:
    async with Fetcher({}, Reach.NETWORK) as fetcher:
        with pytest.raises(PortError) as caught:
            await fetcher.get(Part(url), most_bytes)
    return caught.value


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://cdn.example/live.m3u8?sig=secret", "https://cdn.example/live.m3u8"),
        ("rtmp://user:secret@cdn.example/app/key", "rtmp://cdn.example/app/key"),
        ("/home/someone/talk.mp3", "/home/someone/talk.mp3"),
        ("http://[", "this address"),
    ],
)
def test_what_is_shown_of_an_address_holds_no_secret(url: str, safe: str) -> None:
    assert shown(url) == safe


async def test_a_body_is_brought_with_the_headers_asked_for() -> None:
    with serving({"/a": PlainTextResponse("hello")}) as origin:
        async with Fetcher({"Referer": "https://site.example"}, Reach.NETWORK) as fetcher:
            fetched = await fetcher.get(Part(f"{origin.url}/a?sig=1"))

    assert fetched == Fetched(b"hello", f"{origin.url}/a?sig=1")
    path, headers = origin.requests[0]
    assert path == "/a?sig=1"
    assert headers["referer"] == "https://site.example"
    assert headers["user-agent"].startswith("vigie/")


@pytest.mark.parametrize("knows_ranges", [True, False])
async def test_a_range_is_brought_whether_the_server_knows_ranges_or_not(*, knows_ranges: bool) -> None:
    whole = b"0123456789"
    body = Response(whole[2:5], 206) if knows_ranges else Response(whole)
    with serving({"/a": body}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            assert (await fetcher.get(Part(f"{origin.url}/a", 2, 3))).body == b"234"

    assert origin.requests[0][1]["range"] == "bytes=2-4"


@pytest.mark.parametrize(
    ("status", "retryable", "permanent"),
    [
        (401, False, True),
        (403, False, True),
        (404, False, True),
        (410, False, True),
        (408, True, False),
        (429, True, False),
        (500, True, False),
        (503, True, False),
        (599, True, False),
    ],
)
async def test_a_refusal_says_whether_to_ask_again(status: int, *, retryable: bool, permanent: bool) -> None:
    with serving({"/a": PlainTextResponse("no", status, headers={"Retry-After": "7"})}) as origin:
        error = await trouble(f"{origin.url}/a?sig=secret")

    assert (error.retryable, error.permanent) == (retryable, permanent)
    assert error.retry_after_s == (7.0 if retryable else None)
    assert f"HTTP {status}" in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("", None), ("99999", 3600.0), ("9" * 5000, 3600.0), ("12", 12.0), ("soon", None), ("-3", None)],
)
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert retry_after_s(value) == seconds


def test_retry_after_as_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=60)

    assert retry_after_s(format_datetime(later)) == pytest.approx(60, abs=3)
    assert retry_after_s(format_datetime(later - timedelta(hours=1))) == 0.0


async def test_a_redirect_is_followed_but_not_in_circles() -> None:
    answers = {"/a": RedirectResponse("/b"), "/b": PlainTextResponse("here"), "/c": RedirectResponse("/c")}
    with serving(answers) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            assert await fetcher.get(Part(f"{origin.url}/a")) == Fetched(b"here", f"{origin.url}/b")
        error = await trouble(f"{origin.url}/c")

    assert error.permanent


async def test_a_port_where_nobody_listens_is_asked_again() -> None:
    error = await trouble(f"http://127.0.0.1:{free_port()}/a")

    assert error.retryable
    assert "cannot be reached" in str(error)


@pytest.mark.parametrize("url", ["ftp://example.org/a", "file:///etc/hostname", "nonsense", "http://xn--a.example/a"])
async def test_an_address_that_cannot_be_opened_is_refused(url: str) -> None:
    assert (await trouble(url)).permanent


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("x"), "no answer for 10 s"),
        (httpx.ReadTimeout("x"), "no data for 10 s"),
        (httpx.RemoteProtocolError("peer closed"), "the connection broke (peer closed)"),
        (httpx.ReadError(""), "the connection broke (ReadError)"),
    ],
)
def test_trouble_on_the_way_is_told_and_retried(error: httpx.HTTPError, words: str) -> None:
    with pytest.raises(PortError) as caught, fetch.port_errors("http://cdn.example/a?sig=secret"):
        raise error

    assert caught.value.retryable
    assert str(caught.value) == f"http://cdn.example/a: {words}."


@pytest.mark.parametrize("zipped", [False, True])
async def test_a_body_too_large_for_anything_of_ours_is_refused(*, zipped: bool) -> None:
    whole = bytes(2**20)
    body = Response(gzip.compress(whole), headers={"Content-Encoding": "gzip"}) if zipped else Response(whole)
    with serving({"/a": body}) as origin:
        error = await trouble(f"{origin.url}/a", most_bytes=2**20 - 1)

    assert error.permanent
    assert "larger than 1048575 bytes" in str(error)


@pytest.mark.parametrize("length", [0, 10, 64 * 1024, 64 * 1024 + 1, 200_000])
async def test_a_zipped_body_is_unfolded(length: int) -> None:
    whole = bytes(range(256)) * (length // 256 + 1)
    with serving({"/a": Response(gzip.compress(whole), headers={"Content-Encoding": "gzip"})}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            assert (await fetcher.get(Part(f"{origin.url}/a"))).body == whole


async def test_a_body_unfolds_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(2**24))
    with serving({"/a": Response(bomb, headers={"Content-Encoding": "gzip"})}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher, fetcher.open(Part(f"{origin.url}/a")) as response:
            sizes = [len(piece) async for piece in fetch.plain(response)]

    assert (sum(sizes), max(sizes)) == (2**24, fetch.PIECE_BYTES)


@pytest.mark.parametrize(
    ("body", "coding", "words"),
    [
        (b"...", "br", "packed with br"),
        (b"no gzip", "gzip", "damaged"),
        (gzip.compress(b"whole", mtime=0)[:-9], "gzip", "damaged"),
    ],
)
async def test_a_body_that_cannot_be_unfolded_is_told(body: bytes, coding: str, words: str) -> None:
    with serving({"/a": Response(body, headers={"Content-Encoding": coding})}) as origin:
        assert words in str(await trouble(f"{origin.url}/a"))


async def test_a_body_that_trickles_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "WHOLE_S", 0.3)

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.02)

    with serving({"/a": lambda _: StreamingResponse(trickle())}) as origin:
        error = await trouble(f"{origin.url}/a")

    assert error.retryable
    assert "not whole" in str(error)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254"]
)
async def test_an_address_of_the_own_network_is_out_of_reach(host: str) -> None:
    async with Fetcher({}, Reach.INTERNET) as fetcher:
        with pytest.raises(PortError, match="a private address") as caught:
            await fetcher.get(Part(f"http://{host}:{free_port()}/a"))

    assert caught.value.permanent


async def test_a_redirect_does_not_lead_into_the_own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first server is called public for this test; where it leads to is not."""
    monkeypatch.setattr(reach, "is_public", lambda address: address == "127.0.0.1")
    with serving({}) as inner, serving({"/a": RedirectResponse(inner.url.replace("127.0.0.1", "127.0.0.2"))}) as origin:
        async with Fetcher({}, Reach.INTERNET) as fetcher:
            with pytest.raises(PortError, match=r"127\.0\.0\.2: a private address"):
                await fetcher.get(Part(f"{origin.url}/a"))

    assert len(origin.requests) == 1
    assert inner.requests == []


def test_an_unknown_status_has_no_name() -> None:
    response = httpx.Response(599, request=httpx.Request("GET", "http://cdn.example/a"))

    assert str(refusal(response)) == "http://cdn.example/a: HTTP 599 (unknown)."
