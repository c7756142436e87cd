"""What happens to words: settled once, told once, tried again when a person asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import make_live, make_membership, make_utterance
from vigie.events import Acted, UtteranceSettled
from vigie.ports import LiveRef, PlacedCaption, Transcript
from vigie.runtime import bus
from vigie.runtime.models import WorkState
from vigie.speech import operations
from vigie.speech.models import Utterance
from vigie.speech.operations import Heard
from vigie.watch.models import Live, LiveState

NOW = datetime(2026, 1, 5, 10, 1, tzinfo=UTC)
WORDS = Transcript("Bonjour.", "fr", 0.9)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[UtteranceSettled]]:
    events: list[UtteranceSettled] = []
    bus.react(UtteranceSettled, events.append)
    yield events
    bus.unreact(UtteranceSettled, events.append)


@pytest.fixture
def live() -> Live:
    return make_live()


def ref(live: Live) -> LiveRef:
    return LiveRef(live.pk, live.channel.workspace_id, live.channel.language, live.started_at)


def running(live: Live) -> Utterance:
    return make_utterance(live, text="", state=WorkState.RUNNING)


def test_add_utterances_numbers_them_and_knows_them_again(live: Live) -> None:
    first, second = Heard(0, 0, 32_000, 10.0), Heard(0, 48_000, 64_000, 13.0)

    operations.add_utterances(ref(live), [first])
    operations.add_utterances(ref(live), [first, second])

    rows = Utterance.objects.order_by("seq")
    assert [(row.seq, row.start_sample, row.start_s, row.end_s) for row in rows] == [
        (1, 0, 10.0, 12.0),
        (2, 48_000, 13.0, 14.0),
    ]
    assert {row.state for row in rows} == {WorkState.PENDING}
    assert rows[1].spoken_at == live.started_at + timedelta(seconds=14)


def test_add_caption_is_settled_at_once_and_told_once(live: Live, told: list[UtteranceSettled]) -> None:
    caption = PlacedCaption(3.0, 5.0, "Bonjour.", None)

    operations.add_caption(ref(live), caption, NOW)
    assert operations.add_caption(ref(live), caption, NOW) is None

    (event,) = told
    assert (event.text, event.source, event.state, event.language) == ("Bonjour.", "captions", "done", "fr")
    assert event.workspace_id == live.channel.workspace_id


def test_record_transcript_settles_an_utterance_once(live: Live, told: list[UtteranceSettled]) -> None:
    utterance = running(live)

    operations.record_transcript(utterance, WORDS, "test 1", NOW)
    operations.record_transcript(utterance, Transcript("Autre chose.", "fr", 0.1), "test 2", NOW)

    utterance.refresh_from_db()
    assert (utterance.text, utterance.recognizer, utterance.state) == ("Bonjour.", "test 1", WorkState.DONE)
    assert [event.text for event in told] == ["Bonjour."]


def test_give_back_tells_only_of_utterances_that_failed_for_good(live: Live, told: list[UtteranceSettled]) -> None:
    once, often = running(live), running(live)
    once.attempts, often.attempts = 1, 3

    operations.give_back([once, often], NOW, reason="the model crashed", retry_after_s=None)

    assert [(event.utterance_id, event.state) for event in told] == [(often.pk, "failed")]
    once.refresh_from_db()
    assert (once.state, once.not_before) == (WorkState.PENDING, NOW + timedelta(seconds=2))


def test_skip_and_fail_keep_their_reason(live: Live, told: list[UtteranceSettled]) -> None:
    late, broken = running(live), running(live)

    operations.skip([late], "too late")
    operations.fail(broken, "no sound")

    assert [(event.utterance_id, event.state) for event in told] == [(late.pk, "skipped"), (broken.pk, "failed")]
    late.refresh_from_db()
    assert late.reason == "too late"


@pytest.mark.parametrize("state", [WorkState.SKIPPED, WorkState.FAILED])
def test_retry_utterance_lets_it_wait_again_in_a_persons_name(live: Live, state: WorkState) -> None:
    actor = make_membership("supervisor", workspace=live.channel.workspace)
    utterance = make_utterance(live, state=state, reason="too late")
    acts: list[Acted] = []
    bus.react(Acted, acts.append)

    operations.retry_utterance(utterance, actor, NOW)

    bus.unreact(Acted, acts.append)
    utterance.refresh_from_db()
    assert (utterance.state, utterance.reason, utterance.attempts) == (WorkState.PENDING, "", 0)
    assert [(act.verb, act.actor_id, act.subject_id) for act in acts] == [
        ("utterance.retried", actor.user_id, str(utterance.pk))
    ]


def test_retry_utterance_refuses_one_that_has_its_words(live: Live) -> None:
    actor = make_membership("supervisor", workspace=live.channel.workspace)

    with pytest.raises(operations.NotWaiting):
        operations.retry_utterance(make_utterance(live), actor, NOW)


def test_measure_lag_turns_the_ring_when_words_run_late(live: Live) -> None:
    utterance = make_utterance(live, text="", state=WorkState.PENDING)

    operations.measure_lag([live.pk], utterance.spoken_at + timedelta(seconds=24))
    live.refresh_from_db()
    assert (live.state, live.lag_s) == (LiveState.LAG, 24.0)

    Utterance.objects.update(state=WorkState.DONE)
    operations.measure_lag([live.pk], utterance.spoken_at + timedelta(seconds=30))
    live.refresh_from_db()
    assert (live.state, live.lag_s) == (LiveState.OK, 0.0)


def test_tell_no_recognizer_shows_the_fix_where_words_wait(live: Live) -> None:
    make_utterance(live, text="", state=WorkState.PENDING)
    silent = make_live()

    operations.tell_no_recognizer("vigie models get base")

    live.refresh_from_db()
    silent.refresh_from_db()
    assert (live.state, live.reason) == (LiveState.NO_RECOGNIZER, "vigie models get base")
    assert silent.state == LiveState.OK
