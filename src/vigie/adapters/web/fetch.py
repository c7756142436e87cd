"""HTTP for media: one client a connection, every trouble a PortError whose message names no secret."""

import ssl
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
from vigie.ports import PortError

CONNECT_S, READ_S = 10.0, 10.0
MOST_BYTES = 64 * 2**20
"""No playlist, segment or caption file is larger."""


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

    def __init__(self, headers: dict[str, str]) -> None:
        """Send these headers with each request."""
        self._client = httpx.AsyncClient(
            headers={"User-Agent": f"vigie/{__version__}", **headers},
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            follow_redirects=True,
            verify=_tls(),
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

    async def get(self, part: Part) -> Fetched:
        """Return the whole body. Raises PortError, also when it is larger than 64 MiB."""
        body = bytearray()
        async with self.open(part) as response:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise PortError(f"{shown(part.url)}: larger than {MOST_BYTES} bytes.", permanent=True)
        if part.size is not None and len(body) > part.size:  # a server that knows no ranges sends the whole file
            body = body[part.start : part.start + part.size]
        return Fetched(bytes(body), str(response.url))


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
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.TooManyRedirects) as error:
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
    """Return the seconds that a Retry-After header asks for; it holds seconds or a date."""
    if value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds()) if until.tzinfo else None
