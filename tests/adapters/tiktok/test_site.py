"""What TikTok and the signing service are asked, what is said of us, and what their answers mean."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from TikTokLive.proto import ProtoMessageFetchResult

from tests.adapters.gates import FreeGate
from tests.adapters.tiktok.simulated import adapter, entered, room_of
from vigie.adapters.tiktok.client import TikTok
from vigie.adapters.tiktok.settings import TikTokSettings
from vigie.adapters.tiktok.site import judge_sign, judge_site
from vigie.adapters.web.client import WebMedia
from vigie.ports import Handle, PortError, Room
from vigie.simulators.tiktok.accounts import Account
from vigie.simulators.tiktok.faults import Route
from vigie.simulators.tiktok.server import TikTokServer


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    with TikTokServer() as server:
        server.add(Account("alba", room_id=71))
        yield server


@asynccontextmanager
async def signing(body: bytes) -> AsyncIterator[str]:
    """Yield the address of a signing service that hands out that."""
    head = f"HTTP/1.1 200 OK\r\nX-Set-TT-Cookie: ttwid=x\r\nContent-Length: {len(body)}\r\n\r\n"

    async def answer_it(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")  # closed on what was not read, a connection is reset
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer_it, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def answer(status: int, content: bytes = b"", path: str = "/api-live/user/room/", **headers: str) -> httpx.Response:
    request = httpx.Request("GET", f"https://www.tiktok.com{path}?secret=yes")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=content, headers=named, request=request)


async def test_requests_look_like_a_browsers_and_ask_for_the_room(server: TikTokServer) -> None:
    async with adapter(server) as tiktok, entered(tiktok, room_of(server, "alba", is_known=False)):
        pass

    by_route = {asked.route: asked for asked in server.requests}
    site, sign, push = (by_route[route] for route in (Route.USER_ROOM, Route.SIGN, Route.PUSH))
    assert site.headers["user-agent"].startswith("Mozilla/")
    assert (site.query["uniqueId"], site.query["aid"]) == ("alba", "1988")
    assert (sign.query["room_id"], sign.query["client"]) == ("71", "ttlive-python")
    assert (push.query["room_id"], push.query["compress"], push.query["wrss"]) == ("71", "gzip", "signed")
    assert push.headers["user-agent"] == sign.query["user_agent"] == site.headers["user-agent"]
    assert "ttwid=" in push.headers["cookie"]


async def test_signing_service_is_verified() -> None:
    tiktok = TikTok(TikTokSettings(sign_url="https://127.0.0.1:9"), FreeGate(), WebMedia())
    inner = tiktok._site._sign_transport._inner

    assert isinstance(inner, httpx.AsyncHTTPTransport)
    context = inner._pool._ssl_context
    assert context is not None
    assert (context.check_hostname, context.verify_mode.name) == (True, "CERT_REQUIRED")
    await tiktok.close()


@pytest.mark.parametrize(
    "body",
    [
        b"\xff" * 20,
        b"\x08",
        bytes(ProtoMessageFetchResult(cursor="c", push_server="wss://push.example/")),
        bytes(ProtoMessageFetchResult(push_server="wss://push.example/", route_params={"wrss": "x"})),
        bytes(ProtoMessageFetchResult(cursor="c", route_params={"wrss": "x"})),
    ],
    ids=["garbage", "cut off", "no parameters", "no cursor", "no server"],
)
async def test_ticket_that_is_none_is_told(body: bytes) -> None:
    async with signing(body) as url:
        tiktok = TikTok(TikTokSettings(sign_url=url), FreeGate(), WebMedia())
        with pytest.raises(PortError, match="something else than what was asked") as raised:
            await anext(tiktok.chat.chat(Room(Handle("alba"), "71")))
        await tiktok.close()

    assert raised.value.retryable


async def test_ticket_for_an_address_that_is_none_is_told() -> None:
    signed = ProtoMessageFetchResult(cursor="c", push_server="file:///etc", route_params={"wrss": "x"})

    async with signing(bytes(signed)) as url:
        tiktok = TikTok(TikTokSettings(sign_url=url), FreeGate(), WebMedia())
        with pytest.raises(PortError, match="names no push server"):
            await anext(tiktok.chat.chat(Room(Handle("alba"), "71")))
        await tiktok.close()


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (answer(403), "TikTok refuses: https://www.tiktok.com/api-live/user/room/: HTTP 403"),
        (answer(404), "HTTP 404"),
        (answer(502), "HTTP 502"),
        (answer(200), "TikTok answered nothing"),
        (answer(200, b" \n"), "TikTok answered nothing"),
        (answer(200, b"<!doctype html><p>tea"), "with a page in place of data"),
        (answer(200, b"[" * 200_000), "with a page in place of data"),
        (answer(302, Location="/login"), "TikTok answered nothing"),
        (answer(200, b"<div id=captcha_container>", path="/@alba"), "whether a person is there"),
        (answer(200, b"<div id=captcha_container>"), "whether a person is there"),
        (answer(200, b"<title>Captcha</title>", path="/webcast/room/info/"), "whether a person is there"),
    ],
)
def test_judge_site_takes_everything_else_for_a_block(response: httpx.Response, message: str) -> None:
    trouble = judge_site(response)

    assert trouble is not None
    assert message in str(trouble)
    assert (trouble.retryable, trouble.permanent) == (True, False)
    assert "secret" not in str(trouble)


@pytest.mark.parametrize(
    "response",
    [
        answer(200, b"{}"),
        answer(200, b'{"message": "user_not_found"}'),
        answer(200, b"<p>webapp.user-detail captcha", path="/@alba"),
        answer(200, b"", path="/@alba"),
        answer(301, path="/@alba", Location="/@alba_tv"),
    ],
)
def test_judge_site_lets_answers_pass(response: httpx.Response) -> None:
    assert judge_site(response) is None


@pytest.mark.parametrize(
    ("status", "permanent", "after_s"), [(401, True, None), (402, True, None), (403, True, None), (429, False, 9.0)]
)
def test_judge_sign_tells_a_refused_key_from_a_spent_quota(
    status: int, *, permanent: bool, after_s: float | None
) -> None:
    trouble = judge_sign(answer(status, Retry_After="9"))

    assert trouble is not None
    assert (trouble.permanent, trouble.retryable, trouble.retry_after_s) == (permanent, not permanent, after_s)


def test_judge_sign_lets_answers_pass() -> None:
    assert judge_sign(answer(200, b"protobuf")) is None
