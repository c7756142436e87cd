"""The simulator and Debian's OBS say the same to the same words."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests import own_network
from tests.obs_program import RealObs
from tests.simulators.obs.clients import JSON, MSGPACK, Talk, connected, identified, proof_of
from vigie.simulators.obs import ObsServer

Obs = RealObs | ObsServer
UNKNOWN = {"requestType": "Sing"}
STATUS = {"requestType": "GetReplayBufferStatus"}
PATTERN = {"parameterCategory": "Output", "parameterName": "FilenameFormatting"}
FINE = {"result": True, "code": 100}


@pytest.fixture(scope="module", params=["played", pytest.param("real", marks=pytest.mark.obs)])
def obs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Obs]:
    folder = tmp_path_factory.mktemp("obs")
    with RealObs(folder) if request.param == "real" else ObsServer(folder) as obs:
        yield obs


def refused(code: int, comment: str = "") -> dict[str, object]:
    return {"result": False, "code": code} | ({"comment": comment} if comment else {})


async def test_a_program_is_reached_at_one_address_of_its_machine(obs: Obs) -> None:
    """The real one listens on all addresses: of a network of its own."""
    if isinstance(obs, RealObs) and not own_network.can_be_made():
        pytest.skip("nobody may make a network namespace here")

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", obs.address[1])


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [((), None), ((JSON,), JSON), ((MSGPACK,), MSGPACK), (("other", MSGPACK, JSON), MSGPACK), (("other",), None)],
)
async def test_the_first_encoding_is_agreed_upon_that_is_known(
    obs: Obs, offered: tuple[str, ...], agreed: str | None
) -> None:
    async with connected(obs.address, offered) as talk:
        hello = await talk.hear()

    assert talk.connection.subprotocol == agreed
    assert hello["op"] == 0
    assert {**hello["d"], "obsWebSocketVersion": ""} == {
        "authentication": {
            "challenge": hello["d"]["authentication"]["challenge"],
            "salt": hello["d"]["authentication"]["salt"],
        },
        "obsWebSocketVersion": "",
        "rpcVersion": 1,
    }


async def test_each_connection_has_a_challenge_of_its_own(obs: Obs) -> None:
    async with connected(obs.address) as first, connected(obs.address) as second:
        told = [(await talk.hear())["d"]["authentication"] for talk in (first, second)]

    assert told[0]["salt"] == told[1]["salt"]
    assert told[0]["challenge"] != told[1]["challenge"]


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        (b"\x80", 4002, "Your session encoding is set to Json, but a binary message was received."),
        ("{", 4002, "Unable to decode Json: "),
        ("", 4002, "Unable to decode Json: "),
        ([], 4002, "You sent a non-object payload."),
        (3, 4002, "You sent a non-object payload."),
        ({"d": {}}, 4006, "Your request is missing an `op`."),
        ({"op": "1", "d": {}}, 4006, "Your `op` is not a number."),
        ({"op": 1}, 4003, "Your payload is missing data (`d`)."),
        ({"op": 1, "d": None}, 4003, "Your payload is missing data (`d`)."),
        ({"op": 1, "d": []}, 4004, "Your payload's data (`d`) is not an object."),
        ({"op": 6, "d": {}}, 4007, "You attempted to send a non-Identify message while not identified."),
        ({"op": 99, "d": {}}, 4007, "You attempted to send a non-Identify message while not identified."),
        ({"op": 1, "d": {"rpcVersion": 1}}, 4009, "Your payload's data is missing an `authentication` string"),
        ({"op": 1, "d": {"rpcVersion": 1, "authentication": "x"}}, 4009, "Authentication failed."),
    ],
)
async def test_a_stranger_who_makes_no_sense_is_sent_away(obs: Obs, said: object, code: int, reason: str) -> None:
    async with connected(obs.address) as talk:
        await talk.hear()
        await talk.say(said)
        ended = await talk.ended()

    assert (ended[0], (ended[1] or "")[: len(reason)]) == (code, reason)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("{}", "Your session encoding is set to MsgPack, but a text message was received."),
        (b"\xc1", "Unable to decode MsgPack: "),
    ],
)
async def test_the_other_encoding_is_held_to_as_well(obs: Obs, said: object, reason: str) -> None:
    async with connected(obs.address, [MSGPACK]) as talk:
        await talk.hear()
        await talk.say(said)
        ended = await talk.ended()

    assert (ended[0], (ended[1] or "")[: len(reason)]) == (4002, reason)


@pytest.mark.parametrize(
    ("wishes", "code", "reason"),
    [
        ({}, 4003, "Your payload's data is missing an `rpcVersion`."),
        ({"rpcVersion": 2}, 4010, "Your requested RPC version is not supported by this server."),
        ({"rpcVersion": -1}, 4004, "Your `rpcVersion` is not an unsigned number."),
        ({"rpcVersion": "1"}, 4004, "Your `rpcVersion` is not an unsigned number."),
        ({"rpcVersion": 1, "eventSubscriptions": "x"}, 4004, "Your `eventSubscriptions` is not an unsigned number."),
        ({"rpcVersion": 1, "eventSubscriptions": -1}, 4004, "Your `eventSubscriptions` is not an unsigned number."),
    ],
)
async def test_who_knows_the_password_may_still_ask_for_the_impossible(
    obs: Obs, wishes: dict[str, object], code: int, reason: str
) -> None:
    async with connected(obs.address) as talk:
        hello = await talk.hear()
        proof = proof_of(obs.password, hello["d"]["authentication"])
        await talk.say({"op": 1, "d": {"authentication": proof, **wishes}})

        assert await talk.ended() == (code, reason)


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ({"op": 1, "d": {"rpcVersion": 1}}, 4008, "You are already Identified with the obs-websocket server."),
        ({"op": 3, "d": {"eventSubscriptions": "x"}}, 4004, "Your `eventSubscriptions` is not an unsigned number."),
        ({"op": 2, "d": {}}, 4006, "Unknown OpCode: 2"),
        ({"op": 99, "d": {}}, 4006, "Unknown OpCode: 99"),
        ({"op": 6, "d": {"requestType": "GetVersion"}}, 4003, "Your payload data is missing a `requestId`."),
        ({"op": 6, "d": {"requestId": "1"}}, 4003, "Your payload's data is missing an `requestType`."),
        ({"op": 8, "d": {"requests": []}}, 4003, "Your payload data is missing a `requestId`."),
        ({"op": 8, "d": {"requestId": "b"}}, 4003, "Your payload data is missing a `requests`."),
        ({"op": 8, "d": {"requestId": "b", "requests": "x"}}, 4004, "Your `requests` is not an array."),
        (
            {"op": 8, "d": {"requestId": "b", "requests": [], "haltOnFailure": "x"}},
            4004,
            "Your `haltOnFailure` is not a boolean.",
        ),
        (
            {"op": 8, "d": {"requestId": "b", "requests": [], "executionType": "x"}},
            4004,
            "Your `executionType` is not a number.",
        ),
        (
            {"op": 8, "d": {"requestId": "b", "requests": [], "executionType": 5}},
            4005,
            "Your `executionType` has an invalid value.",
        ),
        (
            {"op": 8, "d": {"requestId": "b", "requests": [], "executionType": 2, "variables": {"a": 1}}},
            4012,
            "Variables are not supported in Parallel mode.",
        ),
    ],
)
@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_a_client_that_makes_no_sense_is_sent_away(
    obs: Obs, protocol: str, said: object, code: int, reason: str
) -> None:
    async with identified(obs.address, obs.password, [protocol]) as talk:
        await talk.say(said)

        assert await talk.ended() == (code, reason)


@pytest.mark.parametrize(
    ("request_type", "data", "status", "answer"),
    [
        ("GetReplayBufferStatus", None, FINE, {"outputActive": True}),
        ("GetReplayBufferStatus", {"x": 1}, FINE, {"outputActive": True}),
        ("GetReplayBufferStatus", [], FINE, {"outputActive": True}),
        ("StartReplayBuffer", None, refused(500), None),
        ("Sing", None, refused(204, "Your request type is not valid."), None),
        ("", None, refused(203, "Your request's `requestType` may not be empty."), None),
        ("GetProfileParameter", None, refused(301, "Your request data is missing or invalid (non-object)"), None),
        (
            "GetProfileParameter",
            {"parameterCategory": "Output"},
            refused(300, "Your request is missing the `parameterName` field."),
            None,
        ),
        (
            "GetProfileParameter",
            {"parameterCategory": 1, "parameterName": "x"},
            refused(401, "The field value of `parameterCategory` must be a string."),
            None,
        ),
        (
            "GetProfileParameter",
            {"parameterCategory": "", "parameterName": "x"},
            refused(403, "The field value of `parameterCategory` must not be empty."),
            None,
        ),
        (
            "GetProfileParameter",
            PATTERN,
            FINE,
            {"parameterValue": "%CCYY-%MM-%DD %hh-%mm-%ss", "defaultParameterValue": "%CCYY-%MM-%DD %hh-%mm-%ss"},
        ),
        (
            "GetProfileParameter",
            {"parameterCategory": "x", "parameterName": "y"},
            FINE,
            {"parameterValue": None, "defaultParameterValue": None},
        ),
    ],
)
@pytest.mark.parametrize("protocol", [JSON, MSGPACK])
async def test_requests_are_answered(
    obs: Obs, protocol: str, request_type: str, *, data: object, status: object, answer: object
) -> None:
    async with identified(obs.address, obs.password, [protocol]) as talk:
        told = await talk.ask(request_type, data)

    expected = {"requestType": request_type, "requestId": "1", "requestStatus": status}
    assert told == expected | ({} if answer is None else {"responseData": answer})


async def test_the_version_tells_what_can_be_asked(obs: Obs) -> None:
    async with identified(obs.address, obs.password) as talk:
        told = (await talk.ask("GetVersion"))["responseData"]

    assert {"SaveReplayBuffer", "GetVersion", "GetProfileParameter"} <= set(told["availableRequests"])
    assert {"obsVersion", "obsWebSocketVersion", "platform"} <= told.keys()
    assert told["rpcVersion"] == 1


@pytest.mark.parametrize(("halts", "answered"), [(False, 2), (True, 1)])
async def test_a_batch_is_answered_in_order(obs: Obs, *, halts: bool, answered: int) -> None:
    asked = {"requestId": "b", "haltOnFailure": halts, "requests": [UNKNOWN, {**STATUS, "requestId": "q"}]}
    async with identified(obs.address, obs.password) as talk:
        await talk.say({"op": 8, "d": asked})
        told = await talk.hear()

    results: list[dict[str, Any]] = [
        {**UNKNOWN, "requestStatus": refused(204, "Your request type is not valid.")},
        {**STATUS, "requestId": "q", "requestStatus": FINE, "responseData": {"outputActive": True}},
    ]
    assert told == {"op": 9, "d": {"requestId": "b", "results": results[:answered]}}


async def test_a_saved_replay_is_told_to_who_wants_to_hear_of_outputs(obs: Obs) -> None:
    async with (
        identified(obs.address, obs.password) as everything,
        identified(obs.address, obs.password, [MSGPACK], eventSubscriptions=64) as outputs,
        identified(obs.address, obs.password, eventSubscriptions=1) as others,
    ):
        await others.say({"op": 6, "d": {"requestType": "SaveReplayBuffer", "requestId": "1"}})
        assert (await others.hear())["d"]["requestStatus"] == FINE
        told = [await talk.event() for talk in (everything, outputs)]
        last = await others.ask("GetLastReplayBufferReplay")
        await others.say({"op": 3, "d": {"eventSubscriptions": 64}})
        assert await others.hear() == {"op": 2, "d": {"negotiatedRpcVersion": 1}}

    path = last["responseData"]["savedReplayPath"]
    event = {"eventType": "ReplayBufferSaved", "eventIntent": 64, "eventData": {"savedReplayPath": path}}
    assert told == [event] * 2
    assert re.fullmatch(r"Replay \d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.mp4", path.rpartition("/")[2])


async def started(talk: Talk) -> list[Any]:
    """Return what is told of a start. OBS 29 now and then takes one just after a stop, and does nothing."""
    told: list[Any] = []
    async with asyncio.timeout(60):
        while len(told) < 2:
            try:
                async with asyncio.timeout(2):
                    told.append(await talk.event())
            except TimeoutError:
                await talk.ask("StartReplayBuffer")
    return told


async def test_a_replay_buffer_is_turned_off_and_on(obs: Obs) -> None:
    async with identified(obs.address, obs.password, eventSubscriptions=64) as talk:
        assert (await talk.ask("StopReplayBuffer"))["requestStatus"] == FINE
        stopping = [await talk.event() for _ in range(2)]
        off = [(await talk.ask(name))["requestStatus"] for name in ("SaveReplayBuffer", "GetLastReplayBufferReplay")]
        toggled = (await talk.ask("ToggleReplayBuffer"))["responseData"]
        starting = await started(talk)

    assert off == [refused(501)] * 2
    assert toggled == {"outputActive": True}
    assert [event["eventType"] for event in (*stopping, *starting)] == ["ReplayBufferStateChanged"] * 4
    assert [event["eventData"] for event in (*stopping, *starting)] == [
        {"outputActive": False, "outputState": "OBS_WEBSOCKET_OUTPUT_STOPPING"},
        {"outputActive": False, "outputState": "OBS_WEBSOCKET_OUTPUT_STOPPED"},
        {"outputActive": False, "outputState": "OBS_WEBSOCKET_OUTPUT_STARTING"},
        {"outputActive": True, "outputState": "OBS_WEBSOCKET_OUTPUT_STARTED"},
    ]
