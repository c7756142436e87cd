import asyncio

from starlette.types import Message, Receive, Scope, Send

from vigie.simulators.twitch.requests import Asked, Log


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 204; nothing at all under `/nothing`; raise under `/broken`."""
    if scope["path"] == "/broken":
        raise LookupError("broken")
    if scope["path"] != "/nothing":
        await send({"type": "http.response.start", "status": 204})


async def receive() -> Message:
    return {"type": "http.disconnect"}


async def send(_: Message) -> None:
    return


async def ask(log: Log, path: str, kind: str = "http") -> None:
    scope = {"type": kind, "path": path, "query_string": b"a=1"} | ({"method": "GET"} if kind == "http" else {})
    await asyncio.gather(log.middleware(app)(scope, receive, send), return_exceptions=True)


async def test_every_request_is_written_down_with_its_answer() -> None:
    log = Log()
    for path in ("/helix/users", "/nothing", "/broken"):
        await ask(log, path)

    assert log.requests == [
        Asked("GET", "/helix/users", "a=1", 204),
        Asked("GET", "/nothing", "a=1", 0),
        Asked("GET", "/broken", "a=1", 0),
    ]


async def test_sockets_are_written_down_and_the_side_door_is_not() -> None:
    log = Log()
    await ask(log, "/control")
    await ask(log, "/nothing", "websocket")

    assert log.requests == [Asked("WEBSOCKET", "/nothing", "a=1", 101)]
