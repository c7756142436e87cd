from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from tests.factories import NOW, make_assessment, make_channel, make_live, make_utterance
from vigie.runtime.models import Lease, WorkState
from vigie.site import health
from vigie.site.findings import Finding
from vigie.watch.models import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> object:
    with translation.override("en"):
        yield


def finding(what: str) -> Finding:
    [found] = [finding for finding in health.findings(NOW) if finding.what == what]
    return found


def test_findings_of_an_idle_installation() -> None:
    assert [found.what for found in health.findings(NOW)] == [
        "Lives on air",
        "Speech recognition",
        "Longest lag",
        "From words to alert",
        "To be transcribed",
        "To be analysed",
        "Places to watch",
        "Channels unknown",
        "Detectors",
        "Engine",
        "Watchers at work",
        "Disk",
        "Database",
    ]
    assert finding("Lives on air") == Finding("Lives on air", is_well=True, words="0")
    assert finding("Longest lag") == Finding("Longest lag", is_well=True, words="0 s")
    assert finding("Engine") == Finding("Engine", is_well=True, words="in the same process")
    assert finding("Watchers at work") == Finding("Watchers at work", is_well=True, words="none")
    assert finding("Database").is_well


@pytest.mark.parametrize(
    ("recognizer", "fix"), [("auto", "vigie models get base"), ("none", "VIGIE_RECOGNIZER is set to none.")]
)
def test_a_missing_recognizer_comes_with_its_fix(settings: Settings, recognizer: str, fix: str) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"recognizer": recognizer})
    found = finding("Speech recognition")

    assert (found.is_well, found.fix) == (False, fix)


@pytest.mark.parametrize(("lag_s", "is_well"), [(12.0, True), (301.0, False)])
def test_a_lag_that_comes_near_to_skipping_needs_attention(lag_s: float, *, is_well: bool) -> None:
    make_live(lag_s=3)
    make_live(lag_s=lag_s)
    make_live(lag_s=900, ended_at=NOW + timedelta(hours=1))

    assert finding("Longest lag").is_well is is_well


@pytest.mark.parametrize(("late_s", "is_well"), [(29, True), (31, False)])
def test_alerts_that_come_late_need_attention(late_s: int, *, is_well: bool) -> None:
    make_utterance(spoken_at=NOW - timedelta(seconds=4), alerted_at=NOW)
    assert finding("From words to alert").words == "half within 4 s, 95 % within 4 s"
    for _ in range(9):
        make_utterance(spoken_at=NOW - timedelta(seconds=late_s), alerted_at=NOW)

    assert finding("From words to alert").is_well is is_well


def test_work_that_waits_and_work_that_failed_are_counted() -> None:
    live = make_live()
    for state in (WorkState.PENDING, WorkState.RUNNING, WorkState.FAILED, WorkState.DONE):
        make_utterance(live, state=state)
    make_assessment(make_utterance(live), state=WorkState.PENDING)

    assert finding("To be transcribed") == Finding("To be transcribed", is_well=False, words="2 waiting, 1 failed")
    assert finding("To be analysed") == Finding("To be analysed", is_well=True, words="1 waiting, 0 failed")


def test_watchers_are_those_whose_lease_lasts() -> None:
    for resource, owner, seconds in (("live:1", "b", 5), ("live:2", "a", 5), ("live:3", "gone", -5), ("x", "", 5)):
        Lease.objects.create(resource=resource, owner=owner, expires_at=NOW + timedelta(seconds=seconds))

    assert finding("Watchers at work").words == "a, b"


def test_channels_that_nobody_looks_at_are_named() -> None:
    channel = make_channel(name="Marché")
    Channel.objects.update(is_watched=True)
    Lease.objects.create(resource=channel.resource, due_at=NOW - timedelta(minutes=2))
    assert finding("Places to watch").is_well
    Lease.objects.create(resource="owner:a", owner="a", expires_at=NOW + timedelta(seconds=5))

    assert finding("Places to watch") == Finding(
        "Places to watch", is_well=False, words="1 channels wait: Marché", fix="vigie up --only watch"
    )


def test_the_disk_is_told_in_gigabytes() -> None:
    assert " GB of " in finding("Disk").words


def test_the_engine_may_be_on_a_broker(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://localhost"

    assert finding("Engine").words == "workers on a broker"


def test_a_workspace_is_told_of_its_own_alone() -> None:
    here, there = make_channel(name="Ours"), make_channel(name="Theirs")
    for channel, lag_s in ((here, 3), (there, 900)):
        live = make_live(channel, lag_s=lag_s)
        make_utterance(live, state=WorkState.PENDING)
        make_assessment(make_utterance(live), state=WorkState.FAILED)
        Lease.objects.create(resource=channel.resource, due_at=NOW - timedelta(minutes=2))
    Channel.objects.update(is_watched=True)
    Lease.objects.create(resource="owner:a", owner="a", expires_at=NOW + timedelta(seconds=5))

    told = {found.what: found.words for found in health.findings(NOW, here.workspace)}

    assert told.pop("Speech recognition")
    assert told == {
        "Lives on air": "1",
        "Longest lag": "3 s",
        "From words to alert": "no alert in the last day",
        "To be transcribed": "1 waiting, 0 failed",
        "To be analysed": "0 waiting, 1 failed",
        "Places to watch": "1 channels wait: Ours",
        "Channels unknown": "none",
    }
