from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tests.adapters.web.origin import free_port, serving
from vigie.adapters.web import fetch
from vigie.adapters.web.fetch import Fetched, Fetcher, refusal, retry_after_s, shown
from vigie.adapters.web.playlist import Part
from vigie.ports import PortError


async def trouble(url: str) -> PortError:
    async with Fetcher({}) as fetcher:
        with pytest.raises(PortError) as caught:
            await fetcher.get(Part(url))
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
        async with Fetcher({"Referer": "https://site.example"}) as fetcher:
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
        async with Fetcher({}) as fetcher:
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


@pytest.mark.parametrize(("value", "seconds"), [("", None), ("12", 12.0), ("soon", None), ("-3", None)])
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert retry_after_s(value) == seconds


def test_retry_after_as_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=60)

    assert retry_after_s(format_datetime(later)) == pytest.approx(60, abs=3)
    assert retry_after_s(format_datetime(later - timedelta(hours=1))) == 0.0


async def test_a_redirect_is_followed_but_not_in_circles() -> None:
    answers = {"/a": RedirectResponse("/b"), "/b": PlainTextResponse("here"), "/c": RedirectResponse("/c")}
    with serving(answers) as origin:
        async with Fetcher({}) as fetcher:
            assert await fetcher.get(Part(f"{origin.url}/a")) == Fetched(b"here", f"{origin.url}/b")
        error = await trouble(f"{origin.url}/c")

    assert error.permanent


async def test_a_port_where_nobody_listens_is_asked_again() -> None:
    error = await trouble(f"http://127.0.0.1:{free_port()}/a")

    assert error.retryable
    assert "cannot be reached" in str(error)


@pytest.mark.parametrize("url", ["ftp://example.org/a", "file:///etc/hostname", "nonsense"])
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


async def test_a_body_too_large_for_anything_of_ours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_BYTES", 1000)
    with serving({"/a": Response(bytes(1001))}) as origin:
        error = await trouble(f"{origin.url}/a")

    assert error.permanent
    assert "larger than 1000 bytes" in str(error)


def test_an_unknown_status_has_no_name() -> None:
    response = httpx.Response(599, request=httpx.Request("GET", "http://cdn.example/a"))

    assert str(refusal(response)) == "http://cdn.example/a: HTTP 599 (unknown)."
