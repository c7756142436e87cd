"""A Twitch with three accounts: Max moderates Zoé's channel, Tom does not."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.simulators.twitch.clients import MAX, SCOPES, TOM, ZOE, Caller
from vigie.simulators.twitch import TwitchServer


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """Return an HTTP client that gives up after 5 s; one for all tests, as its certificates take long to read."""
    with httpx.Client(timeout=5) as client:
        yield client


@contextmanager
def populated() -> Iterator[TwitchServer]:
    with TwitchServer() as server:
        for user in (ZOE, MAX, TOM):
            server.add(user)
        server.appoint("zoe_live", "max")
        yield server


@pytest.fixture
def server() -> Iterator[TwitchServer]:
    with populated() as server:
        yield server


@pytest.fixture(scope="module")
def steady() -> Iterator[TwitchServer]:
    """Return the same for tests that change nothing."""
    with populated() as server:
        yield server


@pytest.fixture
def steady_moderator(steady: TwitchServer, client: httpx.Client) -> Caller:
    """Return Max on the server that nobody changes."""
    return Caller(steady, client, steady.grant("1002", SCOPES))


@pytest.fixture
def steady_stranger(steady: TwitchServer, client: httpx.Client) -> Caller:
    """Return Tom on the server that nobody changes."""
    return Caller(steady, client, steady.grant("1003", SCOPES))


@pytest.fixture
def app(server: TwitchServer, client: httpx.Client) -> Caller:
    """Return a caller with a token of the application."""
    return Caller(server, client, server.grant(""))


@pytest.fixture
def moderator(server: TwitchServer, client: httpx.Client) -> Caller:
    """Return Max, with every scope."""
    return Caller(server, client, server.grant("1002", SCOPES))


@pytest.fixture
def stranger(server: TwitchServer, client: httpx.Client) -> Caller:
    """Return Tom, with every scope, who moderates nothing."""
    return Caller(server, client, server.grant("1003", SCOPES))
