from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_channel, make_workspace
from vigie.people.models import Workspace
from vigie.runtime.models import Breaker, Bucket, Lease, Traffic
from vigie.site import traffic
from vigie.site.findings import Finding
from vigie.watch.models import Channel, Presence

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def asked(key: str, requests: int, failures: int = 0, *, hours_ago: int = 0) -> None:
    Traffic.objects.create(key=key, hour=NOW - hours_ago * HOUR, requests=requests, failures=failures)


def test_vendors_that_were_not_asked_are_not_told_of() -> None:
    asked("tiktok", 50, hours_ago=24)
    asked("host:example.org", 50)

    assert list(traffic.vendors(NOW)) == []


def test_vendors_are_told_by_the_requests_of_24_hours() -> None:
    asked("tiktok", 1000, 2)
    asked("tiktok", 500, 1, hours_ago=23)
    asked("tiktok.sign", 1)
    asked("twitch.app", 3)
    asked("twitch.user.42", 4, 1)

    assert [(found.what, found.is_well, found.words) for found in traffic.vendors(NOW)] == [
        ("TikTok", True, "1,500 requests in 24 h, 3 failed"),
        ("TikTok's signing service", True, "1 request in 24 h, 0 failed"),
        ("Twitch", True, "7 requests in 24 h, 1 failed"),
    ]


def test_a_vendor_that_rests_says_until_when(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Paris"
    Breaker.objects.create(key="tiktok", failures=5, opened_until=NOW + HOUR / 2)
    Breaker.objects.create(key="twitch.app", failures=5, opened_until=NOW - HOUR)

    assert list(traffic.vendors(NOW)) == [
        Finding("TikTok", is_well=False, words="0 requests in 24 h, 0 failed, asked again from 11:30 on")
    ]


@pytest.mark.parametrize(
    ("tokens", "seconds", "words"),
    [
        (2.0, 0, "2 of 10 left now, 10 more a minute"),
        (2.0, 12, "4 of 10 left now, 10 more a minute"),
        (2.0, 3600, "10 of 10 left now, 10 more a minute"),
    ],
)
def test_the_quota_of_the_signing_service_is_told(tokens: float, seconds: int, words: str) -> None:
    asked("tiktok.sign", 8)
    Bucket.objects.create(key="tiktok.sign", tokens=tokens, refilled_at=NOW)

    [found] = traffic.vendors(NOW + timedelta(seconds=seconds))

    assert found.words == f"8 requests in 24 h, 0 failed, {words}"


def test_the_smallest_budget_of_a_vendor_is_told() -> None:
    asked("twitch.app", 8)
    for key, tokens in (("twitch.app", 700.0), ("twitch.user.1", 12.5)):
        Bucket.objects.create(key=key, tokens=tokens, refilled_at=NOW)

    [found] = traffic.vendors(NOW)

    assert found.words.endswith("12 of 780 left now, 780 more a minute")


# ── who asks ──


def test_detectors_that_are_at_work_and_those_that_are_missing_are_named() -> None:
    assert traffic.detectors(NOW) == Finding("Detectors", is_well=True, words="none at work")
    seen(make_workspace(), "camille", "")
    Lease.objects.create(resource="detector:twitch", owner="a", expires_at=NOW + HOUR)
    Lease.objects.create(resource="detector:tiktok", owner="a", expires_at=NOW - HOUR)

    assert traffic.detectors(NOW) == Finding(
        "Detectors", is_well=False, words="at work for Twitch, missing for TikTok", fix="vigie up --only watch"
    )
    Lease.objects.update(expires_at=NOW + HOUR)
    assert traffic.detectors(NOW) == Finding("Detectors", is_well=True, words="at work for TikTok, Twitch")


# ── what is unknown ──


def seen(workspace: Workspace, name: str, reason: str, airing: str = "unknown") -> Channel:
    channel = make_channel(workspace, address=name, name=f"@{name}", platform="tiktok")
    Channel.objects.update(is_watched=True)
    Presence.objects.create(channel=channel, airing=airing, reason=reason, since=NOW, checked_at=NOW, due_at=NOW)
    return channel


def test_channels_that_are_unknown_are_told_with_their_reason() -> None:
    here, there = make_workspace(), make_workspace()
    for name, reason in (("b", "X."), ("a", "X."), ("c", "TikTok banned this account.")):
        seen(here, name, reason)
    seen(here, "d", "", airing="offline")
    seen(there, "e", "Y.")

    assert traffic.unknown(here) == Finding(
        "Channels unknown", is_well=False, words="@c: TikTok banned this account. @a, @b: X."
    )
    assert traffic.unknown().words.endswith("@e: Y.")


def test_channels_that_nobody_wants_to_know_of_are_left_out() -> None:
    workspace = make_workspace()
    seen(workspace, "a", "X.")
    Channel.objects.update(is_watched=False)

    assert traffic.unknown(workspace) == Finding("Channels unknown", is_well=True, words="none")


def test_ten_channels_a_reason_are_named() -> None:
    workspace = make_workspace()
    for number in range(11):
        seen(workspace, f"a{number:02d}", "X.")

    assert "@a09…: X." in traffic.unknown(workspace).words
