"""What the engine runs: one recognizer hears all lives, a few utterances at a time, each live in its turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from threading import Lock

import numpy as np
import structlog
from celery import shared_task
from django.conf import settings
from django.db.models import QuerySet

from vigie.events import SAMPLE_BYTES
from vigie.ports import Float32Array, PortError, Recognizer, SpeechClip
from vigie.runtime import clock, engine, ledger, registry
from vigie.runtime.models import WorkState
from vigie.speech import lag, operations, packing, recognizers, spool
from vigie.speech.fairness import Waiting, next_turns
from vigie.speech.lag import Rung
from vigie.speech.models import Source, Utterance
from vigie.speech.sound import as_floats
from vigie.speech.wording import NO_SOUND, TOO_LATE, UNKNOWN_LANGUAGE

log = structlog.get_logger(__name__)

HOLD_S = 300.0
"""How long a batch may take before another worker believes that this one died."""
LOOKED_AT = 400
"""How many waiting utterances are looked at to find the next turns."""
PACKED_TURNS = 5
"""Utterances of a live at its turn when words run late: of about 5 s, 28 s together."""
URGENT_FOR = timedelta(minutes=10)
"""How long a live goes first after an alert."""
AT_ONE_GO = timedelta(seconds=20)
LOOK_AGAIN = timedelta(seconds=30)
"""How long words wait for a recognizer that needs mending by a person."""

_at_work = Lock()


def waiting(now: datetime) -> QuerySet[Utterance]:
    """Return the utterances that wait for their words, oldest first."""
    return ledger.due(Utterance.objects.filter(source=Source.ASR), now).order_by("spoken_at", "pk")


def is_due(now: datetime) -> bool:
    """Return whether an utterance waits."""
    return waiting(now).exists()


@shared_task(name=operations.TRANSCRIBE)
def transcribe_ready() -> None:
    """Transcribe what waits. One at a time in a process: whoever comes second leaves.

    Ends when nothing waits, at any trouble (the sweep comes back), and after a while, with a message to itself: an
    engine that stops is not kept waiting by what waits.
    """
    try:
        recognizer, trouble = registry.find(Recognizer), recognizers.missing()
    except PortError as error:  # half a model, an extra that is not installed
        recognizer, trouble = None, str(error)
    if recognizer is None:
        operations.tell_no_recognizer(trouble)
        return
    last_live, until = 0, clock.now() + AT_ONE_GO
    while is_due(clock.now()) and _at_work.acquire(blocking=False):
        try:
            operations.give_up_lost(clock.now())
            _skip_late(clock.now())
            rung = lag.rung(_lag_s(clock.now()))
            taken = _take(recognizer, rung, after=last_live)
            last_live = taken[-1].live_id if taken else 0
            if not _hear(recognizer, taken, packed=rung >= Rung.PACKED):
                return
        finally:
            _at_work.release()
        if clock.now() > until:
            engine.wake(operations.TRANSCRIBE)
            return


def stop() -> None:
    """Let go of the recognizer. What it is hearing waits for the next start."""
    if recognizer := registry.release(Recognizer):
        recognizer.close()


def _take(recognizer: Recognizer, rung: Rung, *, after: int) -> list[Utterance]:
    """Claim the next few utterances, each live in its turn."""
    now = clock.now()
    each = PACKED_TURNS if rung >= Rung.PACKED else 1
    urgent = _urgent_lives(now) if rung >= Rung.URGENT_FIRST else set()
    look = waiting(now).values_list("pk", "live")[:LOOKED_AT]
    turns = recognizer.batch * each
    ids = next_turns((Waiting(pk, live) for pk, live in look), turns, after=after, first=urgent, each=each)
    units = Utterance.objects.filter(pk__in=ids).select_related("live__channel").order_by("live", "seq")
    return ledger.claim(units, now, hold_s=HOLD_S, limit=turns)


def _hear(recognizer: Recognizer, taken: Sequence[Utterance], *, packed: bool) -> bool:
    """Transcribe what was claimed; return whether there was no trouble."""
    known = _in_known_languages(recognizer, taken)
    clips = [clip for _, said in groupby(known, key=_stretch) for clip in _clips(list(said), packed=packed)]
    try:
        for first in range(0, len(clips), recognizer.batch):
            _transcribe(recognizer, clips[first : first + recognizer.batch])
    except PortError as error:
        log.warning("speech.recognizer", error=str(error), clips=len(clips))
        _put_back(taken, error)
        return False
    _measure_lag(taken)
    return True


def _put_back(taken: Sequence[Utterance], error: PortError) -> None:
    """Let what was not heard wait: for another try, or for a person where nothing can be heard as it is."""
    now = clock.now()
    left = list(Utterance.objects.filter(pk__in=[one.pk for one in taken], state=WorkState.RUNNING))
    if error.permanent:
        operations.postpone(left, now + LOOK_AGAIN)
        operations.tell_no_recognizer(str(error))
    else:
        operations.give_back(left, now, reason=str(error), retry_after_s=error.retry_after_s)
        _measure_lag(taken)


def _measure_lag(taken: Sequence[Utterance]) -> None:
    operations.measure_lag({utterance.live_id for utterance in taken}, clock.now())


def _lag_s(now: datetime) -> float:
    """Return how long the oldest waiting words have been waiting."""
    oldest = waiting(now).values_list("spoken_at", flat=True).first()
    return (now - oldest).total_seconds() if oldest else 0.0


def _urgent_lives(now: datetime) -> set[int]:
    """Return the lives where an alert was raised lately."""
    return set(Utterance.objects.filter(alerted_at__gte=now - URGENT_FOR).values_list("live", flat=True))


def _skip_late(now: datetime) -> None:
    """Let go of what cannot be of use any more, so that fresher words are heard in time."""
    newest = waiting(now).values_list("spoken_at", flat=True).last()
    longest_s = settings.OPTIONS.speech_lag_skip_s
    if newest and lag.is_given_up(_lag_s(now), (now - newest).total_seconds(), longest_s):
        late = waiting(now).filter(spoken_at__lt=now - timedelta(seconds=longest_s), asked_at=None)
        operations.skip(list(late[:LOOKED_AT]), TOO_LATE)


def _in_known_languages(recognizer: Recognizer, utterances: Sequence[Utterance]) -> list[Utterance]:
    """Return the utterances that the recognizer can hear; skip the others: bad words are worse than none."""
    languages = recognizer.languages
    known = [one for one in utterances if languages is None or one.live.channel.language in languages]
    operations.skip([one for one in utterances if one not in known], UNKNOWN_LANGUAGE)
    return known


@dataclass(frozen=True, slots=True)
class Clip:
    """Neighbouring utterances of one live, heard together."""

    utterances: list[Utterance]
    sounds: list[Float32Array]

    @property
    def lengths(self) -> list[int]:
        """Samples of each utterance."""
        return [len(sound) for sound in self.sounds]

    def spoken(self) -> SpeechClip:
        """Return what the recognizer hears."""
        return SpeechClip(np.concatenate(self.sounds), self.utterances[0].live.channel.language)


def _stretch(utterance: Utterance) -> tuple[int, int]:
    return utterance.live_id, utterance.epoch


def _clips(utterances: list[Utterance], *, packed: bool) -> list[Clip]:
    """Return the sound of utterances of one epoch, together where that saves time; tell those whose sound is gone."""
    heard = [(utterance, as_floats(_sound(utterance))) for utterance in utterances]
    for utterance, sound in heard:
        if not sound.size:
            operations.fail(utterance, NO_SOUND)
    heard = [(utterance, sound) for utterance, sound in heard if sound.size]
    lengths = [len(sound) for _, sound in heard]
    shares = packing.packs(lengths) if packed else [slice(n, n + 1) for n in range(len(heard))]
    return [Clip([one for one, _ in heard[share]], [sound for _, sound in heard[share]]) for share in shares]


def _sound(utterance: Utterance) -> bytes:
    """Return the samples of an utterance, all of them or none."""
    start, end = utterance.start_sample or 0, utterance.end_sample or 0
    pcm = spool.read_samples(utterance.live_id, utterance.epoch, start, end)
    return pcm if len(pcm) == (end - start) * SAMPLE_BYTES else b""


def _transcribe(recognizer: Recognizer, clips: Sequence[Clip]) -> None:
    """Write down what is said in some clips. Raises PortError."""
    transcripts = recognizer.transcribe([clip.spoken() for clip in clips])
    now = clock.now()
    for clip, whole in zip(clips, transcripts, strict=True):
        for utterance, transcript in zip(clip.utterances, packing.unpack(whole, clip.lengths), strict=True):
            operations.record_transcript(utterance, transcript, recognizer.name, now)
