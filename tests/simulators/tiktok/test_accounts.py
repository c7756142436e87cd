import pytest

from vigie.simulators.tiktok.accounts import Account, Standing, State


@pytest.mark.parametrize(
    ("standing", "state", "is_listed", "is_live"),
    [
        (Standing.OPEN, State.LIVE, True, True),
        (Standing.OPEN, State.PAUSED, True, True),
        (Standing.OPEN, State.OFFLINE, True, False),
        (Standing.AGE_RESTRICTED, State.LIVE, True, True),
        (Standing.PRIVATE, State.LIVE, False, False),
        (Standing.BANNED, State.LIVE, False, False),
    ],
)
def test_what_is_shown_depends_on_the_standing(
    standing: Standing, state: State, *, is_listed: bool, is_live: bool
) -> None:
    account = Account("alice", standing=standing, state=state)

    assert (account.is_listed, account.is_live) == (is_listed, is_live)
