import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from vigie.simulators.control import Verb, do, side_door


class Lamp:
    """Can be told what to do."""

    def __init__(self) -> None:
        self.watts = 0

    def dim(self, watts: int) -> int:
        self.watts = int(watts)
        return self.watts

    def name(self) -> str:
        return "lamp"

    def parts(self) -> list[str]:
        return ["bulb"]

    def look_up(self, part: str) -> float:
        return {"bulb": 1.5}[part]


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
def client(lamp: Lamp) -> httpx.AsyncClient:
    """Return a client at the side door of the lamp."""
    verbs: dict[str, Verb] = {verb.__name__: verb for verb in (lamp.dim, lamp.name, lamp.parts, lamp.look_up)}

    async def state(_: Request) -> Response:
        return JSONResponse({"watts": lamp.watts})

    async def change(request: Request) -> Response:
        return await do(request, verbs)

    async def log(_: Request) -> Response:
        return JSONResponse(sorted(verbs))

    app = Starlette(routes=side_door(state, change, log))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://lamp")


async def test_the_side_door_is_read_and_written(client: httpx.AsyncClient) -> None:
    assert (await client.post("/control", json={"do": "dim", "watts": 40})).json() == {"result": 40}

    assert (await client.get("/control")).json() == {"watts": 40}
    assert (await client.get("/control/log")).json() == ["dim", "look_up", "name", "parts"]
    assert (await client.post("/control/log")).status_code == 405


@pytest.mark.parametrize(
    ("entry", "result"),
    [({"do": "name"}, "lamp"), ({"do": "parts"}, None), ({"do": "look_up", "part": "bulb"}, None)],
)
async def test_words_and_whole_numbers_are_results(
    client: httpx.AsyncClient, entry: dict[str, str], result: str | None
) -> None:
    assert (await client.post("/control", json=entry)).json() == {"result": result}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'"dim"',
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"do": ["dim"]}',
        b'{"do": "dance"}',
        b'{"do": "dim"}',
        b'{"do": "dim", "watts": 40, "colour": "red"}',
        b'{"do": "dim", "watts": "many"}',
        b'{"do": "dim", "watts": 1e999}',
        b'{"do": "look_up", "part": "cord"}',
    ],
)
async def test_what_makes_no_sense_is_refused_in_one_line_and_changes_nothing(
    lamp: Lamp, client: httpx.AsyncClient, content: bytes
) -> None:
    answer = await client.post("/control", content=content)

    assert (answer.status_code, answer.text.count("\n"), lamp.watts) == (400, 0, 0)
