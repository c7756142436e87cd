import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.twitch.audience import EPOCH, Audience, Wave

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BEGAN = datetime(2024, 3, 3, 8, tzinfo=UTC)
WAVE = Wave(200, BEGAN, timedelta(hours=6))


@given(st.integers(1, 10_000_000), st.integers(0, 2**40), st.data())
def test_every_account_is_found_by_its_id_and_its_login(size: int, seed: int, data: st.DataObject) -> None:
    audience = Audience(size, seed, NOW)
    account = audience.account(data.draw(st.integers(0, size - 1)))

    assert audience.by_id(account.user_id) == account
    assert audience.by_login(account.login) == account
    assert EPOCH <= account.created_at <= NOW
    assert account.display_name.lower() == account.login


def test_logins_and_ids_are_unique() -> None:
    accounts = list(Audience(20_000, 1, NOW).page(0, 20_000))

    assert len({account.login for account in accounts}) == 20_000
    assert len({account.user_id for account in accounts}) == 20_000


@given(st.integers(1, 600), st.integers(1, 200))
def test_pages_tell_everyone_once(size: int, count: int) -> None:
    audience = Audience(size, 3, NOW)
    ids = [account.user_id for start in range(0, size, count) for account in audience.page(start, count)]

    assert len(ids) == len(set(ids)) == size


def test_a_page_past_the_end_is_empty() -> None:
    assert list(Audience(10, 1, NOW).page(10, 5)) == []


def test_the_same_seed_makes_the_same_audience() -> None:
    one, same, other = (list(Audience(50, seed, NOW).page(0, 50)) for seed in (1, 1, 2))

    assert one == same
    assert one != other


def test_audiences_of_one_server_do_not_overlap() -> None:
    first, second = (Audience(100, 1, NOW, number=number) for number in (0, 1))

    assert second.by_id(first.account(5).user_id) is None
    assert first.by_id(second.account(5).user_id) is None


def test_accounts_are_spread_over_the_years_with_a_peak_in_the_pandemic() -> None:
    years = Counter(account.created_at.year for account in Audience(20_000, 1, NOW).page(0, 20_000))

    assert set(years) == set(range(2011, 2027))
    assert max(years, key=lambda year: years[year]) == 2020
    assert years[2011] < years[2015] < years[2019]


def test_accounts_are_made_in_the_evening_rather_than_at_night() -> None:
    hours = Counter(account.created_at.hour for account in Audience(20_000, 1, NOW).page(0, 20_000))

    assert hours[19] > 3 * hours[3]


def test_a_wave_was_made_together_with_logins_of_one_pattern() -> None:
    audience = Audience(5000, 1, NOW, (WAVE,))
    inside = [
        account
        for account in audience.page(0, 5000)
        if BEGAN <= account.created_at <= BEGAN + timedelta(hours=6) and account.login.count("_") == 2
    ]

    assert 200 <= len(inside) <= 205


def test_a_wave_is_spread_over_the_pages() -> None:
    pages = [list(Audience(5000, 1, NOW, (WAVE,)).page(start, 1000)) for start in range(0, 5000, 1000)]

    made = [sum(BEGAN <= one.created_at <= BEGAN + timedelta(hours=6) for one in page) for page in pages]
    assert all(count >= 20 for count in made)


def test_a_million_accounts_take_no_memory() -> None:
    audience = Audience(1_000_000, 1, NOW, (WAVE,))

    assert sys.getsizeof(audience) < 1000
    assert len(list(audience.page(999_000, 5000))) == 1000


@pytest.mark.parametrize("login", ["", "nobody", "renard", "renard999999", "koko", "éé", "xx_renard4_xx", "٣٣٣"])
def test_a_login_of_nobody_is_not_found(login: str) -> None:
    assert Audience(10, 1, NOW).by_login(login) is None


@pytest.mark.parametrize("user_id", ["", "abc", "-1", "7", "1000000010", "٣"])
def test_an_id_of_nobody_is_not_found(user_id: str) -> None:
    assert Audience(10, 1, NOW).by_id(user_id) is None


@pytest.mark.parametrize(("size", "waves"), [(100, (WAVE,)), (200_000_000, ())])
def test_an_audience_that_cannot_be_is_refused(size: int, waves: tuple[Wave, ...]) -> None:
    with pytest.raises(ValueError, match="audience"):
        Audience(size, 1, NOW, waves)


def test_a_later_year_goes_on_as_the_last() -> None:
    years = {account.created_at.year for account in Audience(5000, 1, datetime(2030, 6, 1, tzinfo=UTC)).page(0, 5000)}

    assert max(years) == 2030
