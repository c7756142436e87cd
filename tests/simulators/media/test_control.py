from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from vigie.simulators.media.clock import HandClock
from vigie.simulators.media.faults import Fault, Kind, Resource
from vigie.simulators.media.script import Script, demo_script
from vigie.simulators.media.server import MediaServer


@pytest.fixture
def server() -> Iterator[MediaServer]:
    """Return a server whose French live stands at second 6."""
    with MediaServer(Script(demo_script().lives[:1]), clock=HandClock()) as server:
        yield server


@pytest.fixture(scope="module")
def steady() -> Iterator[MediaServer]:
    """Return the same for tests that change nothing."""
    with MediaServer(Script(demo_script().lives[:1]), clock=HandClock()) as server:
        yield server


def told(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "at_s": 6.0, "for_s": 0.0, "resources": [], "status": 503, "media": "", **fields}


def test_the_state_tells_the_clock_and_the_faults(server: MediaServer, client: httpx.Client) -> None:
    server.break_live("fr", Fault(Kind.REFUSE, 3, 4, frozenset({Resource.SEGMENT, Resource.FLV}), 404))

    fault = told("refuse", at_s=3, for_s=4, resources=["flv", "segment"], status=404)
    assert client.get(server.url("control")).json() == {"fr": {"now_s": 6.0, "segment": 3, "faults": [fault]}}


def test_a_fault_starts_at_once(server: MediaServer, client: httpx.Client) -> None:
    answer = client.post(server.url("control"), json={"live": "fr", "kind": "refuse", "for_s": 5, "status": 404})

    assert answer.json()["faults"] == [told("refuse", for_s=5, status=404)]
    assert client.get(server.url("fr/audio/1.ts")).status_code == 404


def test_a_fault_can_be_put_off(server: MediaServer, client: httpx.Client) -> None:
    client.post(server.url("control"), json={"live": "fr", "kind": "cut", "at_s": 90, "resources": ["flv"]})

    assert client.get(server.url("control")).json()["fr"]["faults"] == [told("cut", at_s=90, resources=["flv"])]


def test_faults_can_be_cleared(server: MediaServer, client: httpx.Client) -> None:
    server.break_live("fr", Fault(Kind.HTML, for_s=99))

    assert client.post(server.url("control"), json={"live": "fr", "clear": True}).json()["faults"] == []
    assert client.get(server.url("fr/audio.m3u8")).text.startswith("#EXTM3U")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"kind": "cut"}',
        b'{"live": "de", "kind": "cut"}',
        b'{"live": "fr", "kind": "melt"}',
        b'{"live": "fr", "kind": "stall"}',
        b'{"live": "fr", "kind": "cut", "when": 3}',
        b'{"live": "fr", "kind": "restart", "media": "de"}',
        b'{"live": "fr", "kind": "cut", "resources": ["sky"]}',
    ],
)
def test_what_it_does_not_know_is_refused_and_changes_nothing(
    steady: MediaServer, client: httpx.Client, content: bytes
) -> None:
    assert client.post(steady.url("control"), content=content).status_code == 400
    assert client.get(steady.url("control")).json()["fr"]["faults"] == []
