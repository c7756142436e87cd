"""A running server with a few broadcasters, and the unmodified client pointed at it."""

import asyncio
import importlib
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest

from vigie.simulators.tiktok import Account, Standing, State, TikTokServer

DEADLINE_S = 10

ACCOUNTS = (
    Account("alice", user_id=11, room_id=101, title="Cuisine du soir", nickname="Alice"),
    Account("bob", user_id=12, room_id=102, state=State.OFFLINE),
    Account("carol", user_id=13, room_id=103, state=State.PAUSED),
    Account("prive", user_id=14, room_id=104, standing=Standing.PRIVATE),
    Account("banni", user_id=15, room_id=105, standing=Standing.BANNED),
    Account("adulte", user_id=16, room_id=106, standing=Standing.AGE_RESTRICTED),
)


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    """Return a server with a broadcaster of every sort."""
    server = TikTokServer(media_url=lambda handle: f"http://media.example/{handle}")
    for account in ACCOUNTS:
        server.add(account)
    with server:
        yield server


class ToServer(httpx.AsyncHTTPTransport):
    """Takes a client's requests to the simulator, whatever their host."""

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__()
        self._address = address

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, port = self._address
        request.url = request.url.copy_with(scheme="http", host=host, port=port)
        return await super().handle_async_request(request)


class Watcher:
    """The unmodified client of one broadcaster, and what it told so far."""

    def __init__(self, tiktoklive: Any, server: TikTokServer, handle: str, **options: Any) -> None:
        web = {
            "httpx_kwargs": {"transport": ToServer(server.address)},
            "signer_kwargs": {"sign_api_base": server.url("sign"), "sign_api_key": "key"},
        }
        self.client = tiktoklive.TikTokLiveClient(handle, web_kwargs=web, **options)
        self.client.ignore_broken_payload = True
        self.told: list[Any] = []
        self._events = tiktoklive.events
        self._news = asyncio.Event()

    def listen(self, *events: str) -> None:
        for event in events:
            self.client.add_listener(getattr(self._events, event), self._tell)

    async def start(self, **options: Any) -> None:
        """Begin to connect; `task` ends with the connection."""
        self.task: asyncio.Task[None] = await self.client.start(**options)

    async def heard(self, *names: str) -> list[Any]:
        """Return what was told since the last time, once it is these, in this order."""
        told = await self.news(len(names))
        assert [type(event).__name__ for event in told] == list(names)
        return told

    async def news(self, at_least: int = 1) -> list[Any]:
        """Return what was told since the last time, once there is enough of it."""
        async with asyncio.timeout(DEADLINE_S):
            while len(self.told) < at_least:
                self._news.clear()
                await self._news.wait()
        told, self.told = self.told, []
        return told

    async def connect(self, *events: str, **options: Any) -> None:
        """Be connected, and listen to some events."""
        self.listen("ConnectEvent", *events)
        await self.start(**options)
        await self.heard("ConnectEvent")

    async def close(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.client.disconnect()
            await self.client.web.close()
            await self.client.web.signer.client.aclose()

    def _tell(self, event: Any) -> None:
        self.told.append(event)
        self._news.set()


@pytest.fixture(scope="session")
def tiktoklive() -> Any:
    """Return the library, which takes seconds to import and uses an API that websockets is giving up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        library = importlib.import_module("TikTokLive")
        for name in ("events", "client.errors", "client.web.routes.fetch_room_id_live_html", "proto"):
            importlib.import_module(f"TikTokLive.{name}")
    return library


@pytest.fixture
async def watch(tiktoklive: Any, server: TikTokServer) -> AsyncIterator[Callable[..., Watcher]]:
    """Return a maker of clients, which are closed afterwards."""
    made: list[Watcher] = []

    def make(handle: str, **options: Any) -> Watcher:
        made.append(Watcher(tiktoklive, server, handle, **options))
        return made[-1]

    yield make
    for watcher in made:
        await watcher.close()
