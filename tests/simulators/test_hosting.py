"""A simulator has a port of its own, answers on it while it is open, and leaves it free."""

import socket

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from vigie.simulators.hosting import Hosted


class Greeter(Hosted):
    """Says where it was found."""

    was_told_to_close = False

    def config(self) -> uvicorn.Config:
        host, port = self.address
        app = Starlette(routes=[Route("/hello", lambda _: PlainTextResponse(f"{host}:{port}"))])
        return uvicorn.Config(app, log_config=None, lifespan="off")

    def closing(self) -> None:
        self.was_told_to_close = True


def test_hosted_answers_where_it_says() -> None:
    with Greeter() as greeter:
        host, port = greeter.address
        assert httpx.get(greeter.url("hello")).text == f"{host}:{port}"


async def test_hosted_answers_inside_a_loop() -> None:
    async with Greeter() as greeter, httpx.AsyncClient() as client:
        assert (await client.get(greeter.url("hello"))).status_code == 200


def test_hosted_leaves_its_port_free() -> None:
    with Greeter() as greeter:
        address = greeter.address

    assert greeter.was_told_to_close
    socket.create_server(address).close()


def test_hosted_refuses_a_port_that_is_taken() -> None:
    with Greeter() as greeter, pytest.raises(OSError, match="in use"):
        Greeter(port=greeter.address[1]).start()
