import json
import time

import pytest

from vigie.simulators.tiktok.faults import ANSWERED, Fault, Kind
from vigie.simulators.tiktok.spoiling import spoil, waited


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "has"),
    [
        (Kind.REFUSE, 503, None, b""),
        (Kind.CAPTCHA, 200, "text/html", b"captcha"),
        (Kind.HTML, 200, "text/html", b"<!doctype html>"),
        (Kind.EMPTY, 200, None, b""),
        (Kind.GIBBERISH, 200, "application/json", b"tea"),
        (Kind.RESTRICT, 200, "application/json", b"prompts"),
    ],
)
def test_a_fault_makes_an_answer(kind: Kind, status: int, content_type: str | None, has: bytes) -> None:
    answer = spoil(Fault(kind))

    assert (answer.status_code, answer.media_type) == (status, content_type)
    assert has in bytes(answer.body)
    assert kind in ANSWERED


def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    answer = spoil(Fault(Kind.REFUSE, status=429, reset_s=90))
    reset_s = int(answer.headers["ratelimit-reset"]) - time.time()

    assert answer.headers["ratelimit-remaining"] == "90"
    assert 80 < reset_s <= 90
    assert json.loads(bytes(answer.body))["limit_label"] == "rate_limit_account_minute"


def test_or_is_not_told() -> None:
    answer = spoil(Fault(Kind.REFUSE, status=429, is_bare=True))

    assert (answer.status_code, "ratelimit-reset" in answer.headers) == (429, False)


async def test_a_slow_answer_is_due_in_the_end() -> None:
    await waited(Fault(Kind.SLOW, delay_s=0))
