"""The keys to a platform: fresh, renewed once however many ask, and honest when a person must mend them."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from pytest_django.fixtures import Settings

from tests.at_once import at_once
from tests.factories import NOW, make_connection, make_workspace
from tests.people.authorities import REVOKED, SILENT, FakeAuthority, granted, provided
from vigie.people import keys, operations
from vigie.people.keys import AccountKeys, keys_for
from vigie.people.models import ConnectedAccount, ConnectionState
from vigie.people.operations import connections
from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT, TWITCH
from vigie.ports import PortError
from vigie.runtime import clock
from vigie.runtime.sealing import unseal

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_S = 60


@pytest.fixture
def twitch() -> Iterator[FakeAuthority]:
    with provided(FakeAuthority(grants=[granted(2), granted(3)])) as authority:
        yield authority


def kept() -> ConnectedAccount:
    return ConnectedAccount.objects.get()


def token_of(account: ConnectedAccount) -> str:
    return async_to_sync(AccountKeys(account.pk).token)()


def renewed(account: ConnectedAccount, refused: str = "token-1") -> str:
    return async_to_sync(AccountKeys(account.pk).renew)(refused)


def test_a_token_that_lasts_is_handed_out_without_asking(twitch: FakeAuthority) -> None:
    assert token_of(make_connection()) == "token-1"
    assert twitch.asked == []


def test_a_token_that_is_about_to_end_is_renewed_first(twitch: FakeAuthority) -> None:
    account = make_connection(expires_at=clock.now() + timedelta(seconds=30))

    assert token_of(account) == "token-2"
    assert twitch.asked == ["refresh refresh-1"]
    assert kept().expires_at > clock.now() + timedelta(hours=3)


def test_a_refused_token_is_renewed_with_what_was_rotated(twitch: FakeAuthority) -> None:
    account = make_connection()

    assert [renewed(account), renewed(account, "token-2")] == ["token-2", "token-3"]
    assert twitch.asked == ["refresh refresh-1", "refresh refresh-2"]
    assert unseal(kept().refresh_token) == "refresh-3"


def test_what_somebody_else_renewed_is_not_renewed_again(twitch: FakeAuthority) -> None:
    account = make_connection(token="token-9")

    assert renewed(account, "token-8") == "token-9"
    assert twitch.asked == []


def test_many_coroutines_ask_once(twitch: FakeAuthority) -> None:
    account = make_connection()
    twitch.may_answer = may_answer = asyncio.Event()

    async def all_of_them() -> list[str]:
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            asking = [group.create_task(AccountKeys(account.pk).renew("token-1")) for _ in range(20)]
            await twitch.started.wait()
            may_answer.set()
        return [task.result() for task in asking]

    assert async_to_sync(all_of_them)() == ["token-2"] * 20
    assert twitch.asked == ["refresh refresh-1"]


def test_many_threads_ask_once(twitch: FakeAuthority) -> None:
    """Each with a loop and a connection of its own, as processes have."""
    account = make_connection()

    def ask() -> None:
        assert renewed(account) == "token-2"

    assert at_once(*[ask] * 6) == ["done"] * 6
    assert twitch.asked == ["refresh refresh-1"]


def test_no_transaction_is_open_while_the_platform_is_asked(twitch: FakeAuthority) -> None:
    account = make_connection()
    twitch.may_answer = may_answer = asyncio.Event()

    async def write_meanwhile() -> None:
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            renewing = group.create_task(AccountKeys(account.pk).renew("token-1"))
            await twitch.started.wait()
            await sync_to_async(make_workspace)()  # SQLite has one writer at a time
            assert not renewing.done()
            may_answer.set()

    async_to_sync(write_meanwhile)()


def test_a_consent_that_was_taken_back_is_told_of(twitch: FakeAuthority) -> None:
    account = make_connection()
    twitch.grants = [REVOKED]

    with pytest.raises(PortError, match="must be connected anew") as refused:
        renewed(account)

    assert refused.value.permanent
    assert (kept().state, kept().reason) == (ConnectionState.REVOKED, "The consent is over.")
    with pytest.raises(PortError, match="must be connected anew"):
        token_of(account)
    assert twitch.asked == ["refresh refresh-1"]  # nobody asks a second time


def test_a_platform_that_is_silent_is_asked_again_later(twitch: FakeAuthority) -> None:
    account = make_connection()
    twitch.grants = [SILENT, granted(2)]

    with pytest.raises(PortError) as trouble:
        renewed(account)

    assert trouble.value.retryable
    assert (kept().state, kept().renewing_until) == (ConnectionState.OK, None)
    assert renewed(account) == "token-2"


def test_a_platform_that_never_answers_is_given_up_and_asked_again_later(
    twitch: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_connection()
    twitch.may_answer = asyncio.Event()
    monkeypatch.setattr(keys, "ANSWER_S", 0.01)

    with pytest.raises(PortError, match="did not answer") as refused:
        renewed(account)

    assert refused.value.retryable
    assert (kept().state, kept().renewing_until) == (ConnectionState.OK, None)


def test_a_renewal_that_somebody_else_never_ends_is_not_waited_for_without_end(
    twitch: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_connection()
    ConnectedAccount.objects.update(renewing_until=clock.now() + timedelta(hours=1))
    monkeypatch.setattr(keys, "PATIENCE_S", 0.01)

    with pytest.raises(PortError, match="A token was not renewed in time") as refused:
        renewed(account)

    assert (refused.value.retryable, kept().state, twitch.asked) == (True, ConnectionState.OK, [])


def test_what_is_said_late_of_a_replaced_token_loses_nothing(twitch: FakeAuthority) -> None:
    account = make_connection(token="token-2")

    async_to_sync(AccountKeys(account.pk).give_up)("token-1", "The consent is over.")

    assert (kept().state, kept().reason) == (ConnectionState.OK, "")


def test_waiting_for_a_token_outlasts_what_it_waits_for() -> None:
    """A renewal whose process died is taken over before anybody gives up; one that is under way is not."""
    assert keys.ANSWER_S < connections.RENEWAL.total_seconds() < keys.PATIENCE_S


def test_a_caller_that_is_cancelled_leaves_the_way_free(twitch: FakeAuthority) -> None:
    account = make_connection()
    twitch.may_answer = asyncio.Event()

    async def give_up() -> None:
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            renewing = group.create_task(AccountKeys(account.pk).renew("token-1"))
            await twitch.started.wait()
            renewing.cancel()

    async_to_sync(give_up)()

    twitch.may_answer = None
    assert kept().renewing_until is None
    assert renewed(account) == "token-3"


def test_a_renewal_that_was_left_by_a_dead_process_is_taken_over(twitch: FakeAuthority) -> None:
    account = make_connection()
    operations.claim_renewal(account, clock.now() - timedelta(seconds=29))

    assert renewed(account) == "token-2"


def test_a_platform_that_gives_the_refused_token_again_is_not_asked_for_ever(twitch: FakeAuthority) -> None:
    account = make_connection()
    twitch.grants = [granted(1)]

    with pytest.raises(PortError, match="the token that it had refused"):
        renewed(account)

    assert len(twitch.asked) == 1


def test_an_account_without_the_means_to_renew_expires(twitch: FakeAuthority) -> None:
    account = make_connection(refresh_token="", expires_at=NOW)

    with pytest.raises(PortError, match="nothing to renew it with"):
        token_of(account)

    assert (kept().state, twitch.asked) == (ConnectionState.EXPIRED, [])


def test_tokens_that_another_key_sealed_are_told_of(twitch: FakeAuthority, settings: Settings) -> None:
    account = make_connection()
    settings.SECRET_KEY = "another"

    with pytest.raises(PortError, match="the secret key of this installation was changed") as refused:
        token_of(account)

    assert refused.value.permanent
    assert kept().state == ConnectionState.EXPIRED


def test_an_account_that_was_disconnected_is_of_no_use(twitch: FakeAuthority) -> None:
    account = make_connection()
    keys = AccountKeys(account.pk)
    account.delete()

    with pytest.raises(PortError, match="was disconnected"):
        async_to_sync(keys.token)()
    with pytest.raises(PortError, match="was disconnected"):
        async_to_sync(keys.renew)("token-1")


def test_without_the_settings_of_a_platform_nothing_is_lost() -> None:
    account = make_connection()

    with provided(None), pytest.raises(PortError, match="lack what Twitch needs") as trouble:
        renewed(account)

    assert (trouble.value.retryable, kept().state) == (True, ConnectionState.OK)


# ── of a team ──────────────────────────────────────────────────────────────────────────────────────────────────────


def team_token(workspace_id: int, purpose: str = READ_CHAT) -> str:
    return async_to_sync(keys_for(TWITCH, workspace_id, purpose).token)()


def test_a_team_has_the_keys_of_its_own_accounts(twitch: FakeAuthority) -> None:
    mine, theirs = make_connection(token="mine"), make_connection(token="theirs")

    assert (team_token(mine.workspace_id), team_token(theirs.workspace_id)) == ("mine", "theirs")


def test_a_team_without_an_account_is_told_where_to_connect_one(twitch: FakeAuthority) -> None:
    make_connection()

    with pytest.raises(PortError, match="No Twitch account that allows this is connected: see Connections") as refused:
        team_token(make_workspace().pk)

    assert refused.value.permanent


def test_of_several_accounts_one_that_can_be_used_and_serves_is_taken(twitch: FakeAuthority) -> None:
    workspace = make_workspace()
    make_connection(workspace, token="lost", state=ConnectionState.REVOKED)
    make_connection(workspace, token="silent", state=ConnectionState.UNREACHABLE)
    make_connection(workspace, token="able", purposes=(READ_CHAT, FOLLOW_MODERATION))

    assert (team_token(workspace.pk), team_token(workspace.pk, FOLLOW_MODERATION)) == ("silent", "able")


def test_an_account_that_is_connected_anew_works_at_once(twitch: FakeAuthority) -> None:
    workspace = make_workspace()
    keys = keys_for(TWITCH, workspace.pk, READ_CHAT)
    with pytest.raises(PortError):
        async_to_sync(keys.token)()

    make_connection(workspace)

    assert async_to_sync(keys.token)() == "token-1"


def test_a_team_renews_the_account_that_it_was_refused_with(twitch: FakeAuthority) -> None:
    workspace = make_workspace()
    used = make_connection(workspace)
    keys = keys_for(TWITCH, workspace.pk, READ_CHAT)
    refused = async_to_sync(keys.token)()
    make_connection(workspace, token="of another")

    assert async_to_sync(keys.renew)(refused) == "token-2"
    assert async_to_sync(keys_for(TWITCH, workspace.pk, READ_CHAT).renew)("token-2") == "token-3"
    assert unseal(ConnectedAccount.objects.get(pk=used.pk).access_token) == "token-3"
