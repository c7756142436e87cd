import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.obs.encodings import JSON, MSGPACK, Closing, agreed, decoded, encoded

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES), st.sampled_from([JSON, MSGPACK]))
def test_what_is_encoded_is_what_is_decoded(message: dict[str, object], protocol: str) -> None:
    assert decoded(encoded(message, protocol), protocol) == message


@given(st.text() | st.binary(), st.sampled_from([JSON, MSGPACK]))
def test_what_cannot_be_decoded_closes_the_connection(said: str | bytes, protocol: str) -> None:
    closings = list[Closing]()
    try:
        decoded(said, protocol)
    except Closing as closing:
        closings.append(closing)

    assert all(closing.code == 4002 for closing in closings)


@given(st.text())
def test_a_reason_fits_into_its_frame(reason: str) -> None:
    told = Closing(4002, reason).reason

    assert len(told.encode()) <= 123
    assert reason.startswith(told)


@pytest.mark.parametrize(
    "said", ["[" * 100_000, b"\x81\xa1a", b"\x81\x90\x01", b"\xc1", b"\x01\x01", b"\xd9\x01\xff"], ids=repr
)
def test_what_is_cut_off_or_too_deep_closes_the_connection(said: str | bytes) -> None:
    with pytest.raises(Closing, match="Unable to decode"):
        decoded(said, JSON if isinstance(said, str) else MSGPACK)


@pytest.mark.parametrize(
    ("offered", "protocol"),
    [([], None), (["other"], None), ([MSGPACK, JSON], MSGPACK), (["other", JSON, MSGPACK], JSON)],
)
def test_the_first_that_is_known_is_agreed_upon(offered: list[str], protocol: str | None) -> None:
    assert agreed(offered) == protocol
