"""Handshakes and messages that go wrong, as a client meets them."""

import httpx
import pytest
from websockets.exceptions import InvalidHandshake, InvalidStatus

from tests.simulators.obs.clients import JSON, MSGPACK, connected, identified
from vigie.simulators.obs import Fault, Kind, ObsServer
from vigie.simulators.obs.encodings import decoded
from vigie.simulators.obs.spoiling import GARBAGE, frame

ANSWER = {
    "op": 7,
    "d": {"requestId": "1", "requestStatus": {"result": True, "code": 100}, "responseData": {"list": ["a"]}},
}


@pytest.mark.parametrize(
    ("fault", "status", "wait"),
    [
        (Fault(Kind.REFUSE), 503, None),
        (Fault(Kind.REFUSE, status=429, delay_s=7.2), 429, "8"),
        (Fault(Kind.HTML), 200, None),
    ],
)
async def test_a_handshake_is_answered_otherwise(
    server: ObsServer, fault: Fault, status: int, wait: str | None
) -> None:
    server.fail(fault)
    with pytest.raises(InvalidStatus) as caught:
        async with connected(server.address):
            pass

    response = caught.value.response
    assert (response.status_code, response.headers.get("Retry-After")) == (status, wait)
    async with connected(server.address) as talk:
        assert (await talk.hear())["op"] == 0


async def test_a_handshake_breaks(server: ObsServer) -> None:
    server.fail(Fault(Kind.RESET))
    with pytest.raises((InvalidHandshake, ConnectionError)):
        async with connected(server.address):
            pass


def test_the_side_door_always_opens(server: ObsServer) -> None:
    server.fail(Fault(Kind.REFUSE, times=0))

    assert httpx.get(server.url("control"), timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.HOLLOW, {"op": 7, "d": {}}),
        (
            Kind.TWISTED,
            {
                "op": 7,
                "d": {
                    "requestId": "1",
                    "requestStatus": {"result": "True", "code": "100"},
                    "responseData": {"list": [7]},
                },
            },
        ),
    ],
)
@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
def test_a_message_is_another(kind: Kind, said: object, protocol: str) -> None:
    assert decoded(frame(ANSWER, protocol, Fault(kind)), protocol) == said
    assert decoded(frame(ANSWER, protocol, None), protocol) == ANSWER


@pytest.mark.parametrize(("kind", "size"), [(Kind.GARBAGE, len(GARBAGE)), (Kind.TEXT, 13), (Kind.HUGE, 2 * 2**20)])
def test_something_else_comes_instead_of_a_message(kind: Kind, size: int) -> None:
    said = frame(ANSWER, MSGPACK, Fault(kind))

    assert (len(said), isinstance(said, str)) == (size, kind is Kind.TEXT)


async def test_messages_go_wrong_after_so_many(server: ObsServer) -> None:
    server.fail(Fault(Kind.HOLLOW, skip=3))
    async with identified(server.address, server.password) as talk:
        assert (await talk.ask("GetVersion"))["requestId"] == "1"
        assert await talk.ask("GetVersion") == {}
        assert (await talk.ask("GetVersion"))["requestId"] == "1"
