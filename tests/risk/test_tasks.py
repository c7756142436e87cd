"""The engine's work on texts: each judged by the policy of its workspace, none held up by another."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from tests.factories import NOW, make_channel, make_live, make_utterance, make_workspace
from tests.risk.blorks import LEXICON
from tests.risk.policies import make_policy
from vigie.ports import LanguageIdentifier, PortError, TextToAssess, Verdict
from vigie.risk import operations, tasks
from vigie.risk.models import Assessment, Outcome, Policy, Subject
from vigie.risk.operations import Text
from vigie.runtime import clock, ledger, registry
from vigie.runtime.models import WorkState
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Live:
    channel = make_channel(language="en")
    make_policy(channel.workspace)
    return make_live(channel)


def queue(live: Live, *texts: str, language: str = "en") -> list[Assessment]:
    for words in texts:
        said = make_utterance(live, text=words)
        operations.queue_assessment(
            Text(live.pk, Subject.UTTERANCE, said.pk, said.seq, said.start_s, said.end_s, words, language)
        )
    return list(Assessment.objects.order_by("pk"))


def outcomes() -> list[tuple[str, str]]:
    return list(Assessment.objects.order_by("pk").values_list("text", "outcome"))


def test_what_waits_is_judged_until_nothing_does(live: Live) -> None:
    queue(live, *["blorks are vermin", "hello"] * tasks.BATCH)
    assert tasks.is_due(NOW)

    tasks.assess_pending()

    assert not tasks.is_due(NOW)
    assert outcomes() == [("blorks are vermin", "analysed"), ("hello", "abstained")] * tasks.BATCH
    first = Assessment.objects.earliest("pk")
    assert (first.analyst, first.target, first.policy) == ("rules 1", "blorks", Policy.objects.get())


def test_rules_with_the_longest_version_there_may_be_judge_too() -> None:
    live = make_live(make_channel(language="en"))
    make_policy(live.channel.workspace, LEXICON.replace('"1"', "v" * 40))
    queue(live, "blorks are vermin")

    tasks.assess_pending()

    assert Assessment.objects.get().analyst == f"rules {'v' * 40}"


def test_each_workspace_judges_by_its_own_policy(live: Live) -> None:
    other = make_live(make_channel(language="en"))
    make_policy(other.channel.workspace, LEXICON.replace("vermin, ", ""))
    queue(live, "blorks are vermin")
    queue(other, "blorks are vermin")

    tasks.assess_pending()

    assert [assessment.hateful for assessment in Assessment.objects.order_by("pk")] == [True, False]


def test_a_workspace_without_a_policy_gets_the_shipped_one() -> None:
    live = make_live(make_channel(language="fr"))
    queue(live, "les migrants sont des parasites", language="fr")

    tasks.assess_pending()

    assert Assessment.objects.get().hateful
    assert Policy.objects.get().is_shipped


def test_a_pronoun_is_understood_from_what_was_said_before_in_the_live(live: Live) -> None:
    other = make_live(make_channel(live.channel.workspace, language="en"))
    queue(live, "the blorks came")
    queue(other, "the snorks came")
    queue(live, "yes", "they are vermin")

    tasks.assess_pending()

    assert Assessment.objects.latest("pk").target == "blorks"


class Identifier:
    """Says that everything is in one language."""

    def __init__(self, language: str, share: float) -> None:
        self._told = language, share

    def identify(self, text: str) -> tuple[str, float]:
        return self._told


@pytest.fixture
def identify() -> Iterator[type[Identifier]]:
    former = registry.current(LanguageIdentifier)
    yield Identifier
    registry.withdraw(LanguageIdentifier)
    if former:
        registry.provide(LanguageIdentifier, former)


@pytest.mark.parametrize(
    ("came_with", "told", "language"),
    [
        ("en", ("en", 0.9), "en"),
        ("en", ("fr", 0.9), "fr"),
        ("en", ("es", 0.6), "en"),
        ("", ("fr", 0.9), "fr"),
        ("", ("es", 0.6), "en"),
        ("und", ("es", 0.6), "en"),
        ("", ("und", 0.0), "en"),
    ],
)
def test_a_text_is_read_in_the_language_told_where_that_is_sure_else_in_the_one_it_came_with_or_the_channel_s(
    live: Live, identify: type[Identifier], came_with: str, told: tuple[str, float], language: str
) -> None:
    registry.provide(LanguageIdentifier, lambda: identify(*told))
    queue(live, "blorks are vermin, all of them", language=came_with)

    tasks.assess_pending()

    assert Assessment.objects.get().language == language


def test_english_in_a_french_live_is_judged_and_spanish_is_not() -> None:
    live = make_live(make_channel(language="fr"))
    queue(live, "the jews are rats and should be killed", "los judíos son ratas y hay que matarlos", language="fr")

    tasks.assess_pending()

    assert list(Assessment.objects.order_by("pk").values_list("outcome", "language", "hateful", "signals__0")) == [
        ("analysed", "en", True, "threat"),
        ("abstained", "es", False, "no_lexicon"),
    ]


class Analyst:
    """Raises what it is told to."""

    name = "trouble 1"

    def __init__(self, trouble: Exception) -> None:
        self._trouble = trouble

    def assess(self, texts: Sequence[TextToAssess]) -> list[Verdict]:
        raise self._trouble


def judge(live: Live, trouble: Exception) -> Assessment:
    queue(live, "blorks are vermin")
    (taken,) = ledger.claim(tasks.waiting(), clock.now(), hold_s=60, limit=1)
    tasks._judge_one(taken, TextToAssess(taken.text, "en"), Analyst(trouble), Policy.objects.get())
    taken.refresh_from_db()
    return taken


class Crashing(Identifier):
    """Knows every text but one."""

    def identify(self, text: str) -> tuple[str, float]:
        if text == "crash":
            raise ZeroDivisionError
        return super().identify(text)


def test_a_text_that_crashes_the_analysis_fails_alone_with_a_reason(live: Live, identify: type[Identifier]) -> None:
    registry.provide(LanguageIdentifier, lambda: Crashing("en", 0.9))
    queue(live, "blorks are vermin", "crash", "hello", language="")

    for _ in range(ledger.MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            tasks.assess_pending()
        Assessment.objects.update(not_before=None)
    tasks.assess_pending()

    assert outcomes() == [("blorks are vermin", "analysed"), ("crash", "not_analysed"), ("hello", "abstained")]
    assert list(Assessment.objects.filter(state=WorkState.FAILED).values_list("reason", flat=True)) == [tasks.CRASHED]


def test_a_text_on_which_every_worker_died_fails_with_a_reason(live: Live) -> None:
    queue(live, "blorks are vermin")
    Assessment.objects.update(state=WorkState.RUNNING, attempts=ledger.MAX_ATTEMPTS, claimed_until=NOW)
    assert tasks.is_due(clock.now())

    tasks.assess_pending()

    assert not tasks.is_due(clock.now())
    assert list(Assessment.objects.values_list("state", "outcome", "reason")) == [
        (WorkState.FAILED, Outcome.NOT_ANALYSED, ledger.LOST)
    ]


def test_a_text_is_tried_again_when_the_analyst_is_not_there(live: Live) -> None:
    waiting = judge(live, PortError("the model is loading", retryable=True, retry_after_s=30))

    assert (waiting.state, waiting.outcome) == (WorkState.PENDING, Outcome.WAITING)
    assert waiting.reason == "the model is loading"
    assert waiting.not_before is not None
    assert waiting.not_before - clock.now() > timedelta(seconds=25)


def test_a_policy_written_for_another_version_of_vigie_is_told_and_holds_up_no_other_workspace(live: Live) -> None:
    broken = make_live(make_channel(make_workspace(), language="en"))
    make_policy(broken.channel.workspace, "language: en\n")
    queue(broken, "blorks are vermin")
    queue(live, "blorks are vermin")

    tasks.assess_pending()

    first, second = Assessment.objects.order_by("pk")
    assert (first.outcome, first.reason) == ("waiting", "policy v1: line 1: “lexicon” has no “version”")
    assert second.outcome == "analysed"


def test_what_a_dead_worker_held_is_judged_after_a_while(live: Live) -> None:
    queue(live, "blorks are vermin")
    ledger.claim(tasks.waiting(), clock.now() - timedelta(seconds=tasks.HOLD_S + 1), hold_s=tasks.HOLD_S, limit=9)

    tasks.assess_pending()

    assert outcomes() == [("blorks are vermin", "analysed")]
