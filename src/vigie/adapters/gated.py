"""Requests to a vendor: through its gate, within a time, one line of log each, and every trouble a PortError.

What went well is told at debug level, what may pass at info, and what waits for a person as a warning.

What an answer means to one vendor is said by its adapter, which hands in how a request is counted and how an answer is
judged. No query, header or body is ever part of a message or a line of log.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus

import httpx
import structlog

from vigie.ports import Gate, PortError

WHOLE_S = 20.0
"""An answer that takes longer, body included, is none."""
MOST_BYTES = 16 * 2**20
LONGEST_WAIT_S = 86_400.0
"""A quota that lasts longer than a day is asked about once a day all the same."""
A_DATE_S = 1e9
"""RateLimit-Reset holds seconds by its standard, and a moment in Unix time at most vendors."""
AGAIN = {408, 425, 429}

log = structlog.get_logger(__name__)

KeyOf = Callable[[httpx.Request], tuple[str, float]]
"""Which budget a request is taken from, and what it costs."""
Judge = Callable[[httpx.Response], PortError | None]
"""What an answer, its body read, means: None when it is what was asked for."""


class Refusal(PortError):
    """The vendor answered, and not with what was asked for."""

    def __init__(
        self,
        message: str,
        response: httpx.Response,
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
        permanent: bool = False,
    ) -> None:
        """Keep the answer beside what `PortError` says."""
        super().__init__(message, retryable=retryable, retry_after_s=retry_after_s, permanent=permanent)
        self.status = response.status_code
        self.body = response.content


def refusal(response: httpx.Response) -> PortError | None:
    """Return what an answer's status means; None for 1xx to 3xx.

    429, 408, 425 and 5xx may be asked again, after what `Retry-After` or `RateLimit-Reset` say; what else there is
    stays so until a person changes something.
    """
    status = response.status_code
    if status < 400:
        return None
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "unknown"
    retryable = status in AGAIN or status >= 500
    return Refusal(
        f"{shown(response.request)}: HTTP {status} ({phrase}).",
        response,
        retryable=retryable,
        retry_after_s=wait_s(response.headers) if retryable else None,
        permanent=not retryable,
    )


def wait_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks to wait, a day at most: Retry-After first, then RateLimit-Reset."""
    now = datetime.now(UTC)
    after, reset = headers.get("Retry-After", "").strip(), headers.get("RateLimit-Reset", "").strip()
    if after.isdecimal():
        seconds = float(after)
    elif after and (moment := _moment(after)):
        seconds = (moment - now).total_seconds()
    elif reset.isdecimal():
        seconds = float(reset) - (now.timestamp() if float(reset) > A_DATE_S else 0.0)
    else:
        return None
    return min(max(0.0, seconds), LONGEST_WAIT_S)


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def shown(request: httpx.Request) -> str:
    """Return the address of a request fit for messages: without user, password and query."""
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}{request.url.path}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came to an end."""

    key: str
    request: httpx.Request
    status: int | None
    """Of the answer; None where none came."""
    began: float
    """On the monotonic clock."""


class GatedTransport(httpx.AsyncBaseTransport):
    """Sends each request once the gate lets it through, and tells the gate how it went.

    Raises PortError from the client's own methods: `Refusal` for an answer that `judge` finds wanting, else for no
    answer. Bodies are read whole, 16 MiB at most. One transport serves one event loop.
    """

    def __init__(
        self, gate: Gate, key_of: KeyOf, inner: httpx.AsyncBaseTransport | None = None, *, judge: Judge = refusal
    ) -> None:
        """Send by `inner`, by default over TLS with the usual authorities."""
        self._gate = gate
        self._key_of = key_of
        self._inner = inner or httpx.AsyncHTTPTransport(verify=tls())
        self._judge = judge

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, its body read. Raises PortError.

        A request that is cancelled says nothing of the vendor: the gate is not told of it.
        """
        key, cost = self._key_of(request)
        await self._gate.enter(key, cost=cost)
        began = time.monotonic()
        try:
            response = await self._send(request)
        except PortError as error:
            await self._note(Asked(key, request, None, began), error)
            raise
        trouble = self._judge(response)
        await self._note(Asked(key, request, response.status_code, began), trouble)
        if trouble:
            raise trouble
        return response

    async def _note(self, asked: Asked, trouble: PortError | None) -> None:
        """Tell the log and the gate how a request went."""
        took_ms = round(1000 * (time.monotonic() - asked.began))
        what = {"key": asked.key, "method": asked.request.method, "url": shown(asked.request)}
        log.log(_level(trouble), "asked", **what, status=asked.status, took_ms=took_ms)
        await self._gate.leave(asked.key, trouble)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        name = shown(request)
        try:
            async with asyncio.timeout(WHOLE_S):
                return await _whole(await self._inner.handle_async_request(request), request)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise PortError(f"{name}: no answer in time.", retryable=True) from error
        except httpx.UnsupportedProtocol as error:
            raise PortError(f"{name}: not an address that can be opened.", permanent=True) from error
        except httpx.HTTPError as error:
            trouble = str(error) or type(error).__name__
            raise PortError(f"{name}: the connection broke ({trouble}).", retryable=True) from error

    async def aclose(self) -> None:
        """Close the connections that are held open."""
        await self._inner.aclose()


class Rebased(httpx.AsyncBaseTransport):
    """Sends what is meant for one address to another: the vendor's to a simulator's, or to a relay."""

    def __init__(self, bases: Mapping[str, str], inner: httpx.AsyncBaseTransport | None = None) -> None:
        """Send what begins with a key of `bases` to where the value says; the longest key decides."""
        self._bases = sorted(
            ((old.rstrip("/"), new.rstrip("/")) for old, new in bases.items()), key=lambda base: -len(base[0])
        )
        self._inner = inner or httpx.AsyncHTTPTransport(verify=tls())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer of where the request is sent to."""
        url = str(request.url)
        for old, new in self._bases:
            if url.startswith((f"{old}/", f"{old}?")) or url == old:
                return await self._inner.handle_async_request(_moved(request, httpx.URL(new + url[len(old) :])))
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections that are held open."""
        await self._inner.aclose()


def _level(trouble: PortError | None) -> int:
    """Return how loudly to tell of a request."""
    if trouble is None:
        return logging.DEBUG
    return logging.WARNING if trouble.permanent else logging.INFO


def _moved(request: httpx.Request, url: httpx.URL) -> httpx.Request:
    headers = httpx.Headers(request.headers)
    headers["Host"] = url.netloc.decode("ascii")
    return httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)


async def _whole(response: httpx.Response, request: httpx.Request) -> httpx.Response:
    """Return an answer whose body was read and unpacked. Raises PortError, httpx.HTTPError."""
    response.request = request
    body = bytearray()
    try:
        async for data in response.aiter_bytes():
            body += data
            if len(body) > MOST_BYTES:
                raise PortError(f"{shown(request)}: larger than {MOST_BYTES} bytes.", permanent=True)
    except httpx.DecodingError as error:
        raise PortError(f"{shown(request)}: damaged on the way.", retryable=True) from error
    finally:
        await response.aclose()
    headers = httpx.Headers(response.headers)
    for name in ("Content-Encoding", "Content-Length", "Transfer-Encoding"):  # of what it was packed in
        headers.pop(name, None)
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)


@cache
def tls() -> ssl.SSLContext:
    """Return the trusted authorities, read once: 1.5 MB and 20 ms each time otherwise."""
    return httpx.create_ssl_context()
