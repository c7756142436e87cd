"""A process killed between two phases of the bus (decision 1): cause and consequence stand together or not at all."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection

from tests.factories import make_channel, make_live, make_utterance
from vigie.events import AlertRaised, TextAssessed, UtteranceSettled
from vigie.governance.models import AuditEntry
from vigie.moderation.models import Alert
from vigie.ports import Transcript
from vigie.risk import tasks as risk
from vigie.risk.models import Assessment, Subject
from vigie.runtime import clock, ledger
from vigie.runtime.models import WorkState
from vigie.speech import operations as speech
from vigie.speech.models import Utterance

pytestmark = pytest.mark.django_db(transaction=True)

HATE = "les migrants sont des parasites"
CHILD = """
import os, signal, sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[4]
django.setup()
from django.db import transaction
from vigie import events
from vigie.ports import Transcript
from vigie.risk import tasks
from vigie.runtime import bus, clock
from vigie.speech import operations
from vigie.speech.models import Utterance

def die(event=None):
    os.kill(os.getpid(), signal.SIGKILL)

kind, phase, text = getattr(events, sys.argv[1]), sys.argv[2], sys.argv[3]
bus.react(kind, die if phase == "reaction" else lambda event: transaction.on_commit(die))
if kind is events.UtteranceSettled:
    operations.record_transcript(Utterance.objects.get(), Transcript(text, "fr", 0.9), "test", clock.now())
else:
    tasks.assess_pending()
"""


def killed(kind: type, phase: str) -> None:
    """Let a process do what leads to an event, and kill it: in its last `reaction`, or after the commit (`following`).

    Killed while following, it has told nobody yet: its hook comes before those of the followers.
    """
    child = subprocess.run(
        [sys.executable, "-c", CHILD, kind.__name__, phase, HATE, connection.settings_dict["NAME"]],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "vigie.site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr


@pytest.fixture(autouse=True)
def only_on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the killed process opens the test's SQLite file")


@pytest.fixture
def utterance() -> Utterance:
    """An utterance that is being transcribed."""
    live = make_live(make_channel(language="fr"))
    return make_utterance(live, text="", state=WorkState.RUNNING)


@pytest.fixture
def assessment(utterance: Utterance) -> Assessment:
    """A text that waits to be judged."""
    speech.record_transcript(utterance, Transcript(HATE, "fr", 0.9), "test", clock.now())
    return Assessment.objects.get()


def stands() -> tuple[str, list[str], int, int]:
    """Return the state of the utterance and of the assessments, the number of alerts and of their audit entries."""
    return (
        Utterance.objects.get().state,
        list(Assessment.objects.values_list("state", flat=True)),
        Alert.objects.count(),
        AuditEntry.objects.filter(verb="alert.raised").count(),
    )


def test_killed_as_words_are_written_they_are_not_and_come_with_their_assessment_later(utterance: Utterance) -> None:
    killed(UtteranceSettled, "reaction")
    assert stands() == (WorkState.RUNNING, [], 0, 0)

    speech.record_transcript(utterance, Transcript(HATE, "fr", 0.9), "test", clock.now())

    assert stands() == (WorkState.DONE, [WorkState.PENDING], 0, 0)


@pytest.mark.usefixtures("utterance")
def test_killed_before_the_engine_was_woken_the_sweep_finds_the_text() -> None:
    killed(UtteranceSettled, "following")
    assert stands() == (WorkState.DONE, [WorkState.PENDING], 0, 0)
    assert risk.is_due(clock.now())

    risk.assess_pending()

    assert stands() == (WorkState.DONE, [WorkState.DONE], 1, 1)


@pytest.mark.usefixtures("assessment")
@pytest.mark.parametrize("kind", [TextAssessed, AlertRaised])
def test_killed_as_an_alert_is_raised_it_is_not_and_is_raised_once_later(kind: type) -> None:
    killed(kind, "reaction")
    assert stands() == (WorkState.DONE, [WorkState.RUNNING], 0, 0)

    Assessment.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    risk.assess_pending()

    assert stands() == (WorkState.DONE, [WorkState.DONE], 1, 1)


@pytest.mark.usefixtures("assessment")
@pytest.mark.parametrize("kind", [TextAssessed, AlertRaised])
def test_killed_before_an_alert_was_pushed_it_waits_in_the_queue_once(kind: type) -> None:
    killed(kind, "following")
    assert stands() == (WorkState.DONE, [WorkState.DONE], 1, 1)

    assert not risk.is_due(clock.now())
    risk.assess_pending()

    assert stands() == (WorkState.DONE, [WorkState.DONE], 1, 1)


@pytest.mark.usefixtures("assessment")
def test_a_text_that_kills_three_processes_ends_as_failed() -> None:
    for _ in range(ledger.MAX_ATTEMPTS):
        killed(TextAssessed, "reaction")
        ledger.take_back(Assessment.objects.all())

    risk.assess_pending()

    assert stands() == (WorkState.DONE, [WorkState.FAILED], 0, 0)
    assert Assessment.objects.get(of=Subject.UTTERANCE).reason == ledger.LOST
