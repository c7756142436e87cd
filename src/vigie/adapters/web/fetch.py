"""HTTP for media: one client a connection, every trouble a PortError whose message names no secret."""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from vigie import __version__
from vigie.adapters.web.playlist import Part
from vigie.adapters.web.reach import PublicTransport
from vigie.ports import PortError, Reach

CONNECT_S, READ_S = 10.0, 10.0
WHOLE_S = 60.0
"""A body that takes longer comes too slowly for a live."""
MOST_BYTES = 64 * 2**20
"""No segment is larger."""
PIECE_BYTES = 64 * 1024
LONGEST_WAIT_S = 3600.0
"""Who asks us to come back later than that is asked after an hour all the same."""


@cache
def _tls() -> ssl.SSLContext:
    """The trusted authorities, read once: 1.5 MB and 20 ms each time otherwise."""
    return httpx.create_ssl_context()


def shown(url: str) -> str:
    """Return an address fit for messages: without the query, which may hold a signature, and without a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "this address"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else url


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body, and where it was found in the end."""

    body: bytes
    url: str = field(repr=False)


class Fetcher:
    """Asks for what belongs to one live: `async with`."""

    def __init__(self, headers: dict[str, str], reach: Reach) -> None:
        """Send these headers with each request; go, also by redirects, no further than `reach`."""
        self._client = httpx.AsyncClient(
            headers={"User-Agent": f"vigie/{__version__}", **headers, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            follow_redirects=True,
            verify=_tls(),
            transport=PublicTransport(_tls()) if reach < Reach.NETWORK else None,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def open(self, part: Part) -> AsyncIterator[httpx.Response]:
        """Yield the answer, its body still to be read. Raises PortError, also for a body that breaks off."""
        headers = {}
        if part.size is not None:
            headers["Range"] = f"bytes={part.start}-{part.start + part.size - 1}"
        with port_errors(part.url):
            async with self._client.stream("GET", part.url, headers=headers) as response:
                if not response.is_success:
                    raise refusal(response)
                yield response

    async def get(self, part: Part, most_bytes: int = MOST_BYTES) -> Fetched:
        """Return the whole body. Raises PortError, also when it is larger, or does not come within a minute."""
        body = bytearray()
        try:
            async with asyncio.timeout(WHOLE_S), self.open(part) as response:
                async for piece in plain(response):
                    body += piece
                    if len(body) > most_bytes:
                        raise PortError(f"{shown(part.url)}: larger than {most_bytes} bytes.", permanent=True)
        except TimeoutError as error:
            raise PortError(f"{shown(part.url)}: not whole within {WHOLE_S:.0f} s.", retryable=True) from error
        if part.size is not None and len(body) > part.size:  # a server that knows no ranges sends the whole file
            body = body[part.start : part.start + part.size]
        return Fetched(bytes(body), str(response.url))


async def plain(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the body of an answer in small pieces, however much a few bytes of it unfold to. Raises PortError.

    httpx would unfold what it read at once: a kilobyte of brotli becomes a gigabyte.
    """
    name, coding = shown(str(response.url)), response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in {"identity", ""}:
        async for data in response.aiter_raw():
            yield data
        return
    if coding not in {"gzip", "x-gzip"}:
        raise PortError(f"{name}: packed with {coding}, which was not asked for.", permanent=True)
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    async for data in response.aiter_raw():
        rest = data
        while rest:
            try:
                piece = unzip.decompress(rest, PIECE_BYTES)
            except zlib.error as error:
                raise PortError(f"{name}: damaged on the way.", retryable=True) from error
            rest = unzip.unconsumed_tail
            yield piece
    yield unzip.flush()
    if not unzip.eof:
        raise PortError(f"{name}: damaged on the way.", retryable=True)


@contextmanager
def port_errors(url: str) -> Iterator[None]:
    """Turn httpx's errors into PortErrors."""
    name = shown(url)
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise PortError(f"{name}: no answer for {CONNECT_S:.0f} s.", retryable=True) from error
    except httpx.TimeoutException as error:
        raise PortError(f"{name}: no data for {READ_S:.0f} s.", retryable=True) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.TooManyRedirects, UnicodeError) as error:
        raise PortError(f"{name}: not an address that can be opened ({error}).", permanent=True) from error
    except httpx.ConnectError as error:
        raise PortError(f"{name}: cannot be reached ({error}).", retryable=True) from error
    except httpx.HTTPError as error:
        raise PortError(
            f"{name}: the connection broke ({str(error) or type(error).__name__}).", retryable=True
        ) from error


def is_recording(response: httpx.Response) -> bool:
    """Whether an answer has an end: the length of a live is not known."""
    return "Content-Length" in response.headers and "Transfer-Encoding" not in response.headers


def refusal(response: httpx.Response) -> PortError:
    """Return what an answer other than 2xx means."""
    status = response.status_code
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "unknown"
    message = f"{shown(str(response.url))}: HTTP {status} ({phrase})."
    if status in {408, 425, 429} or status >= 500:
        return PortError(message, retryable=True, retry_after_s=retry_after_s(response.headers.get("Retry-After", "")))
    return PortError(message, permanent=True)


def retry_after_s(value: str) -> float | None:
    """Return the seconds that a Retry-After header asks for, an hour at most; it holds seconds or a date."""
    if value.strip().isdecimal():
        return min(float(value), LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return min(max(0.0, (until - datetime.now(UTC)).total_seconds()), LONGEST_WAIT_S) if until.tzinfo else None
