"""What happens to words: settled once, told once, tried again when a person asks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from tests.factories import make_live, make_membership, make_utterance
from vigie.events import Acted, UtteranceSettled
from vigie.ports import LiveRef, PlacedCaption, Transcript
from vigie.runtime import bus
from vigie.runtime.models import WorkState
from vigie.speech import operations
from vigie.speech.models import Source, Utterance
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


def test_add_utterances_tell_each_where_it_lies_and_in_which_language(live: Live) -> None:
    heard = [Heard(3, 100, 16_100, 10.0), Heard(3, 20_000, 36_000, 12.5), Heard(3, 40_000, 48_000, 14.0)]

    rows = operations.add_utterances(ref(live), heard)

    assert [(row.seq, row.epoch, row.start_sample, row.end_sample) for row in rows] == [
        (1, 3, 100, 16_100),
        (2, 3, 20_000, 36_000),
        (3, 3, 40_000, 48_000),
    ]
    assert {row.language for row in Utterance.objects.all()} == {live.channel.language}


def test_add_utterances_takes_the_same_samples_of_another_live_epoch_or_source_for_something_else(live: Live) -> None:
    heard = Heard(0, 0, 32_000, 10.0)
    operations.add_utterances(ref(make_live()), [heard])
    make_utterance(live, seq=1, start_s=0.0, source=Source.CAPTIONS)
    operations.add_utterances(ref(live), [Heard(1, 0, 32_000, 90.0)])

    operations.add_utterances(ref(live), [heard])

    heard_of = Utterance.objects.filter(live=live, source=Source.ASR).order_by("seq")
    assert list(heard_of.values_list("seq", "epoch")) == [(2, 1), (3, 0)]


def test_add_utterances_wakes_the_engine_for_what_is_new_only(
    live: Live, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard = Heard(0, 0, 32_000, 10.0)

    with django_capture_on_commit_callbacks() as first:
        operations.add_utterances(ref(live), [heard])
    with django_capture_on_commit_callbacks() as again:
        assert operations.add_utterances(ref(live), [heard]) == []

    assert (len(first), len(again)) == (1, 0)


def test_a_caption_is_known_by_its_moment_in_its_live(live: Live, told: list[UtteranceSettled]) -> None:
    make_utterance(live, seq=1, start_s=3.0)
    said = [PlacedCaption(3.0, 5.0, "Un.", "en"), PlacedCaption(6.0, 7.0, "Deux.", None)]
    operations.add_caption(ref(make_live()), said[0], NOW)

    rows = [operations.add_caption(ref(live), caption, NOW) for caption in said]

    assert [(row.seq, row.language, row.transcribed_at) for row in rows if row] == [(2, "en", NOW), (3, "fr", NOW)]
    assert rows[1] is not None
    assert rows[1].spoken_at == live.started_at + timedelta(seconds=7)
    assert [event.seq for event in told if event.live_id == live.pk] == [2, 3]


def test_a_transcript_keeps_what_the_recognizer_said_of_it(live: Live) -> None:
    told, untold = running(live), running(live)

    operations.record_transcript(told, Transcript("Hello.", "en", 0.7, note="low confidence"), "test 1", NOW)
    operations.record_transcript(untold, Transcript("Bonjour.", "", None), "test 1", NOW)

    found = Utterance.objects.order_by("seq").values_list("language", "confidence", "reason", "transcribed_at")
    assert list(found) == [("en", 0.7, "low confidence", NOW), (live.channel.language, None, "", NOW)]
    assert set(Utterance.objects.values_list("claimed_until", flat=True)) == {None}


def test_hear_apart_and_postpone_leave_what_has_its_words(live: Live) -> None:
    done, held = make_utterance(live), running(live)
    Utterance.objects.update(attempts=2, claimed_until=NOW)

    operations.postpone([done, held], NOW + timedelta(seconds=30))
    Utterance.objects.filter(pk=held.pk).update(state=WorkState.RUNNING, claimed_until=NOW)
    operations.hear_apart([done, held])

    assert list(Utterance.objects.order_by("seq").values_list("state", "attempts", "not_before", "claimed_until")) == [
        (WorkState.DONE, 2, None, NOW),
        (WorkState.PENDING, 1, NOW + timedelta(seconds=30), None),
    ]


def test_what_has_its_words_is_neither_skipped_nor_failed(live: Live, told: list[UtteranceSettled]) -> None:
    done = make_utterance(live)

    operations.skip([done], "too late")
    operations.fail(done, "no sound")

    done.refresh_from_db()
    assert (done.state, done.reason) == (WorkState.DONE, "")
    assert told == []


def test_a_long_reason_is_cut_to_what_the_database_takes(live: Live) -> None:
    utterance = running(live)

    operations.fail(utterance, "x" * 301)

    utterance.refresh_from_db()
    assert utterance.reason == "x" * 300


def test_an_alert_is_remembered_of_its_utterance_alone(live: Live) -> None:
    calm, severe = make_utterance(live), make_utterance(live)

    operations.remember_alert(severe.pk, NOW)

    assert list(Utterance.objects.order_by("seq").values_list("pk", "alerted_at")) == [
        (calm.pk, None),
        (severe.pk, NOW),
    ]


def test_add_caption_is_settled_at_once_and_told_once(live: Live, told: list[UtteranceSettled]) -> None:
    caption = PlacedCaption(3.0, 5.0, "Bonjour.", None)

    operations.add_caption(ref(live), caption, NOW)
    assert operations.add_caption(ref(live), caption, NOW) is None

    (event,) = told
    assert (event.text, event.source, event.state, event.language) == ("Bonjour.", "captions", "done", "fr")
    assert event.workspace_id == live.channel.workspace_id


def test_add_caption_leaves_out_what_no_database_takes(live: Live, told: list[UtteranceSettled]) -> None:
    operations.add_caption(ref(live), PlacedCaption(3.0, 5.0, "Bon\x00soir \ud83c.", None), NOW)

    assert Utterance.objects.get().text == "Bonsoir ?."
    assert [event.text for event in told] == ["Bonsoir ?."]


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


def test_retry_utterance_gives_one_all_its_tries_again_and_wakes_the_engine(
    live: Live, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    actor = make_membership("supervisor", workspace=live.channel.workspace)
    asked, other = (make_utterance(live, state=WorkState.FAILED) for _ in range(2))
    Utterance.objects.update(attempts=3, not_before=NOW)

    with django_capture_on_commit_callbacks() as woken:
        operations.retry_utterance(asked, actor, NOW)

    found = Utterance.objects.order_by("seq").values_list("pk", "attempts", "not_before", "asked_at")
    assert list(found) == [(asked.pk, 0, None, NOW), (other.pk, 3, NOW, None)]
    assert woken


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


@pytest.mark.parametrize(
    ("state", "lag_s", "expected"),
    [
        (LiveState.OK, 10.0, LiveState.OK),
        (LiveState.OK, 10.1, LiveState.LAG),
        (LiveState.LAG, 10.1, LiveState.LAG),
        (LiveState.LAG, 10.0, LiveState.OK),
        (LiveState.NO_RECOGNIZER, 10.1, LiveState.NO_RECOGNIZER),
        (LiveState.NO_RECOGNIZER, 2.0, LiveState.OK),
        (LiveState.NO_AUDIO, 30.0, LiveState.NO_AUDIO),
    ],
)
def test_a_lag_is_shown_from_ten_seconds_on_and_hides_no_worse_state(state: str, lag_s: float, expected: str) -> None:
    live = make_live(state=state)
    utterance = make_utterance(live, text="", state=WorkState.RUNNING)

    operations.measure_lag([live.pk], utterance.spoken_at + timedelta(seconds=lag_s))

    live.refresh_from_db()
    assert (live.state, round(live.lag_s, 1)) == (expected, lag_s)


def test_a_lag_is_measured_live_by_live_and_not_after_its_end(live: Live) -> None:
    late = make_utterance(live, text="", state=WorkState.PENDING)
    in_time, ended, unasked = make_live(), make_live(ended_at=NOW), make_live()
    for other in (ended, unasked):
        make_utterance(other, text="", state=WorkState.PENDING)

    operations.measure_lag([live.pk, in_time.pk, ended.pk], late.spoken_at + timedelta(seconds=24))

    lags = dict(Live.objects.values_list("pk", "lag_s"))
    assert lags == {live.pk: 24.0, in_time.pk: 0.0, ended.pk: 0.0, unasked.pk: 0.0}


@pytest.mark.parametrize(
    ("state", "is_over", "shown"),
    [
        (LiveState.OK, False, LiveState.NO_RECOGNIZER),
        (LiveState.LAG, False, LiveState.NO_RECOGNIZER),
        (LiveState.NO_AUDIO, False, LiveState.NO_AUDIO),
        (LiveState.RECONNECTING, False, LiveState.RECONNECTING),
        (LiveState.ENDED, True, LiveState.ENDED),
    ],
)
def test_tell_no_recognizer_hides_no_worse_state(state: str, *, is_over: bool, shown: str) -> None:
    live = make_live(state=state, ended_at=NOW if is_over else None)
    make_utterance(live, text="", state=WorkState.PENDING)

    operations.tell_no_recognizer("vigie models get base")

    live.refresh_from_db()
    assert live.state == shown


def test_words_that_come_ahead_of_the_sound_are_not_late(live: Live) -> None:
    utterance = make_utterance(live, text="", state=WorkState.PENDING)

    operations.measure_lag([live.pk], utterance.spoken_at - timedelta(seconds=5))

    live.refresh_from_db()
    assert (live.state, live.lag_s) == (LiveState.OK, 0.0)


@pytest.mark.parametrize("state", [LiveState.STARTING, LiveState.OK])
def test_tell_deaf_shows_the_fix_on_one_live(state: str) -> None:
    deaf, other = make_live(state=state), make_live(state=state)

    operations.tell_deaf(deaf.pk, "Voice detection is not installed.")

    deaf.refresh_from_db()
    other.refresh_from_db()
    assert (deaf.state, deaf.reason) == (LiveState.NO_RECOGNIZER, "Voice detection is not installed.")
    assert other.state == state


def test_tell_no_recognizer_shows_the_fix_where_words_wait(live: Live) -> None:
    make_utterance(live, text="", state=WorkState.PENDING)
    silent = make_live()

    operations.tell_no_recognizer("vigie models get base")

    live.refresh_from_db()
    silent.refresh_from_db()
    assert (live.state, live.reason) == (LiveState.NO_RECOGNIZER, "vigie models get base")
    assert silent.state == LiveState.OK
