"""What the engine runs: one recognizer hears all lives, a few utterances at a time, each live in its turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from threading import Lock

import numpy as np
import structlog
from celery import shared_task
from django.conf import settings
from django.db.models import Q, QuerySet

from vigie.events import SAMPLE_BYTES, SAMPLE_RATE
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
LOOKED_AT_FIELDS = ("live_id", "epoch", "seq", "start_sample", "end_sample", "attempts")
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
            turns = _take(recognizer, rung, after=last_live)
            last_live = turns[-1][0].live_id if turns else 0
            if not _hear(recognizer, turns, is_last_try=rung >= Rung.ONCE):
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


def _take(recognizer: Recognizer, rung: Rung, *, after: int) -> list[list[Utterance]]:
    """Claim the next few utterances, each live in its turn: those of a turn are heard together."""
    now = clock.now()
    urgent = _urgent_lives(now) if rung >= Rung.URGENT_FIRST else set()
    look = map(_waiting, waiting(now).only(*LOOKED_AT_FIELDS)[:LOOKED_AT])
    longest = round(recognizer.window_s * SAMPLE_RATE)
    turns = next_turns(look, recognizer.batch, longest=longest, after=after, first=urgent)
    ids = list(chain.from_iterable(turns))
    units = Utterance.objects.filter(pk__in=ids).select_related("live__channel").order_by("live", "seq")
    claimed = {unit.pk: unit for unit in ledger.claim(units, now, hold_s=HOLD_S, limit=len(ids))}
    found = [[claimed[pk] for pk in turn if pk in claimed] for turn in turns]
    return [turn for turn in found if turn]


def _waiting(utterance: Utterance) -> Waiting:
    return Waiting(
        utterance.pk,
        utterance.live_id,
        utterance.epoch,
        utterance.seq,
        samples=(utterance.end_sample or 0) - (utterance.start_sample or 0),
        is_alone=utterance.attempts > 0,
    )


def _hear(recognizer: Recognizer, turns: Sequence[Sequence[Utterance]], *, is_last_try: bool) -> bool:
    """Transcribe what was claimed; return whether there was no trouble."""
    taken = list(chain.from_iterable(turns))
    known = set(_in_known_languages(recognizer, taken))
    clips = [clip for turn in turns if (clip := _clip([one for one in turn if one in known]))]
    try:
        _transcribe(recognizer, clips, is_last_try=is_last_try)
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
        longest = timedelta(seconds=longest_s)
        spared = Q(live__in=_urgent_lives(now), spoken_at__gte=now - lag.SPARED * longest)
        late = waiting(now).filter(~spared, spoken_at__lt=now - longest, asked_at=None)
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


def _clip(turn: Sequence[Utterance]) -> Clip | None:
    """Return the sound of a turn; tell those whose sound is gone. None where nothing is left."""
    clip = Clip([], [])
    for utterance in turn:
        sound = as_floats(_sound(utterance))
        if sound.size:
            clip.utterances.append(utterance)
            clip.sounds.append(sound)
        else:
            operations.fail(utterance, NO_SOUND)
    return clip if clip.utterances else None


def _sound(utterance: Utterance) -> bytes:
    """Return the samples of an utterance, all of them or none."""
    start, end = utterance.start_sample or 0, utterance.end_sample or 0
    pcm = spool.read_samples(utterance.live_id, utterance.epoch, start, end)
    return pcm if len(pcm) == (end - start) * SAMPLE_BYTES else b""


def _transcribe(recognizer: Recognizer, clips: Sequence[Clip], *, is_last_try: bool) -> None:
    """Write down what is said in some clips. Raises PortError.

    Where the words of several utterances are withheld, each is heard again alone: one may have spoiled the others.
    """
    transcripts = recognizer.transcribe([clip.spoken() for clip in clips]) if clips else []
    now = clock.now()
    for clip, whole in zip(clips, transcripts, strict=True):
        if whole.note and len(clip.utterances) > 1 and not is_last_try:
            operations.hear_apart(clip.utterances)
            continue
        for utterance, transcript in zip(clip.utterances, packing.unpack(whole, clip.lengths), strict=True):
            operations.record_transcript(utterance, transcript, recognizer.name, now)
