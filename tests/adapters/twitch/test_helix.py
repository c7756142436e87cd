"""Requests to Helix: what is sent again, what is renewed, what is refused."""

import pytest

from tests.adapters.gates import ClosedGate
from tests.adapters.twitch.twitch import CHANNEL, CHAT, READER, AccountKeys, Asker
from vigie.adapters.gated import Refusal
from vigie.adapters.twitch.helix import Helix
from vigie.adapters.twitch.parse import Account
from vigie.ports import PortError
from vigie.simulators.twitch import Fault, Kind, TwitchServer

CHANNEL_ACCOUNT = Account(CHANNEL.user_id, CHANNEL.login)


def helix(asker: Asker) -> Helix:
    return Helix(asker.settings, asker.gate, asker.app)


async def test_accounts_are_found_by_id_and_by_login(asker: Asker) -> None:
    async with helix(asker) as asking:
        found = await asking.accounts(ids=[CHANNEL.user_id, "77"], logins=[READER.login, "nobody"])

    assert found == [CHANNEL_ACCOUNT, Account(READER.user_id, READER.login)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.REFUSE, "helix", times=3, status=500),
        Fault(Kind.REFUSE, "helix", times=3, status=503),
        Fault(Kind.REFUSE, "helix", times=3, status=429, delay_s=0.0),
        Fault(Kind.CUT, "helix", times=3),
        Fault(Kind.RESET, "helix", times=3),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}",
)
async def test_a_request_is_sent_again_three_times(server: TwitchServer, asker: Asker, fault: Fault) -> None:
    server.fail(fault)

    async with helix(asker) as asking:
        assert await asking.accounts(ids=[CHANNEL.user_id]) == [CHANNEL_ACCOUNT]


@pytest.mark.parametrize(
    ("fault", "retryable"),
    [
        (Fault(Kind.REFUSE, "helix", times=0, status=500), True),
        (Fault(Kind.REFUSE, "helix", times=0, status=429), True),
        (Fault(Kind.REFUSE, "helix", times=0, status=429, delay_s=3_600), True),
        (Fault(Kind.REFUSE, "helix", times=0, status=400), False),
        (Fault(Kind.REFUSE, "helix", times=0, status=403), False),
        (Fault(Kind.HTML, "helix", times=0), True),
        (Fault(Kind.GARBAGE, "helix", times=0), True),
        (Fault(Kind.EMPTY, "helix", times=0), True),
    ],
    ids=lambda told: f"{told.kind}-{told.status}-{told.delay_s}" if isinstance(told, Fault) else "",
)
async def test_what_stays_wrong_is_told(server: TwitchServer, asker: Asker, fault: Fault, *, retryable: bool) -> None:
    server.fail(fault)

    async with helix(asker) as asking:
        with pytest.raises(PortError) as caught:
            await asking.on_air([CHANNEL.user_id])

    assert (caught.value.retryable, caught.value.permanent) == (retryable, not retryable)


async def test_who_is_to_wait_for_long_is_told_how_long(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, "helix", times=0, status=429, delay_s=600))

    async with helix(asker) as asking:
        with pytest.raises(PortError) as caught:
            await asking.accounts(ids=["1"])

    assert 590 < (caught.value.retry_after_s or 0) <= 601
    assert asker.asked("helix/users") == 1


async def test_a_token_that_stays_refused_is_renewed_once(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, "helix", times=0, status=401))

    async with helix(asker) as asking:
        with pytest.raises(Refusal) as caught:
            await asking.accounts(ids=["1"])

    assert caught.value.permanent
    assert asker.asked("helix/users") == 2
    assert asker.asked("oauth2/token", "POST") == 2


async def test_a_closed_gate_is_not_stormed(server: TwitchServer, asker: Asker) -> None:
    async with Helix(asker.settings, ClosedGate(), Always()) as asking:
        with pytest.raises(PortError, match="the breaker is open"):
            await asking.accounts(ids=["1"])

    assert server.requests == []


class Always:
    """A token without asking."""

    async def token(self) -> str:
        return "token"

    async def renew(self, refused: str) -> str:
        return "token"


async def test_a_subscription_that_is_there_already_is_no_trouble(server: TwitchServer, asker: Asker) -> None:
    token = server.grant(READER.user_id, [CHAT])
    server.fail(Fault(Kind.REFUSE, "helix/eventsub", status=409))

    async with Helix(asker.settings, asker.gate, AccountKeys(asker.authority, token), budget="reader") as asking:
        assert await asking.subscribe({}) == ""
        await asking.unsubscribe("gone")

    assert set(asker.gate.keys) == {"reader"}


async def test_a_right_that_is_missing_renews_no_token(server: TwitchServer, asker: Asker) -> None:
    keys = AccountKeys(asker.authority, server.grant(READER.user_id, []))

    async with Helix(asker.settings, asker.gate, keys) as asking:
        with pytest.raises(Refusal):
            await asking._ask("GET", "/moderation/channels", params=[("user_id", READER.user_id)])

    assert keys.renewed == 0


async def test_a_subscription_that_cannot_be_given_up_is_told(server: TwitchServer, asker: Asker) -> None:
    server.fail(Fault(Kind.REFUSE, "helix/eventsub", status=400))

    async with helix(asker) as asking:
        with pytest.raises(Refusal):
            await asking.unsubscribe("1")
