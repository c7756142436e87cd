from typing import Any

import httpx
import pytest

from tests.simulators.obs.clients import identified
from vigie.simulators.obs import ObsServer


def do(server: ObsServer, verb: str, **words: Any) -> Any:
    answer = httpx.post(server.url("control"), json={"do": verb, **words}, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def state(server: ObsServer, path: str = "control") -> Any:
    return httpx.get(server.url(path), timeout=5).json()


def test_the_state_tells_everything_but_the_password(server: ObsServer) -> None:
    do(server, "set", told_folder="C:/Videos", write_s=1)
    do(server, "fail", kind="late", delay_s=3)
    do(server, "turn", is_active=False)

    told = state(server)

    assert (told["is_active"], told["settings"]["told_folder"]) == (False, "C:/Videos")
    assert [(fault["kind"], fault["delay_s"]) for fault in told["faults"]] == [("late", 3)]
    assert {"turn", "save", "drop", "fail", "heal", "set", "stall", "resume", "close"} == set(told["verbs"])
    assert server.password not in str(told)


async def test_what_a_test_can_do_the_side_door_can(server: ObsServer) -> None:
    async with identified(server.address, server.password) as talk:
        do(server, "save")
        event = (await talk.hear())["d"]
        await talk.ask("GetVersion")
        assert do(server, "close", code=4011) == 1
        ended = await talk.ended()

    assert ended[0] == 4011
    assert state(server, "control/log") == {
        "requests": [{"request": "GetVersion", "code": 100}],
        "written": [event["eventData"]["savedReplayPath"]],
    }


@pytest.mark.parametrize(
    "entry",
    [
        {},
        [],
        {"do": "sing"},
        {"do": "turn"},
        {"do": "turn", "is_active": True, "loud": 1},
        {"do": "fail", "kind": "rain"},
        {"do": "fail", "kind": "late"},
        {"do": "set", "volume": 11},
        {"do": "set", "write_s": "soon"},
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(server: ObsServer, entry: object) -> None:
    answer = httpx.post(server.url("control"), json=entry, timeout=5)

    assert (answer.status_code, answer.text.count("\n")) == (400, 0)
