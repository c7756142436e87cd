from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import ROOT
from vigie.notifications import signing
from vigie.simulators.webhooks import Forged, verify

KEYS = st.binary(min_size=24, max_size=64)
IDS = st.text("abcdefghij0123456789_", min_size=1)
TIMES = st.integers(0, 2**33)


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    # standard-webhooks 1.0.0, test vector of its libraries
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330

    signed = signing.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(key=KEYS, message_id=IDS, at=TIMES, body=st.binary())
def test_whoever_has_the_secret_can_verify(key: bytes, message_id: str, at: int, body: bytes) -> None:
    secret = signing.secret_of(key)

    headers = signing.headers([secret], message_id, at, body)

    assert verify(secret, headers, body, now_s=at) == message_id


@given(key=KEYS, other=KEYS, body=st.binary())
def test_whoever_has_another_cannot(key: bytes, other: bytes, body: bytes) -> None:
    headers = signing.headers([signing.secret_of(key)], "msg_1", 1000, body)

    if other != key:
        with pytest.raises(Forged):
            verify(signing.secret_of(other), headers, body, now_s=1000)


@given(former=KEYS, key=KEYS)
def test_while_a_secret_is_replaced_both_fit(former: bytes, key: bytes) -> None:
    secrets = [signing.secret_of(key), signing.secret_of(former)]

    headers = signing.headers(secrets, "msg_1", 1000, b"{}")

    assert [verify(secret, headers, b"{}", now_s=1000) for secret in secrets] == ["msg_1", "msg_1"]


def test_the_program_of_the_reference_verifies() -> None:
    page = (ROOT / "docs" / "reference" / "webhooks.md").read_text(encoding="utf-8")
    program: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], program)
    secret, other = signing.secret_of(b"k" * 32), signing.secret_of(b"o" * 32)

    headers = signing.headers([other, secret], "msg_1", 1000, b"{}")

    assert program["is_genuine"](secret, headers, b"{}")
    assert not program["is_genuine"](secret, headers, b"{ }")


def test_a_secret_is_shown_as_the_specification_wants_it() -> None:
    assert signing.secret_of(b"x" * 32) == f"whsec_{b64encode(b'x' * 32).decode()}"


@pytest.mark.parametrize("secret", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***"])
def test_what_is_no_secret_signs_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match=r"begins with|base64|character"):
        signing.signature(secret, "msg_1", 1000, b"{}")
