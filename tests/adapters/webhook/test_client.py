import pytest

from vigie.adapters.webhook.client import MOST_BYTES, HttpWebhooks
from vigie.ports import PortError, Reach
from vigie.simulators.webhooks import Fault, WebhookReceiver

BODY = b'{"type":"test"}'
HEADERS = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,none"}


def sender() -> HttpWebhooks:
    return HttpWebhooks(Reach.NETWORK)


async def test_what_was_signed_is_posted_as_it_is() -> None:
    async with WebhookReceiver() as receiver:
        answer = await sender().send(receiver.url("hooks"), BODY, HEADERS)

    [received] = receiver.received
    assert (received.path, received.body) == ("/hooks", BODY)
    assert {name: received.headers[name] for name in HEADERS} == HEADERS
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"].startswith("vigie/")
    assert (answer.status, answer.body, answer.retry_after_s) == (200, "Thank you.", None)
    assert answer.duration_s > 0


@pytest.mark.parametrize(
    ("fault", "status", "body", "retry_after_s"),
    [
        (Fault.ERROR, 500, "The database is on fire.", None),
        (Fault.GONE, 410, "Nobody lives here any more.", None),
        (Fault.BUSY, 429, "Later.", 120.0),
        (Fault.REDIRECT, 302, "", None),
    ],
)
async def test_an_answer_of_any_status_is_an_answer(
    fault: Fault, status: int, body: str, retry_after_s: float | None
) -> None:
    async with WebhookReceiver() as receiver:
        receiver.misbehave(fault)
        answer = await sender().send(receiver.url(), BODY, HEADERS)

    assert (answer.status, answer.body, answer.retry_after_s) == (status, body, retry_after_s)


async def test_redirects_are_not_followed() -> None:
    async with WebhookReceiver() as receiver:
        receiver.misbehave(Fault.REDIRECT)
        await sender().send(receiver.url("here"), BODY, HEADERS)

    assert [received.path for received in receiver.received] == ["/here"]


async def test_of_a_huge_answer_the_beginning_is_kept() -> None:
    async with WebhookReceiver() as receiver:
        receiver.misbehave(Fault.HUGE)
        answer = await sender().send(receiver.url(), BODY, HEADERS)

    assert (answer.status, len(answer.body)) == (200, MOST_BYTES)


async def test_an_answer_that_breaks_off_is_one_all_the_same() -> None:
    async with WebhookReceiver() as receiver:
        receiver.misbehave(Fault.HALF)
        answer = await sender().send(receiver.url(), BODY, HEADERS)

    assert answer.status == 200
    assert "half of it".startswith(answer.body[:10])


async def test_a_connection_broken_off_may_be_tried_again() -> None:
    async with WebhookReceiver() as receiver:
        receiver.misbehave(Fault.RESET)
        with pytest.raises(PortError, match="cannot be reached") as caught:
            await sender().send(receiver.url(), BODY, HEADERS)

    assert (caught.value.retryable, caught.value.permanent) == (True, False)


async def test_nobody_at_home_may_be_tried_again() -> None:
    async with WebhookReceiver() as receiver:
        url = receiver.url()

    with pytest.raises(PortError, match="cannot be reached") as caught:
        await sender().send(url, BODY, HEADERS)
    assert caught.value.retryable


async def test_a_receiver_that_does_not_answer_is_left_after_a_while() -> None:
    async with WebhookReceiver() as receiver:
        receiver.misbehave(Fault.SLOW)
        with pytest.raises(PortError, match=r"no answer for 0\.2 s") as caught:
            await HttpWebhooks(Reach.NETWORK, whole_s=0.2).send(receiver.url(), BODY, HEADERS)

    assert caught.value.retryable


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "http://0/"])
async def test_private_addresses_are_refused_unless_an_operator_allows_them(url: str) -> None:
    with pytest.raises(PortError, match="private address") as caught:
        await HttpWebhooks().send(url, BODY, HEADERS)

    assert caught.value.permanent


@pytest.mark.parametrize("url", ["ftp://example.org/", "http://[::1/", "http://", "not an address"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(PortError, match=r"not an address|cannot be reached") as caught:
        await sender().send(url, BODY, HEADERS)

    assert caught.value.permanent or caught.value.retryable


@pytest.mark.parametrize("within", [Reach.INTERNET, Reach.NETWORK])
@pytest.mark.parametrize("host", ["hooks..example.org", f"{'a' * 64}.example", ".example.org", "xn--a.example"])
async def test_a_name_that_no_host_can_have_is_told_as_any_other_trouble(host: str, within: Reach) -> None:
    with pytest.raises(PortError, match=r"not an address|cannot be reached"):
        await HttpWebhooks(within).send(f"https://{host}/", BODY, HEADERS)


def at_once() -> HttpWebhooks:
    return HttpWebhooks(Reach.NETWORK, whole_s=0.2)


async def test_a_message_names_a_receiver_without_password_path_and_query() -> None:
    async with WebhookReceiver() as receiver:
        host, port = receiver.address
        receiver.misbehave(Fault.SLOW)
        with pytest.raises(PortError) as late:
            await at_once().send(f"http://me:secret@{host}:{port}/services/secret?token=secret", BODY, HEADERS)
    with pytest.raises(PortError) as away:
        await sender().send(f"http://me:secret@{host}:{port}/services/secret?token=secret", BODY, HEADERS)

    assert str(late.value) == f"http://{host}:{port}: no answer for 0.2 s."
    assert str(away.value).startswith(f"http://{host}:{port}: cannot be reached (")
    assert "secret" not in str(away.value)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/secret", "http://127.0.0.1:9/secret", "https://xn--a.example/secret", "http://a:b/secret"],
)
async def test_no_trouble_with_an_address_tells_its_path(url: str) -> None:
    with pytest.raises(PortError) as caught:
        await HttpWebhooks().send(url, BODY, HEADERS)

    assert "secret" not in str(caught.value)
