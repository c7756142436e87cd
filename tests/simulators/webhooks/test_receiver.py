import base64
import hashlib
import hmac
import time

import httpx
import pytest

from vigie.simulators.webhooks import Fault, WebhookReceiver

KEY = b"an example of 24 bytes!!"
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


def signed(body: bytes, at: int) -> dict[str, str]:
    mac = hmac.new(KEY, f"msg_7.{at}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": "msg_7", "webhook-timestamp": str(at), "webhook-signature": signature}


def test_what_is_sent_is_kept_with_whether_it_is_genuine() -> None:
    with WebhookReceiver(SECRET) as receiver:
        httpx.post(receiver.url("a"), content=b'{"type":"x"}', headers=signed(b'{"type":"x"}', int(time.time())))
        httpx.post(receiver.url("b"), content=b"{}", headers=signed(b"other", int(time.time())))
        httpx.post(receiver.url("c"), content=b"{}")

        found = receiver.wait_for(3)

    assert [(one.path, one.is_genuine, one.message_id) for one in found] == [
        ("/a", True, "msg_7"),
        ("/b", False, "msg_7"),
        ("/c", False, ""),
    ]
    assert found[0].payload == {"type": "x"}


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.ERROR, 500), (Fault.GONE, 410), (Fault.BUSY, 429), (Fault.REDIRECT, 302), (Fault.HUGE, 200)],
)
def test_it_misbehaves_once_and_is_well_again(fault: Fault, status: int) -> None:
    with WebhookReceiver() as receiver:
        receiver.misbehave(fault)

        assert [httpx.post(receiver.url()).status_code for _ in range(2)] == [status, 200]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.HALF])
def test_it_breaks_connections_off(fault: Fault) -> None:
    with WebhookReceiver() as receiver:
        receiver.misbehave(fault)
        with pytest.raises(httpx.TransportError):
            httpx.post(receiver.url())


def test_it_keeps_who_asks_waiting() -> None:
    with WebhookReceiver() as receiver:
        receiver.misbehave(Fault.SLOW)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(receiver.url(), timeout=0.2)


def test_what_does_not_come_is_told() -> None:
    with WebhookReceiver() as receiver, pytest.raises(TimeoutError, match="0 of 1"):
        receiver.wait_for(1, within_s=0.01)
