"""The engine's work on speech: every utterance in its turn, whatever the recognizer does."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from tests.factories import make_channel, make_live, make_ref, make_utterance
from vigie.events import SAMPLE_RATE
from vigie.ports import Phrase, PlacedAudio, PortError, Recognizer, SpeechClip, Transcript
from vigie.runtime import clock, engine, ledger, registry
from vigie.runtime.models import WorkState
from vigie.speech import tasks
from vigie.speech.models import Utterance
from vigie.speech.spool import Spool
from vigie.speech.tasks import transcribe_ready
from vigie.speech.wording import NO_SOUND, TOO_LATE, UNKNOWN_LANGUAGE
from vigie.watch.models import Live, LiveState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ports")]


class Loud:
    """A recognizer that hears how loud a clip is."""

    name = "loud 1"
    batch = 4
    window_s = 0.0
    languages: tuple[str, ...] | None = None

    def __init__(self) -> None:
        self.batches: list[list[str | None]] = []
        self.trouble: list[PortError | None] = []
        self.withholds_from_s = 60.0
        self.is_closed = False

    def transcribe(self, clips: Sequence[SpeechClip]) -> list[Transcript]:
        self.batches.append([clip.language for clip in clips])
        if self.trouble and (trouble := self.trouble.pop()):
            raise trouble
        return [self._heard(clip) for clip in clips]

    def _heard(self, clip: SpeechClip) -> Transcript:
        seconds = np.abs(clip.samples).reshape(-1, SAMPLE_RATE).max(axis=1)
        if len(seconds) >= self.withholds_from_s:
            return Transcript("", clip.language or "", 0.1, note="repetition")
        phrases = tuple(Phrase(float(n), n + 1.0, f"{level:.1f}") for n, level in enumerate(seconds))
        return Transcript(" ".join(phrase.text for phrase in phrases), clip.language or "", 0.9, phrases)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def recognizer() -> Iterator[Loud]:
    loud, former = Loud(), registry.current(Recognizer)
    registry.provide(Recognizer, lambda: loud)
    yield loud
    registry.withdraw(Recognizer)
    if former:
        registry.provide(Recognizer, former)


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def spoken(live: Live, *levels: float) -> list[Utterance]:
    """Keep a second of each level, and return the utterances that wait for their words."""
    pcm = b"".join(np.full(SAMPLE_RATE, level * 32768, "<i2").tobytes() for level in levels)
    keeper = Spool(make_ref(live))
    keeper.turn(PlacedAudio(0, 0, 0.0, pcm))
    keeper.write(pcm)
    keeper.seal()
    rows = [make_utterance(live, text="", state=WorkState.PENDING, start_s=float(n)) for n in range(len(levels))]
    for row in rows:
        row.end_sample, row.spoken_at = (row.start_sample or 0) + SAMPLE_RATE, clock.now()
        row.save()
    return rows


def words() -> dict[int, str]:
    return dict(Utterance.objects.order_by("pk").values_list("pk", "text"))


def states() -> list[tuple[str, str]]:
    return list(Utterance.objects.order_by("pk").values_list("state", "reason"))


def test_transcribe_ready_gives_every_utterance_its_own_words(recognizer: Loud) -> None:
    first, second = spoken(make_live(), 0.1, 0.5)

    transcribe_ready()

    assert words() == {first.pk: "0.1", second.pk: "0.5"}
    assert set(Utterance.objects.values_list("recognizer", "state")) == {("loud 1", WorkState.DONE)}


def test_transcribe_ready_shares_a_batch_between_lives_in_their_languages(recognizer: Loud) -> None:
    spoken(make_live(make_channel(language="fr")), 0.1, 0.2, 0.3, 0.4, 0.5)
    spoken(make_live(make_channel(language="en")), 0.6)

    transcribe_ready()

    assert [sorted(map(str, batch)) for batch in recognizer.batches] == [["en", "fr", "fr", "fr"], ["fr", "fr"]]


def test_transcribe_ready_lets_a_batch_wait_when_the_recognizer_fails(recognizer: Loud) -> None:
    spoken(make_live(), 0.1)
    recognizer.trouble = [PortError("the model crashed", retryable=True, retry_after_s=30)]

    transcribe_ready()

    utterance = Utterance.objects.get()
    assert (utterance.state, utterance.reason, utterance.attempts) == (WorkState.PENDING, "the model crashed", 1)
    assert utterance.not_before is not None
    Utterance.objects.update(not_before=None)
    transcribe_ready()
    assert states() == [(WorkState.DONE, "")]


def test_transcribe_ready_fails_an_utterance_on_which_every_worker_died(recognizer: Loud) -> None:
    lost, _ = spoken(make_live(), 0.1, 0.5)
    Utterance.objects.filter(pk=lost.pk).update(
        state=WorkState.RUNNING, attempts=ledger.MAX_ATTEMPTS, claimed_until=clock.now()
    )

    transcribe_ready()

    assert states() == [(WorkState.FAILED, ledger.LOST), (WorkState.DONE, "")]


def test_transcribe_ready_waits_for_a_person_where_the_recognizer_is_broken(recognizer: Loud) -> None:
    live = make_live()
    spoken(live, 0.1, 0.2)
    recognizer.trouble = [PortError("The speech model cannot be loaded: truncated", permanent=True)]

    transcribe_ready()

    live.refresh_from_db()
    assert (live.state, live.reason) == (LiveState.NO_RECOGNIZER, "The speech model cannot be loaded: truncated")
    assert set(Utterance.objects.values_list("state", "attempts", "reason")) == {(WorkState.PENDING, 0, "")}
    assert not tasks.is_due(clock.now())
    Utterance.objects.update(not_before=None)
    transcribe_ready()
    live.refresh_from_db()
    assert live.state == LiveState.OK
    assert {state for state, _ in states()} == {WorkState.DONE}


def test_transcribe_ready_skips_a_language_that_the_recognizer_does_not_know(recognizer: Loud) -> None:
    recognizer.languages = ("en",)
    spoken(make_live(make_channel(language="fr")), 0.1)
    spoken(make_live(make_channel(language="en")), 0.2)

    transcribe_ready()

    assert states() == [(WorkState.SKIPPED, UNKNOWN_LANGUAGE), (WorkState.DONE, "")]
    assert recognizer.batches == [["en"]]


def test_transcribe_ready_fails_an_utterance_of_which_only_a_part_is_kept(recognizer: Loud) -> None:
    spoken(make_live(), 0.1, 0.2)
    last = Utterance.objects.order_by("seq").last()
    assert last is not None
    assert last.end_sample is not None
    Utterance.objects.filter(pk=last.pk).update(end_sample=last.end_sample + 1)

    transcribe_ready()

    assert states() == [(WorkState.DONE, ""), (WorkState.FAILED, NO_SOUND)]


def test_transcribe_ready_fails_an_utterance_whose_sound_is_gone(recognizer: Loud) -> None:
    make_utterance(text="", state=WorkState.PENDING)
    Utterance.objects.update(spoken_at=clock.now())

    transcribe_ready()

    assert states() == [(WorkState.FAILED, NO_SOUND)]
    assert recognizer.batches == []


def test_transcribe_ready_hears_neighbours_that_wait_together_and_tells_their_words_apart(recognizer: Loud) -> None:
    recognizer.window_s = 3.0
    spoken(make_live(), 0.1, 0.2, 0.3, 0.4)
    spoken(make_live(make_channel(language="en")), 0.5)

    transcribe_ready()

    assert recognizer.batches == [["fr", "en", "fr"]]
    assert list(words().values()) == ["0.1", "0.2", "0.3", "0.4", "0.5"]


def test_transcribe_ready_hears_again_one_by_one_what_is_withheld_of_neighbours(recognizer: Loud) -> None:
    recognizer.window_s, recognizer.withholds_from_s = 28.0, 2.0
    spoken(make_live(), 0.1, 0.2)

    transcribe_ready()

    assert recognizer.batches == [["fr"], ["fr", "fr"]]
    assert list(words().values()) == ["0.1", "0.2"]
    assert states() == [(WorkState.DONE, "")] * 2


def test_transcribe_ready_withholds_of_all_when_words_run_late(recognizer: Loud) -> None:
    recognizer.window_s, recognizer.withholds_from_s = 28.0, 2.0
    spoken(make_live(), 0.1, 0.2)
    Utterance.objects.update(spoken_at=clock.now() - timedelta(seconds=30))

    transcribe_ready()

    assert recognizer.batches == [["fr"]]
    assert states() == [(WorkState.DONE, "repetition")] * 2


def test_transcribe_ready_hears_alone_what_was_in_trouble(recognizer: Loud) -> None:
    recognizer.window_s, recognizer.trouble = 28.0, [PortError("the model crashed", retryable=True)]
    spoken(make_live(), 0.1, 0.2)

    transcribe_ready()
    Utterance.objects.update(not_before=None)
    transcribe_ready()

    assert recognizer.batches == [["fr"], ["fr", "fr"]]
    assert list(words().values()) == ["0.1", "0.2"]


def test_transcribe_ready_skips_what_waited_too_long_and_keeps_its_sound(recognizer: Loud) -> None:
    late, _ = spoken(make_live(), 0.1, 0.2)
    Utterance.objects.filter(pk=late.pk).update(spoken_at=clock.now() - timedelta(hours=1))

    transcribe_ready()

    assert states() == [(WorkState.SKIPPED, TOO_LATE), (WorkState.DONE, "")]


def test_transcribe_ready_skips_a_live_with_a_recent_alert_last(recognizer: Loud) -> None:
    calm, alarming = make_live(), make_live()
    spoken(calm, 0.1, 0.2)
    spoken(alarming, 0.3, 0.4, 0.5)
    now = clock.now()
    ages = {(calm.pk, 1): 15, (calm.pk, 2): 0, (alarming.pk, 1): 25, (alarming.pk, 2): 15, (alarming.pk, 3): 0}
    for (live, seq), minutes in ages.items():
        Utterance.objects.filter(live=live, seq=seq).update(spoken_at=now - timedelta(minutes=minutes))
    Utterance.objects.filter(live=alarming.pk, seq=3).update(alerted_at=now)

    transcribe_ready()

    skipped = Utterance.objects.filter(state=WorkState.SKIPPED).values_list("live", "seq")
    assert set(skipped) == {(calm.pk, 1), (alarming.pk, 1)}


def test_transcribe_ready_hears_one_that_a_person_asked_for_however_late(recognizer: Loud) -> None:
    (late,) = spoken(make_live(), 0.1)
    Utterance.objects.filter(pk=late.pk).update(spoken_at=clock.now() - timedelta(hours=1), asked_at=clock.now())

    transcribe_ready()

    assert states() == [(WorkState.DONE, "")]


@pytest.mark.usefixtures("recognizer")
def test_transcribe_ready_shows_that_nothing_can_hear(settings: Settings, tmp_path: Path) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"recognizer": "auto"})
    settings.MODELS_DIR = tmp_path
    live = make_live()
    spoken(live, 0.1)
    registry.withdraw(Recognizer)

    transcribe_ready()

    live.refresh_from_db()
    assert live.state == LiveState.NO_RECOGNIZER
    assert "vigie models get" in live.reason
    assert states() == [(WorkState.PENDING, "")]


def test_transcribe_ready_leaves_the_rest_to_the_sweep_at_trouble(recognizer: Loud) -> None:
    spoken(make_live(), *[0.1] * 6)
    recognizer.trouble = [PortError("the process has ended", retryable=True)]

    transcribe_ready()

    assert len(recognizer.batches) == 1
    assert sorted(Utterance.objects.values_list("attempts", flat=True)) == [0, 0, 1, 1, 1, 1]
    assert set(Utterance.objects.values_list("state", flat=True)) == {WorkState.PENDING}


def test_transcribe_ready_keeps_what_was_heard_before_the_trouble(recognizer: Loud) -> None:
    for _ in range(5):
        spoken(make_live(), 0.1)
    Utterance.objects.update(spoken_at=clock.now() - timedelta(seconds=30))
    recognizer.trouble = [PortError("the process has ended", retryable=True), None]

    transcribe_ready()

    assert [state for state, _ in states()] == [WorkState.DONE] * 4 + [WorkState.PENDING]


def test_transcribe_ready_hands_over_to_a_message_after_a_while(
    recognizer: Loud,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(tasks, "AT_ONE_GO", timedelta(0))
    sent: list[str] = []
    monkeypatch.setattr(engine, "_messenger", engine.Messenger(sent.append))
    spoken(make_live(), *[0.1] * 6)

    with django_capture_on_commit_callbacks(execute=True):
        transcribe_ready()

    assert [state for state, _ in states()] == [WorkState.DONE] * 4 + [WorkState.PENDING] * 2
    assert sent.count("speech.transcribe_ready") == 1


def test_transcribe_ready_shows_why_a_recognizer_cannot_be_built(recognizer: Loud) -> None:
    def broken() -> Loud:
        raise PortError("models/base is no Whisper model: config.json is missing.", permanent=True)

    live = make_live()
    spoken(live, 0.1)
    registry.provide(Recognizer, broken)

    transcribe_ready()

    live.refresh_from_db()
    assert (live.state, live.reason) == (
        LiveState.NO_RECOGNIZER,
        "models/base is no Whisper model: config.json is missing.",
    )
    assert states() == [(WorkState.PENDING, "")]


def test_stop_closes_the_recognizer_once_it_was_used(recognizer: Loud) -> None:
    tasks.stop()
    assert not recognizer.is_closed

    spoken(make_live(), 0.1)
    transcribe_ready()
    tasks.stop()

    assert recognizer.is_closed
