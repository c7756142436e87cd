import pytest

from vigie.simulators.webhooks import Forged, verify

# The example of the specification's libraries: standard-webhooks, libraries/python/tests.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": ID, "webhook-timestamp": str(AT), "webhook-signature": SIGNATURE}


@pytest.mark.parametrize("given", [SIGNATURE, f"v1,Zm9v {SIGNATURE}", f"v1a,abc {SIGNATURE} v2,x"])
def test_one_right_signature_is_enough(given: str) -> None:
    assert verify(SECRET, {**HEADERS, "webhook-signature": given}, BODY, now_s=AT) == ID


@pytest.mark.parametrize(
    ("change", "body", "now_s"),
    [
        ({"webhook-id": "msg_other"}, BODY, AT),
        ({"webhook-timestamp": str(AT + 1)}, BODY, AT),
        ({"webhook-timestamp": "soon"}, BODY, AT),
        ({"webhook-timestamp": "-1614265330"}, BODY, AT),
        ({"webhook-timestamp": "9" * 5000}, BODY, AT),
        ({"webhook-signature": "v1,é"}, BODY, AT),
        ({"webhook-signature": SIGNATURE.removeprefix("v1,")}, BODY, AT),
        ({"webhook-signature": "v1,Zm9v"}, BODY, AT),
        ({"webhook-signature": "v2" + SIGNATURE[2:]}, BODY, AT),
        ({"webhook-signature": ""}, BODY, AT),
        ({}, BODY + b" ", AT),
        ({}, BODY, AT + 301),
        ({}, BODY, AT - 301),
    ],
)
def test_anything_else_is_forged(change: dict[str, str], body: bytes, now_s: float) -> None:
    with pytest.raises(Forged):
        verify(SECRET, HEADERS | change, body, now_s=now_s)


@pytest.mark.parametrize("now_s", [AT - 300, AT + 300])
def test_clocks_may_differ_by_five_minutes(now_s: float) -> None:
    assert verify(SECRET, HEADERS, BODY, now_s=now_s) == ID


@pytest.mark.parametrize("missing", sorted(HEADERS))
def test_every_header_is_needed(missing: str) -> None:
    with pytest.raises(Forged, match=missing):
        verify(SECRET, {name: value for name, value in HEADERS.items() if name != missing}, BODY, now_s=AT)
