"""How far an address may lead: an installation that serves several teams must not be led into its own network.

The addresses behind a name are looked at when a connection is made, so that neither a redirect nor a name that changes
its address meanwhile leads elsewhere. Behind an HTTP proxy the proxy decides.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from vigie.ports import PortError, Reach

RESOLVE_S = 10.0
_NAT64 = IPv6Network("64:ff9b::/96")
_CLOSED = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # answers for the host of a machine at Azure
            "192.0.0.0/24",  # of protocols; Oracle's clouds answer there for the host
            "::/96",  # holds an IPv4 address (RFC 4291, 2.5.5.1)
            "::ffff:0:0:0/96",  # holds one, too (RFC 2765)
            "64:ff9b:1::/48",  # of translators inside a network (RFC 8215)
            "5f00::/16",  # of segment routing inside a network (RFC 9602)
            "fec0::/10",  # site-local (RFC 3879)
        ),
    )
)
"""What Python 3.11 takes for public, and is not."""


class OutOfReach(PortError):
    """An address leads where this installation may not go."""

    def __init__(self, host: str) -> None:
        words = "a private address: an operator may allow them by VIGIE_ALLOW_PRIVATE_ADDRESSES."
        super().__init__(f"{host}: {words}", permanent=True)


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the Internet, also when it lies inside another one."""
    found = ip_address(address.partition("%")[0])
    inner = _inner(found)
    return _is_open(found) and (inner is None or _is_open(inner))


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    is_closed = address.is_multicast or any(address in network for network in _CLOSED)
    return address.is_global and not is_closed


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def check(url: str, reach: Reach) -> None:
    """Look at where `url` leads, for those who connect by themselves. Blocks. Raises OutOfReach.

    A name that is not known passes: whoever connects will tell.
    """
    host = urlsplit(url).hostname
    if reach >= Reach.NETWORK or not host:
        return
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter of a label that is empty or too long
        return
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise OutOfReach(host)


class PublicTransport(httpx.AsyncBaseTransport):
    """Sends requests to public addresses alone, or to the proxy that the environment names for them."""

    def __init__(self, verify: ssl.SSLContext, allows: Callable[[str], bool] | None = None) -> None:
        """Trust by `verify`; connect to addresses that `allows` holds for, which are the public ones."""
        self._allows = allows or is_public
        self._direct = httpx.AsyncHTTPTransport(verify=verify)
        self._proxied = {
            scheme: httpx.AsyncHTTPTransport(verify=verify, proxy=address if "://" in address else f"http://{address}")
            for scheme, address in getproxies().items()
            if scheme in {"http", "https", "all"}
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises OutOfReach when one of the addresses of its host is private."""
        host = request.url.host
        proxied = self._proxied.get(request.url.scheme) or self._proxied.get("all")
        if proxied and not proxy_bypass(host):
            return await proxied.handle_async_request(request)
        *others, last = await self._addresses(host)
        for address in others:
            try:
                return await self._direct.handle_async_request(_sent_to(address, request))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._direct.handle_async_request(_sent_to(last, request))

    async def aclose(self) -> None:
        """Close what is open."""
        for transport in (self._direct, *self._proxied.values()):
            await transport.aclose()

    async def _addresses(self, host: str) -> list[str]:
        try:
            async with asyncio.timeout(RESOLVE_S):
                found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # a TimeoutError is one; a label may be empty or too long
            raise httpx.ConnectError(str(error) or f"no answer within {RESOLVE_S:.0f} s") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not all(map(self._allows, addresses)):
            raise OutOfReach(host)
        return addresses


def _sent_to(address: str, request: httpx.Request) -> httpx.Request:
    """Return the same request for a host whose address is known: its name is in `Host`, and in what TLS checks."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
