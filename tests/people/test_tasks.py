"""What the platform says of connected accounts, at start and every hour."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.factories import NOW, make_connection
from tests.people.authorities import CHAT, REVOKED, SILENT, FakeAuthority, granted, identity, provided
from vigie.governance.models import AuditEntry
from vigie.people import tasks
from vigie.people.models import ConnectedAccount, ConnectionState
from vigie.people.scopes import FOLLOW_MODERATION, READ_CHAT
from vigie.ports import PortError
from vigie.runtime import clock, engine
from vigie.runtime.engine import Messenger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def twitch() -> Iterator[FakeAuthority]:
    with provided(FakeAuthority(grants=[granted(2)], valid={"token-1": identity()})) as authority:
        yield authority


def checked() -> ConnectedAccount:
    tasks.check_connections()
    return ConnectedAccount.objects.get()


def test_an_account_in_order_is_asked_about_again_within_the_hour(twitch: FakeAuthority) -> None:
    make_connection(check_at=NOW)
    assert tasks.is_due(clock.now())

    account = checked()

    assert (account.state, account.login) == (ConnectionState.OK, "vigie_fr")
    assert account.check_at is not None
    assert clock.now() + timedelta(minutes=54) < account.check_at < clock.now() + timedelta(hours=1)
    assert not tasks.is_due(clock.now())
    assert twitch.asked == ["validate token-1"]


def test_what_is_not_due_is_left_alone(twitch: FakeAuthority) -> None:
    make_connection(check_at=clock.now() + timedelta(minutes=5))
    make_connection(state=ConnectionState.REVOKED)

    tasks.check_connections()

    assert (tasks.is_due(clock.now()), twitch.asked) == (False, [])


def test_every_account_that_is_due_is_asked_about(twitch: FakeAuthority) -> None:
    for number in (1, 2, 3):
        twitch.valid[f"token-{number}"] = identity()
        make_connection(token=f"token-{number}", check_at=NOW + timedelta(seconds=number))

    tasks.check_connections()

    assert twitch.asked == ["validate token-1", "validate token-2", "validate token-3"]


def test_a_refused_token_is_renewed_once(twitch: FakeAuthority) -> None:
    make_connection(check_at=NOW)
    twitch.valid = {"token-2": identity()}

    assert checked().state == ConnectionState.OK
    assert twitch.asked == ["validate token-1", "refresh refresh-1", "validate token-2"]


@pytest.mark.parametrize(
    ("grants", "asked"),
    [
        ([REVOKED], ["validate token-1", "refresh refresh-1"]),
        ([granted(2)], ["validate token-1", "refresh refresh-1", "validate token-2"]),
    ],
    ids=["not renewed", "renewed and refused again"],
)
def test_an_account_that_is_refused_for_good_is_revoked(
    twitch: FakeAuthority, grants: list[object], asked: list[str]
) -> None:
    make_connection(check_at=NOW)
    twitch.valid, twitch.grants = {}, grants  # type: ignore[assignment] # a column of the table

    account = checked()

    assert (account.state, account.reason, account.check_at) == (
        ConnectionState.REVOKED,
        "The consent is over.",
        None,
    )
    assert twitch.asked == asked
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["account.lost"]


def test_a_renewed_token_about_which_nobody_answers_is_kept(twitch: FakeAuthority) -> None:
    make_connection(check_at=NOW)
    twitch.valid = {"token-2": SILENT}

    account = checked()

    assert (account.state, account.reason) == (ConnectionState.UNREACHABLE, str(SILENT))
    assert not AuditEntry.objects.exists()


def test_after_a_while_the_rest_is_left_to_a_message_of_its_own(
    twitch: FakeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(engine, "_messenger", Messenger(woken.append, lambda *_: None))
    monkeypatch.setattr(tasks, "AT_ONE_GO", timedelta(0))
    for number in (1, 2):
        make_connection(check_at=NOW + timedelta(seconds=number))

    tasks.check_connections()

    assert (len(twitch.asked), tasks.is_due(clock.now())) == (1, True)
    assert woken == ["people.check_connections"]


def test_a_token_that_ended_is_renewed_before_it_is_asked_about(twitch: FakeAuthority) -> None:
    make_connection(check_at=NOW, expires_at=NOW)
    twitch.valid = {"token-2": identity()}

    assert checked().state == ConnectionState.OK
    assert twitch.asked == ["refresh refresh-1", "validate token-2"]


def test_scopes_that_were_taken_away_are_noticed(twitch: FakeAuthority) -> None:
    make_connection(purposes=(READ_CHAT, FOLLOW_MODERATION), check_at=NOW)
    twitch.valid = {"token-1": identity(scopes=CHAT)}

    assert checked().state == ConnectionState.MISSING_SCOPE


@pytest.mark.parametrize(
    ("silence", "again_s"),
    [(SILENT, 60), (PortError("too many.", retryable=True, retry_after_s=300), 300)],
    ids=["silent", "says when"],
)
def test_a_platform_that_gives_no_answer_is_asked_again(
    twitch: FakeAuthority, silence: PortError, again_s: float
) -> None:
    make_connection(check_at=NOW)
    twitch.valid = {"token-1": silence}

    account = checked()

    assert (account.state, account.reason) == (ConnectionState.UNREACHABLE, str(silence))
    assert account.check_at is not None
    assert abs((account.check_at - clock.now()).total_seconds() - again_s) < 30
    assert not AuditEntry.objects.exists()


def test_an_account_that_is_disconnected_meanwhile_is_no_trouble(twitch: FakeAuthority) -> None:
    account = make_connection(check_at=NOW)
    twitch.valid = {"token-1": SILENT}

    class Vanishing(FakeAuthority):
        async def validate(self, access_token: str) -> object:  # type: ignore[override]
            await ConnectedAccount.objects.all().adelete()
            raise SILENT

    with provided(Vanishing()):
        tasks.check_connections()

    assert not ConnectedAccount.objects.filter(pk=account.pk).exists()
