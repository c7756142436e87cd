from typing import Any

import httpx
import pytest

from vigie.simulators.tiktok import Fault, Kind, Route, TikTokServer
from vigie.simulators.tiktok.control import read_fault


def faults(server: TikTokServer, handle: str) -> list[str]:
    state = httpx.get(server.url("control"), timeout=5).json()
    return [fault["kind"] for fault in state[handle]["faults"]]


def change(server: TikTokServer, **entry: Any) -> int:
    return httpx.post(server.url("control"), json=entry, timeout=5).status_code


def test_the_state_tells_who_is_live(server: TikTokServer) -> None:
    state = httpx.get(server.url("control"), timeout=5).json()

    assert state["alice"] == {"state": "live", "room_id": "101", "connections": 0, "faults": []}
    assert state["bob"]["state"] == "offline"
    assert state["*"] == {"faults": []}


def test_faults_are_switched_by_hand(server: TikTokServer) -> None:
    assert change(server, handle="alice", kind="captcha", times=2) == 200
    assert change(server, handle="*", kind="refuse", status=429, routes=["sign"]) == 200
    assert (faults(server, "alice"), faults(server, "bob"), faults(server, "*")) == (["captcha"], [], ["refuse"])

    assert change(server, handle="alice", clear=True) == 200
    assert (faults(server, "alice"), faults(server, "*")) == ([], ["refuse"])
    assert change(server, handle="*", clear=True) == 200
    assert faults(server, "*") == []


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"handle": "nobody", "kind": "captcha"},
        {"handle": "nobody", "clear": True},
        {"handle": "alice"},
        {"handle": "alice", "kind": "flood"},
        {"handle": "alice", "kind": "close", "routes": ["sign"]},
        {"handle": "alice", "kind": "captcha", "colour": "red"},
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(server: TikTokServer, entry: dict[str, Any]) -> None:
    assert change(server, **entry) == 400
    assert faults(server, "alice") == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"alice"', b"\xff", b"[" * 100_000])
def test_what_is_no_entry_is_refused(server: TikTokServer, body: bytes) -> None:
    assert httpx.post(server.url("control"), content=body, timeout=5).status_code == 400


def test_the_log_tells_what_was_asked(server: TikTokServer) -> None:
    httpx.get(server.url("api-live/user/room/"), params={"uniqueId": "alice"}, timeout=5)
    log = httpx.get(server.url("control/log"), timeout=5).json()

    assert log["requests"] == [{"route": "user_room", "handles": ["alice"], "query": {"uniqueId": "alice"}}]
    assert log["delivered"]["alice"] == []


def test_a_fault_is_read_from_its_fields() -> None:
    read = read_fault({"kind": "refuse", "status": 403, "routes": ["alive"]})

    assert read == Fault(Kind.REFUSE, frozenset({Route.ALIVE}), status=403)
