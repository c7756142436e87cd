import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.media.signing import is_valid, signed_query

SECRET = b"of this run"


def read(query: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in query.split("&"))


@pytest.mark.parametrize(("now_s", "valid"), [(0, True), (29.9, True), (30, False), (31, False)])
def test_an_address_is_good_until_it_expires(now_s: float, *, valid: bool) -> None:
    assert is_valid(SECRET, "fr", read(signed_query(SECRET, "fr", 30)), now_s) is valid


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"exp": "30"},
        {"sig": "00"},
        {"exp": "soon", "sig": "00"},
        {"exp": "³", "sig": "00"},
        {"exp": "-1", "sig": "00"},
        {"exp": "9" * 5000, "sig": "00"},
        {"exp": "9999", "sig": read(signed_query(SECRET, "fr", 30))["sig"]},
        read(signed_query(SECRET, "en", 30)),
        read(signed_query(b"another run", "fr", 30)),
    ],
)
def test_an_address_that_was_not_signed_for_this_live_is_refused(query: dict[str, str]) -> None:
    assert not is_valid(SECRET, "fr", query, 0)


@given(st.text(), st.text())
def test_garbage_is_refused(expires: str, signature: str) -> None:
    assert not is_valid(SECRET, "fr", {"exp": expires, "sig": signature}, 0)
