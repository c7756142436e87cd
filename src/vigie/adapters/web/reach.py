"""How far an address may lead: an installation that serves several teams must not be led into its own network.

The addresses behind a name are looked at when a connection is made, so that neither a redirect nor a name that changes
its address meanwhile leads elsewhere. Behind an HTTP proxy the proxy decides.
"""

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import httpcore

from vigie.ports import PortError, Reach

_NAT64 = IPv6Network("64:ff9b::/96")


class OutOfReach(PortError):
    """An address leads where this installation may not go."""

    def __init__(self, host: str) -> None:
        words = "a private address: an operator may allow them by VIGIE_ALLOW_PRIVATE_ADDRESSES."
        super().__init__(f"{host}: {words}", permanent=True)


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the Internet, also when it lies inside another one."""
    found = ip_address(address.partition("%")[0])
    inner = _inner(found)
    return (
        found.is_global and not found.is_multicast and (inner is None or (inner.is_global and not inner.is_multicast))
    )


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
    except OSError:
        return
    _insist(host, [str(entry[4][0]) for entry in found])


def _insist(host: str, addresses: Iterable[str]) -> None:
    if not all(map(is_public, addresses)):
        raise OutOfReach(host)


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Connects httpx to public addresses only."""

    def __init__(self) -> None:
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *rest: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        """Connect to one of the addresses of a host. Raises OutOfReach when one of them is private."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = [str(entry[4][0]) for entry in found]
        _insist(host, addresses)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, *rest, **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, *rest, **options)

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Connect to nothing of this machine."""
        raise OutOfReach(path)

    async def sleep(self, seconds: float) -> None:
        """Wait between two tries."""
        await self._network.sleep(seconds)
