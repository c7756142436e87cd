"""The port ObsConnector: obs-websocket 5 by simpleobsws, which is imported nowhere else.

simpleobsws 1.4.3 tells nobody that a connection ended, and waits for answers that cannot come any more: the task in
which it receives is watched instead. It is handed a connection that leads where it may, by no proxy, nowhere else.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import asynccontextmanager
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from vigie.adapters.gated import wait_s
from vigie.adapters.obs import parse
from vigie.adapters.obs.parse import Reply
from vigie.adapters.web.reach import OutOfReach, is_public
from vigie.ports import ObsAddress, ObsEvent, ObsStatus, PortError, Reach

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

ANSWER_S = 5.0
"""For a connection to be ready, and for what is asked to be answered."""
CLOSE_S = 0.3
"""Who does not answer a goodbye is left standing."""
PING_S = 10.0
"""An OBS that is silent for twice as long is gone."""
MOST_BYTES = 2**20
MOST_EVENTS = 1000
"""Events that may wait: of saved replays alone, days."""
OUTPUTS = 1 << 6
"""The events of recordings, streams and replays, as obs-websocket numbers subscriptions."""
OWN_PORT = 4455
"""Where OBS listens unless told otherwise."""

T = TypeVar("T")


class ObsWebSocket:
    """Connects to the OBS of whoever gave its address. For any event loop: nothing is kept between two connections."""

    def __init__(self, within: Reach = Reach.INTERNET) -> None:
        """Go no further than `within`, apart from port 4455 of this machine.

        An OBS beside Vigie works without a setting, since nothing but OBS listens there; any other private address or
        port needs Reach.NETWORK, as otherwise those who add an OBS could find out what runs in the network of the
        installation. What is connected to is the address that was looked at; redirects elsewhere are not followed.
        """
        self._reach = within

    @asynccontextmanager
    async def connect(self, address: ObsAddress) -> AsyncGenerator["ObsWebSocketSession", None]:
        """Open a session within 5 s. Raises PortError: permanent for a wrong password, or what cannot be an OBS."""
        session = await self._open(address)
        try:
            yield session
        finally:
            await session.close()

    async def _open(self, address: ObsAddress) -> "ObsWebSocketSession":
        _library()
        place = f"OBS at {address.host}:{address.port}"
        async with _in_time(place):
            session = ObsWebSocketSession(place, address.password, await self._connection(address, place))
            try:
                await session.identify()
            except BaseException:
                await session.close()
                raise
            return session

    async def _connection(self, address: ObsAddress, place: str) -> "ClientConnection":
        """Return a connection to the first of the addresses that answers. Raises PortError."""
        *others, last = await self._addresses(address, place)
        for one in others:
            try:
                return await _connected(one, address.port, place)
            except PortError as error:
                if error.permanent:
                    raise
        return await _connected(last, address.port, place)

    async def _addresses(self, address: ObsAddress, place: str) -> list[str]:
        """Return the addresses of a host, one at least. Raises PortError, also when one of them is out of reach."""
        host = address.host.strip().removeprefix("[").removesuffix("]")
        if not host or not 0 < address.port < 65536:
            raise PortError(f"{place}: not an address that can be connected to.", permanent=True)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, address.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise PortError(f"{place}: the name is not known.", retryable=True) from error
        except ValueError as error:  # a label that is empty or too long
            raise PortError(f"{place}: not an address that can be connected to.", permanent=True) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self._allows(one, address.port) for one in addresses):
            raise OutOfReach(host)
        return addresses

    def _allows(self, address: str, port: int) -> bool:
        is_own = port == OWN_PORT and ip_address(address).is_loopback
        return self._reach >= Reach.NETWORK or is_own or is_public(address)


class ObsWebSocketSession:
    """A connection to one OBS, from its handshake on; `identify` first, `close` last."""

    def __init__(self, place: str, password: str, connection: "ClientConnection") -> None:
        self._library = _library()
        self._place = place
        self._connection = connection
        self._happened: asyncio.Queue[ObsEvent | PortError] = asyncio.Queue()
        parameters = self._library.IdentificationParameters(eventSubscriptions=OUTPUTS)
        self._client = self._library.WebSocketClient(password=password, identification_parameters=parameters)
        self._client.register_event_callback(self._hear)
        # what its `connect` does, which would follow redirects anywhere, and ask the proxies of the environment
        self._client.ws, self._client.ws_open = connection, True
        receiving = self._client._ws_recv_task()  # noqa: SLF001 -- nothing else starts it
        self._receiving: asyncio.Task[None] = asyncio.create_task(receiving)
        self._client.recv_task = self._receiving
        self._receiving.add_done_callback(lambda _: self._happened.put_nowait(self._lost()))

    async def identify(self) -> None:
        """Return once OBS took the password. Raises PortError."""
        if not await self._while_connected(self._client.wait_until_identified(timeout=None)):
            raise self._lost()

    async def status(self) -> ObsStatus:
        """Return how it does. Raises PortError."""
        name = {"parameterCategory": "Output", "parameterName": "FilenameFormatting"}
        async with _in_time(self._place):
            version = self._taken(await self._ask("GetVersion"))
            buffer = self._taken(await self._ask("GetReplayBufferStatus"), or_code=parse.INVALID_STATE)
            parameter = await self._ask("GetProfileParameter", name)
            return parse.status(version, buffer, parameter, await self._ask("GetLastReplayBufferReplay"))

    async def start_replay_buffer(self) -> None:
        """Let the replay buffer run, unless it does. Raises PortError."""
        await self._do("StartReplayBuffer", or_code=parse.OUTPUT_RUNNING)

    async def save_replay(self) -> None:
        """Ask for the replay to be written. Raises PortError."""
        await self._do("SaveReplayBuffer")

    async def events(self) -> AsyncGenerator[ObsEvent, None]:
        """Yield what happens, for one reader. Raises PortError at once when the connection ends."""
        while True:
            told = await self._happened.get()
            if isinstance(told, PortError):
                self._happened.put_nowait(told)  # for whoever asks again
                raise told
            yield told

    async def close(self) -> None:
        """Say goodbye."""
        await self._client.disconnect()
        await asyncio.wait([self._receiving])

    async def _do(self, request: str, *, or_code: int = 0) -> None:
        async with _in_time(self._place):
            self._taken(await self._ask(request), or_code=or_code)

    def _taken(self, told: Reply, *, or_code: int = 0) -> Reply:
        """Return an answer that says so, or has this code. Raises PortError for any other."""
        if not told.is_ok and told.code != or_code:
            raise parse.refused(told, self._place)
        return told

    async def _ask(self, request: str, data: Mapping[str, str] | None = None) -> Reply:
        try:
            told = await self._while_connected(self._client.call(self._library.Request(request, data), timeout=None))
            is_ok, code, comment = told.requestStatus.result, told.requestStatus.code, told.requestStatus.comment
            return parse.reply(request, is_ok=is_ok, code=code, comment=comment, data=told.responseData)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PortError(f"{self._place}: its answer to {request} makes no sense.", retryable=True) from error

    async def _while_connected(self, waiting: Coroutine[Any, Any, T]) -> T:
        """Return what is waited for. Raises PortError as soon as the connection is lost."""
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 -- an extra

        task = asyncio.create_task(waiting)
        try:
            await asyncio.wait({task, self._receiving}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise self._lost()
            return task.result()
        except (ConnectionClosed, self._library.NotIdentifiedError) as error:
            raise self._lost() from error
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _hear(self, kind: object, data: object) -> None:
        """Let an event wait for its reader; simpleobsws calls this in the order in which they came."""
        told = parse.event(kind, data)
        if told and self._happened.qsize() < MOST_EVENTS:
            self._happened.put_nowait(told)
        elif told and self._happened.qsize() == MOST_EVENTS:
            words = f"{self._place}: {MOST_EVENTS} events wait that nobody reads."
            self._happened.put_nowait(PortError(words, retryable=True))

    def _lost(self) -> PortError:
        """Return why nothing comes any more."""
        is_done = self._receiving.done() and not self._receiving.cancelled()
        if is_done and (error := self._receiving.exception()):
            what = type(error).__name__
            return PortError(f"{self._place}: what listens there does not talk as OBS does ({what}).", retryable=True)
        return parse.closed(self._connection.close_code, self._place)


@cache
def _library() -> Any:
    """Return simpleobsws. Raises PortError where it is not installed."""
    try:
        import simpleobsws  # type: ignore[import-untyped] # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise PortError("simpleobsws is not installed: pip install 'vigie[obs]'.", permanent=True) from error
    simpleobsws.log.setLevel(logging.INFO)  # at debug level it logs what proves the password
    return simpleobsws


@asynccontextmanager
async def _in_time(place: str) -> AsyncGenerator[None, None]:
    try:
        async with asyncio.timeout(ANSWER_S):
            yield
    except TimeoutError as error:
        raise PortError(f"{place}: no answer for {ANSWER_S:g} s.", retryable=True) from error


async def _connected(host: str, port: int, place: str) -> "ClientConnection":
    """Return a connection after its handshake. Raises PortError."""
    from websockets.asyncio.client import connect  # noqa: PLC0415 -- an extra
    from websockets.exceptions import InvalidStatus, WebSocketException  # noqa: PLC0415 -- an extra
    from websockets.typing import Subprotocol  # noqa: PLC0415 -- an extra

    uri = f"ws://[{host}]:{port}" if ":" in host else f"ws://{host}:{port}"
    try:
        return await connect(
            uri,
            port=port,  # said outright, it keeps redirects from leading elsewhere
            proxy=None,
            subprotocols=[Subprotocol("obswebsocket.msgpack")],
            compression=None,
            open_timeout=None,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            close_timeout=CLOSE_S,
            max_size=MOST_BYTES,
        )
    except InvalidStatus as error:
        headers = httpx.Headers(list(error.response.headers.raw_items()))
        raise parse.answered(error.response.status_code, wait_s(headers), place) from error
    except OSError as error:
        raise PortError(f"{place}: cannot be reached ({type(error).__name__}).", retryable=True) from error
    except (WebSocketException, ValueError) as error:  # the latter of a redirect
        what = type(error).__name__
        raise PortError(f"{place}: what listens there does not talk as OBS does ({what}).", retryable=True) from error
