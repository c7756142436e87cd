from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from vigie.simulators.media.clock import HandClock
from vigie.simulators.media.faults import Fault, Kind, Resource
from vigie.simulators.media.feed import FlvFeed
from vigie.simulators.media.program import plan
from vigie.simulators.media.recording import Recording
from vigie.simulators.media.script import Script, demo_script
from vigie.simulators.media.server import MediaServer

LIVE = demo_script().lives[0]
SOON = httpx.Timeout(5, read=0.3)
"""Long enough for anything that is due, short enough to wait for nothing."""


class Expected:
    """What a connection must get that was opened at second 6 of a live: from second 2 on, byte for byte."""

    def __init__(self, recording: Recording, *faults: Fault, audio_only: bool = False) -> None:
        self._program = plan({"fr": recording}, "fr", faults)
        self._feed = FlvFeed(self._program.segment(1), audio_only=audio_only)

    def until(self, at_s: float) -> bytes:
        return self._feed.take(self._program, at_s)[0]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def server(clock: HandClock) -> Iterator[MediaServer]:
    """Return a server whose French live stands at second 6."""
    with MediaServer(Script((LIVE,)), clock=clock) as server:
        yield server


@pytest.fixture
def stream(server: MediaServer, client: httpx.Client) -> Iterator[Iterator[bytes]]:
    """Return what an open connection gets, piece by piece."""
    with client.stream("GET", server.url("fr.flv")) as response:
        yield response.iter_raw()


def read(pieces: Iterator[bytes], size: int) -> bytes:
    """Return the next bytes, which must come in pieces that end there."""
    body = b""
    while len(body) < size:
        body += next(pieces)
    return body


def heard(server: MediaServer) -> list[tuple[float, float]]:
    return [(delivery.sound.from_s, delivery.sound.to_s) for delivery in server.deliveries("fr")]


def test_a_connection_gets_a_burst_and_then_what_is_due(
    server: MediaServer, clock: HandClock, stream: Iterator[bytes], french: Recording
) -> None:
    expected = Expected(french)
    for at_s in (6.0, 7.0, 9.5):
        due = expected.until(at_s)
        assert read(stream, len(due)) == due
        clock.advance({6.0: 1.0, 7.0: 2.5}.get(at_s, 0))

    assert heard(server) == [(2.048, 9.536)]


def test_nothing_comes_before_it_is_due(server: MediaServer, client: httpx.Client, french: Recording) -> None:
    due = Expected(french).until(6.0)
    opening = client.stream("GET", server.url("fr.flv"), timeout=SOON)
    with opening as response, pytest.raises(httpx.ReadTimeout):
        read(response.iter_raw(), len(due) + 1)

    assert heard(server) == [(2.048, 6.016)]


def test_the_sound_alone_can_be_had(server: MediaServer, client: httpx.Client, french: Recording) -> None:
    due = Expected(french, audio_only=True).until(6.0)
    with client.stream("GET", server.url("fr/audio.flv")) as response:
        assert read(response.iter_raw(), len(due)) == due

    assert [delivery.rendition for delivery in server.deliveries("fr")] == ["audio.flv"]


@pytest.mark.parametrize(("kind", "error"), [(Kind.CUT, httpx.RemoteProtocolError), (Kind.RESET, httpx.ReadError)])
def test_a_cut_breaks_open_connections_and_new_ones_are_fine(
    server: MediaServer, clock: HandClock, stream: Iterator[bytes], *, kind: Kind, error: type[httpx.HTTPError]
) -> None:
    server.break_live("fr", Fault(kind, at_s=7))
    clock.advance(2)

    with pytest.raises(error):
        list(stream)
    assert heard(server) == [(2.048, 7.04)]
    assert httpx.head(server.url("fr.flv")).status_code == 200


def test_all_that_was_due_before_an_orderly_cut_arrives(
    server: MediaServer, clock: HandClock, stream: Iterator[bytes], french: Recording
) -> None:
    server.break_live("fr", Fault(Kind.CUT, at_s=7))
    clock.advance(2)
    due = Expected(french).until(7)

    assert read(stream, len(due)) == due
    with pytest.raises(httpx.RemoteProtocolError):
        next(stream)


def test_while_a_cut_lasts_nobody_gets_in(server: MediaServer, client: httpx.Client) -> None:
    server.break_live("fr", Fault(Kind.CUT, at_s=5, for_s=5))

    with pytest.raises(httpx.RemoteProtocolError):
        client.get(server.url("fr.flv"))


def test_what_a_stall_holds_back_follows_at_once(
    server: MediaServer, clock: HandClock, stream: Iterator[bytes], french: Recording
) -> None:
    expected = Expected(french)
    due = expected.until(6.0)
    read(stream, len(due))
    server.break_live("fr", Fault(Kind.STALL, at_s=6, for_s=4))
    clock.advance(4)

    held = expected.until(10.0)
    assert read(stream, len(held)) == held


@pytest.mark.parametrize("resources", [frozenset[Resource](), frozenset({Resource.FLV})])
def test_during_a_stall_connections_stay_open_without_an_answer(
    server: MediaServer, client: httpx.Client, resources: frozenset[Resource]
) -> None:
    server.break_live("fr", Fault(Kind.STALL, at_s=6, for_s=4, resources=resources))

    with pytest.raises(httpx.ReadTimeout):
        client.get(server.url("fr.flv"), timeout=SOON)
    assert heard(server) == []


def test_a_live_that_ends_ends_its_connections_in_order(
    server: MediaServer, clock: HandClock, client: httpx.Client, stream: Iterator[bytes], french: Recording
) -> None:
    server.break_live("fr", Fault(Kind.END, at_s=7))
    clock.advance(60)

    assert b"".join(stream) == Expected(french, Fault(Kind.END, at_s=7)).until(60)
    assert heard(server) == [(2.048, 8.0)]
    assert client.get(server.url("fr.flv")).status_code == 404


def test_a_restart_goes_on_in_the_same_connection(
    server: MediaServer, clock: HandClock, stream: Iterator[bytes], french: Recording
) -> None:
    restart = Fault(Kind.RESTART, at_s=7)
    server.break_live("fr", restart)
    clock.advance(4)
    due = Expected(french, restart).until(10.0)

    assert read(stream, len(due)) == due
    assert [(d.sound.part, d.sound.pts_from_s) for d in server.deliveries("fr")] == [(0, 12.048), (1, 10.0)]


def test_a_burst_can_be_left_out(clock: HandClock, client: httpx.Client) -> None:
    live = replace(LIVE, burst_s=0)
    with MediaServer(Script((live,)), clock=clock) as server, client.stream("GET", server.url("fr.flv")) as response:
        clock.advance(1)
        pieces = response.iter_raw()
        while not heard(server):
            next(pieces)

        assert [from_s for from_s, _ in heard(server)] == [6.016]


def test_stopping_the_server_ends_its_connections(clock: HandClock, client: httpx.Client) -> None:
    server = MediaServer(Script((LIVE,)), clock=clock)
    server.start()
    with client.stream("GET", server.url("fr.flv")) as response:
        pieces = response.iter_raw()
        next(pieces)
        server.stop()

        assert list(pieces) == []
