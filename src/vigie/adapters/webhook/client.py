"""The port WebhookSender: one POST over a connection of its own, to public addresses unless told otherwise."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from functools import cache

import httpx

from vigie import __version__
from vigie.adapters.gated import wait_s
from vigie.adapters.web.reach import PublicTransport
from vigie.ports import Answer, PortError, Reach

WHOLE_S = 10.0
"""An answer that takes longer, body included, is none."""
MOST_BYTES = 2000
"""What is kept of an answer, for people to see what is wrong; the rest is not read."""


@cache
def _tls() -> ssl.SSLContext:
    """The trusted authorities, read once: 1.5 MB and 20 ms each time otherwise."""
    return httpx.create_ssl_context()


class HttpWebhooks:
    """Posts to whoever listens. For any event loop: nothing is kept open between two calls."""

    def __init__(self, within: Reach = Reach.INTERNET, *, whole_s: float = WHOLE_S) -> None:
        """Go no further than `within`, also where a name changes its address; wait no longer than `whole_s`."""
        self._reach = within
        self._whole_s = whole_s

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer. Raises PortError: retryable where there was none, permanent where none can be."""
        try:
            request = httpx.Request("POST", url, content=body, headers=_ours(headers))
        except (httpx.InvalidURL, UnicodeError) as error:  # the latter of a host that IDNA cannot read
            raise PortError(f"not an address that can be opened ({error}).", permanent=True) from error
        name = _place(request)
        try:
            async with asyncio.timeout(self._whole_s), self._client() as client:
                return await _answer(client, request)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise PortError(f"{name}: no answer for {self._whole_s:g} s.", retryable=True) from error
        except (httpx.UnsupportedProtocol, UnicodeError) as error:  # the latter where a redirect names such a host
            raise PortError(f"{name}: not an address that can be opened.", permanent=True) from error
        except httpx.HTTPError as error:
            trouble = str(error) or type(error).__name__
            raise PortError(f"{name}: cannot be reached ({trouble}).", retryable=True) from error

    def _client(self) -> httpx.AsyncClient:
        guard = PublicTransport(_tls()) if self._reach < Reach.NETWORK else None
        return httpx.AsyncClient(verify=_tls(), transport=guard, timeout=self._whole_s, follow_redirects=False)


def _place(request: httpx.Request) -> str:
    """Return where a request goes, without the path: at many receivers it is the password."""
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"


def _ours(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "User-Agent": f"vigie/{__version__}",
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",  # what is unfolded could be of any size
        **headers,
    }


async def _answer(client: httpx.AsyncClient, request: httpx.Request) -> Answer:
    began = time.monotonic()
    response = await client.send(request, stream=True)
    try:
        body = await _beginning(response)
    finally:
        await response.aclose()
    return Answer(response.status_code, body, time.monotonic() - began, wait_s(response.headers))


async def _beginning(response: httpx.Response) -> str:
    """Return the first 2 kB of a body as text, whatever it is; a body that breaks off ends there."""
    body = bytearray()
    try:
        async for data in response.aiter_raw():
            body += data
            if len(body) >= MOST_BYTES:
                break
    except httpx.TransportError:  # its status is an answer all the same
        pass
    return bytes(body[:MOST_BYTES]).decode("utf-8", "replace").replace("\x00", "")
