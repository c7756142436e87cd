from datetime import UTC, datetime, timedelta

import pytest

from vigie.ports import NotLive, PortError
from vigie.watch import hosts

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LIVE, OTHER, ELSEWHERE = "https://Live.example/a.m3u8", "https://live.example/b.m3u8", "https://else.example/a"
SILENT = PortError("no answer", retryable=True)


def test_a_host_that_failed_for_several_channels_is_left_alone_for_a_while() -> None:
    for address in (LIVE, OTHER, LIVE, OTHER):
        hosts.remember(address, SILENT, NOW)
    assert hosts.rest_s(LIVE, NOW) == 0.0

    hosts.remember(LIVE, SILENT, NOW)

    assert (hosts.rest_s(OTHER, NOW), hosts.is_left_alone(OTHER, NOW)) == (30.0, True)
    assert (hosts.rest_s(ELSEWHERE, NOW), hosts.is_left_alone(ELSEWHERE, NOW)) == (0.0, False)
    assert hosts.rest_s(OTHER, NOW + timedelta(seconds=31)) == 0.0


@pytest.mark.parametrize(
    "answer", [None, NotLive("nothing is on air", retryable=True), PortError("HTTP 404", permanent=True)]
)
def test_a_host_that_answers_is_asked_on(answer: PortError | None) -> None:
    for trouble in (SILENT, SILENT, SILENT, SILENT, answer, SILENT):
        hosts.remember(LIVE, trouble, NOW)

    assert hosts.rest_s(LIVE, NOW) == 0.0


def test_a_host_that_asks_to_come_back_later_is_left_alone_that_long() -> None:
    hosts.remember(LIVE, PortError("HTTP 429", retryable=True, retry_after_s=700.0), NOW)

    assert hosts.rest_s(OTHER, NOW) == 700.0


def test_many_channels_of_one_host_are_looked_at_one_after_the_other() -> None:
    waits = [hosts.rest_s(LIVE, NOW) for _ in range(22)]

    assert waits == [0.0] * 20 + [0.5, 0.5]


def test_ports_of_one_machine_are_hosts_of_their_own() -> None:
    for _ in range(5):
        hosts.remember("https://live.example:8443/a", SILENT, NOW)

    assert hosts.is_left_alone("https://LIVE.example:8443/b", NOW)
    assert not hosts.is_left_alone("https://live.example/a", NOW)


def test_a_host_that_answers_after_its_rest_is_given_all_its_chances_anew() -> None:
    later = NOW + timedelta(seconds=31)
    for trouble, at in (*[(SILENT, NOW)] * 5, (None, later), *[(SILENT, later)] * 4):
        hosts.remember(LIVE, trouble, at)

    assert hosts.rest_s(LIVE, later) == 0.0
