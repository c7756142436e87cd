"""What happens to sound and words. Vigie itself does it as it listens; only a retry is a person's."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Min

from vigie.errors import VigieError
from vigie.events import SAMPLE_RATE, Acted, UtteranceSettled
from vigie.people.models import Membership
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, Transcript
from vigie.runtime import bus, engine, ledger
from vigie.runtime.models import UNFINISHED, WorkState
from vigie.runtime.texts import storable
from vigie.speech.lag import TOLD_FROM_S
from vigie.speech.models import AudioSegment, Source, Utterance
from vigie.watch import operations as watch
from vigie.watch.models import Live, LiveState

TRANSCRIBE = "speech.transcribe_ready"
"""The engine's task."""


class NotWaiting(VigieError):
    """This utterance has its words already, or is being transcribed."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of speech, with its place."""

    epoch: int
    start_sample: int
    end_sample: int
    start_s: float
    """Of the live."""

    @property
    def end_s(self) -> float:
        """Of the live."""
        return self.start_s + (self.end_sample - self.start_sample) / SAMPLE_RATE


# ── sound ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def open_segment(live_id: int, audio: PlacedAudio) -> AudioSegment:
    """Return the row of a segment that begins with `audio`."""
    last = AudioSegment.objects.filter(live=live_id).aggregate(last=Max("index"))["last"]
    return AudioSegment.objects.create(
        live_id=live_id,
        index=0 if last is None else last + 1,
        epoch=audio.epoch,
        start_sample=audio.start_sample,
        offset_s=audio.offset_s,
    )


@transaction.atomic
def seal_segment(segment: AudioSegment) -> None:
    """Write down that the FLAC of a segment is complete."""
    segment.save(update_fields=["samples", "sha256", "chain_hash"])


@transaction.atomic
def drop_segment(segment: AudioSegment) -> None:
    """Forget a segment that holds no sound."""
    segment.delete()


# ── words ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_utterances(live: LiveRef, stretches: Sequence[Heard]) -> list[Utterance]:
    """Return the rows of stretches of speech that wait for their words; those known already are left alone."""
    rows_there = Utterance.objects.filter(
        live=live.live_id, source=Source.ASR, start_sample__in=[heard.start_sample for heard in stretches]
    )
    known = set(rows_there.values_list("epoch", "start_sample"))
    fresh = [heard for heard in stretches if (heard.epoch, heard.start_sample) not in known]
    first = _next_seq(live.live_id)
    rows = Utterance.objects.bulk_create(
        Utterance(
            live_id=live.live_id,
            seq=first + n,
            epoch=heard.epoch,
            start_sample=heard.start_sample,
            end_sample=heard.end_sample,
            start_s=heard.start_s,
            end_s=heard.end_s,
            spoken_at=live.started_at + timedelta(seconds=heard.end_s),
            language=live.language,
        )
        for n, heard in enumerate(fresh)
    )
    if rows:
        engine.wake(TRANSCRIBE)
    return rows


@transaction.atomic
def add_caption(live: LiveRef, caption: PlacedCaption, now: datetime) -> Utterance | None:
    """Return the row of words that the platform gave; None when they are known already."""
    if Utterance.objects.filter(live=live.live_id, source=Source.CAPTIONS, start_s=caption.start_s).exists():
        return None
    utterance = Utterance.objects.create(
        live_id=live.live_id,
        seq=_next_seq(live.live_id),
        source=Source.CAPTIONS,
        start_s=caption.start_s,
        end_s=caption.end_s,
        spoken_at=live.started_at + timedelta(seconds=caption.end_s),
        text=storable(caption.text),
        language=caption.language or live.language,
        state=WorkState.DONE,
        transcribed_at=now,
    )
    _tell(utterance, live.workspace_id)
    return utterance


@transaction.atomic
def record_transcript(utterance: Utterance, transcript: Transcript, recognizer: str, now: datetime) -> None:
    """Write down what was said. Does nothing when another worker did so meanwhile: a retry changes nothing."""
    changed = Utterance.objects.filter(pk=utterance.pk, state=WorkState.RUNNING).update(
        state=WorkState.DONE,
        text=transcript.text,
        language=transcript.language or utterance.language,
        confidence=transcript.confidence,
        reason=transcript.note,
        recognizer=recognizer,
        transcribed_at=now,
        claimed_until=None,
    )
    if changed:
        _settled(utterance)


@transaction.atomic
def give_back(utterances: Sequence[Utterance], now: datetime, *, reason: str, retry_after_s: float | None) -> None:
    """Let utterances wait for another try; those tried too often fail, and that is told."""
    for utterance in ledger.give_back(utterances, now, reason=reason, retry_after_s=retry_after_s):
        _settled(utterance)


@transaction.atomic
def give_up_lost(now: datetime) -> None:
    """Fail the utterances on which every worker died; that is told."""
    give_back(list(ledger.lost(Utterance.objects.all(), now)), now, reason=ledger.LOST, retry_after_s=None)


@transaction.atomic
def hear_apart(utterances: Sequence[Utterance]) -> None:
    """Let utterances that were heard together wait to be heard again; tried before, each has its own turn."""
    Utterance.objects.filter(pk__in=[utterance.pk for utterance in utterances], state=WorkState.RUNNING).update(
        state=WorkState.PENDING, claimed_until=None
    )


@transaction.atomic
def postpone(utterances: Sequence[Utterance], until: datetime) -> None:
    """Let utterances wait until then, as if they had not been tried: it was no fault of theirs."""
    Utterance.objects.filter(pk__in=[utterance.pk for utterance in utterances], state=WorkState.RUNNING).update(
        state=WorkState.PENDING, claimed_until=None, not_before=until, attempts=F("attempts") - 1
    )


@transaction.atomic
def fail(utterance: Utterance, reason: str) -> None:
    """Write down that the words of an utterance cannot be had."""
    _settle(utterance, WorkState.FAILED, reason)


@transaction.atomic
def skip(utterances: Sequence[Utterance], reason: str) -> None:
    """Pass over utterances that waited too long; their sound is kept and they can be transcribed later."""
    for utterance in utterances:
        _settle(utterance, WorkState.SKIPPED, reason)


@transaction.atomic
def retry_utterance(utterance: Utterance, actor: Membership, now: datetime) -> None:
    """Transcribe an utterance that was skipped or failed. Raises NotWaiting."""
    changed = Utterance.objects.filter(pk=utterance.pk, state__in=[WorkState.SKIPPED, WorkState.FAILED]).update(
        state=WorkState.PENDING, attempts=0, not_before=None, reason="", asked_at=now
    )
    if not changed:
        raise NotWaiting
    bus.publish(Acted(actor.workspace_id, actor.user_id, "utterance.retried", "utterance", str(utterance.pk), {}))
    engine.wake(TRANSCRIBE)


def tell_no_recognizer(fix: str) -> None:
    """Show on every live whose words wait that nothing can hear them, and how to mend that."""
    waiting = Utterance.objects.filter(state=WorkState.PENDING, live__ended_at=None).values_list("live", flat=True)
    for live in Live.objects.filter(pk__in=waiting.distinct(), state__in=[LiveState.OK, LiveState.LAG]):
        _turn(live, LiveState.NO_RECOGNIZER, fix)


def tell_deaf(live_id: int, fix: str) -> None:
    """Show on a live that nothing can tell speech from noise, and how to mend that; its sound is kept."""
    for live in Live.objects.filter(pk=live_id, state__in=[LiveState.STARTING, LiveState.OK]):
        _turn(live, LiveState.NO_RECOGNIZER, fix)


def measure_lag(live_ids: Collection[int], now: datetime) -> None:
    """Show how far the words of lives run behind what is said; over ten seconds it is a state of the live."""
    for live in Live.objects.filter(pk__in=live_ids, ended_at=None):
        unheard = Utterance.objects.filter(live=live, state__in=UNFINISHED)
        oldest = unheard.aggregate(oldest=Min("spoken_at"))["oldest"]
        lag_s = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
        watch.measure_lag(live.pk, lag_s)
        if live.state == LiveState.OK and lag_s > TOLD_FROM_S:
            _turn(live, LiveState.LAG)
        elif live.state in {LiveState.LAG, LiveState.NO_RECOGNIZER} and lag_s <= TOLD_FROM_S:
            _turn(live, LiveState.OK)


def _turn(live: Live, state: LiveState, reason: str = "") -> None:
    with suppress(watch.LiveIsOver):
        watch.change_state(live.pk, state, reason)


@transaction.atomic
def remember_alert(utterance_id: int, now: datetime) -> None:
    """Note that an utterance raised an alert: under load its live is heard first."""
    Utterance.objects.filter(pk=utterance_id).update(alerted_at=now)


def _settle(utterance: Utterance, state: WorkState, reason: str) -> None:
    changed = Utterance.objects.filter(pk=utterance.pk, state__in=UNFINISHED).update(
        state=state, reason=reason[:300], claimed_until=None
    )
    if changed:
        _settled(utterance)


def _settled(utterance: Utterance) -> None:
    fresh = Utterance.objects.select_related("live__channel").get(pk=utterance.pk)
    _tell(fresh, fresh.live.channel.workspace_id)


def _tell(utterance: Utterance, workspace_id: int) -> None:
    bus.publish(
        UtteranceSettled(
            workspace_id=workspace_id,
            live_id=utterance.live_id,
            utterance_id=utterance.pk,
            seq=utterance.seq,
            start_s=utterance.start_s,
            end_s=utterance.end_s,
            text=utterance.text,
            source=utterance.source,
            language=utterance.language,
            state=utterance.state,
        )
    )


def _next_seq(live_id: int) -> int:
    """One owner writes the utterances of a live (its lease), so that nobody else takes the same number."""
    last: int | None = Utterance.objects.filter(live=live_id).aggregate(last=Max("seq"))["last"]
    return (last or 0) + 1
