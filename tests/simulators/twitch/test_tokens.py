import random
from datetime import UTC, datetime, timedelta

import pytest

from vigie.simulators.twitch.tokens import Code, Tokens

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LATER = NOW + timedelta(hours=4)
HERE = "http://127.0.0.1/back"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens("client", rng=random.Random(1))


def test_a_code_is_good_once(tokens: Tokens) -> None:
    code = tokens.consent("1001", ["user:read:chat"], redirect_uri=HERE, now=NOW)

    assert tokens.redeem(code, now=NOW) == Code("1001", ("user:read:chat",), HERE, NOW + timedelta(minutes=10))
    assert tokens.redeem(code, now=NOW) is None


def test_a_code_does_not_last(tokens: Tokens) -> None:
    code = tokens.consent("1001", [], redirect_uri=HERE, now=NOW)

    assert tokens.redeem(code, now=NOW + timedelta(minutes=10)) is None


def test_a_token_is_valid_until_it_expires(tokens: Tokens) -> None:
    token = tokens.issue("1001", ["clips:edit"], expires_at=LATER)

    assert (token.client_id, token.user_id, token.scopes) == ("client", "1001", ("clips:edit",))
    assert tokens.find(token.access, now=NOW) == token
    assert tokens.find(token.access, now=LATER) is None


def test_a_token_of_the_application_is_not_refreshed(tokens: Tokens) -> None:
    assert tokens.issue("", [], expires_at=LATER).refresh == ""
    assert tokens.renew("", rotates=False, expires_at=LATER) is None


@pytest.mark.parametrize("rotates", [False, True])
def test_a_refresh_leaves_the_old_access_token_valid(tokens: Tokens, *, rotates: bool) -> None:
    old = tokens.issue("1001", ["clips:edit"], expires_at=LATER)
    new = tokens.renew(old.refresh, rotates=rotates, expires_at=LATER)

    assert new is not None
    assert (new.user_id, new.scopes, new.access != old.access) == ("1001", ("clips:edit",), True)
    assert tokens.find(old.access, now=NOW) == old
    assert (new.refresh == old.refresh) is not rotates


def test_a_rotated_refresh_token_is_worth_nothing(tokens: Tokens) -> None:
    old = tokens.issue("1001", [], expires_at=LATER)
    tokens.renew(old.refresh, rotates=True, expires_at=LATER)

    assert tokens.renew(old.refresh, rotates=True, expires_at=LATER) is None


def test_an_expired_token_can_be_refreshed(tokens: Tokens) -> None:
    token = tokens.issue("1001", [], expires_at=LATER)

    tokens.expire(token.access)

    assert tokens.find(token.access, now=NOW) is None
    assert tokens.renew(token.refresh, rotates=False, expires_at=LATER)


def test_a_revoked_token_is_told_once(tokens: Tokens) -> None:
    token = tokens.issue("1001", [], expires_at=LATER)

    assert tokens.revoke(token.access) == token
    assert tokens.revoke(token.access) is None


def test_nothing_of_a_user_is_left_who_throws_the_application_out(tokens: Tokens) -> None:
    mine, other = (tokens.issue(user, [], expires_at=LATER) for user in ("1001", "1002"))
    assert tokens.has_authorized("1001")

    tokens.disconnect("1001")

    assert not tokens.has_authorized("1001")
    assert tokens.find(mine.access, now=NOW) is None
    assert tokens.renew(mine.refresh, rotates=False, expires_at=LATER) is None
    assert tokens.find(other.access, now=NOW) == other
