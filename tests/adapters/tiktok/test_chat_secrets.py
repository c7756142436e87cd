"""What of the operator goes where: the key of the signing service, the session of an account."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.adapters.tiktok.simulated import adapter, asked_for, entered, room_of
from vigie.adapters.tiktok.settings import TikTokSettings
from vigie.ports import PortError
from vigie.simulators.tiktok.accounts import Account, Standing
from vigie.simulators.tiktok.faults import Fault, Kind, Route
from vigie.simulators.tiktok.server import TikTokServer

KEY, SESSION = "k3y-of-the-operator", "s3ssion-of-the-operator"
SECRETS = TikTokSettings(sign_key=KEY, session_id=SESSION)
SHARED = replace(SECRETS, may_share_session=True)


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    with TikTokServer() as server:
        server.add(Account("alba", user_id=61, room_id=71))
        yield server


def sent_to(server: TikTokServer, route: Route) -> str:
    (asked,) = (asked for asked in server.requests if asked.route is route)
    return f"{asked.path} {dict(asked.query)} {dict(asked.headers)}"


async def test_key_goes_to_the_signing_service_only_and_the_session_to_tiktok_only(server: TikTokServer) -> None:
    async with (
        adapter(server, secrets=SECRETS) as tiktok,
        entered(tiktok, room_of(server, "alba", is_known=False)),
    ):
        pass

    assert [KEY in sent_to(server, route) for route in (Route.USER_ROOM, Route.SIGN, Route.PUSH)] == [
        *(False, True, False)
    ]
    assert [SESSION in sent_to(server, route) for route in (Route.USER_ROOM, Route.SIGN, Route.PUSH)] == [
        *(True, False, False)
    ]


async def test_session_is_shared_where_the_operator_consents(server: TikTokServer) -> None:
    async with (
        adapter(server, secrets=SHARED) as tiktok,
        entered(tiktok, room_of(server, "alba")),
    ):
        pass

    assert [SESSION in sent_to(server, route) for route in (Route.SIGN, Route.PUSH)] == [True, True]


@pytest.mark.parametrize(
    ("secrets", "found"),
    [(TikTokSettings(), "HTTP 415: DEVICE_BLOCKED"), (SECRETS, "HTTP 415: DEVICE_BLOCKED"), (SHARED, "")],
    ids=["no session", "a session for TikTok alone", "a session that may be shared"],
)
async def test_chat_of_a_live_for_adults_needs_a_session_that_may_be_shared(
    server: TikTokServer, secrets: TikTokSettings, found: str
) -> None:
    server.add(Account("adults", standing=Standing.AGE_RESTRICTED))

    async with adapter(server, secrets=secrets) as tiktok:
        items = tiktok.chat.chat(room_of(server, "adults"))
        try:
            told = str(await anext(items))
        except PortError as error:
            told = f"{error} {error.permanent}"

    assert found in told
    assert ("refuses" in told) == told.endswith("True") == bool(found)
    assert asked_for(server) == ["sign", "push"]


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_neither_log_nor_message_tells_a_secret(
    server: TikTokServer, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    server.break_all(Fault(Kind.REFUSE, status=status))

    async with adapter(server, secrets=SHARED) as tiktok:
        with pytest.raises(PortError) as raised:
            await anext(tiktok.chat.chat(room_of(server, "alba")))

    told = f"{raised.value!r} {raised.value.__cause__!r} {capsys.readouterr()}"
    assert [secret for secret in (KEY, SESSION) if secret in told] == []
