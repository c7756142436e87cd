"""Listening to one live: its sound is kept and cut, and each utterance becomes a row that waits for its words.

Where the platform gives captions, they are the words, and speech is not recognized a second time; without one for
a minute recognition takes over. `source` always tells which.
"""

import asyncio
from dataclasses import dataclass

import structlog
from asgiref.sync import sync_to_async

from vigie.events import SAMPLE_RATE
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, PlacedPackets, PortError, VoiceActivity
from vigie.runtime import clock, leases, registry
from vigie.speech import operations, spool
from vigie.speech.cutting import Stretch
from vigie.speech.ear import Ear
from vigie.speech.models import AudioSegment, Source, Utterance
from vigie.speech.operations import Heard
from vigie.speech.spool import Spool

log = structlog.get_logger(__name__)

CAPTIONS_COVER_S = 60.0
"""A caption speaks for this much of the live after it."""
CAPTIONS_MAY_COME_S = 6.0
"""How long the first utterances of a live are held back: its first captions come a little after its first sound."""
WARM_UP = 2 * SAMPLE_RATE
"""How much of what came before a detector hears before it goes on in the middle of an epoch."""
REHEARD = 600 * SAMPLE_RATE
"""How much at the end of the kept sound is heard again. A crash leaves less than a minute without rows, and hours of
music without a word would hold up every other live."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A sample of an epoch and its place in the live; the epoch is continuous from there on."""

    epoch: int
    sample: int
    offset_s: float

    def place(self, stretches: list[Stretch]) -> list[Heard]:
        """Return stretches of the epoch with their places in the live."""
        return [
            Heard(self.epoch, cut.start, cut.end, self.offset_s + (cut.start - self.sample) / SAMPLE_RATE)
            for cut in stretches
        ]


class Listener:
    """The sink of one live: ports.MediaSink."""

    def __init__(self, live: LiveRef) -> None:
        """Listen from now on; what a former owner left must have been taken up."""
        self._live = live
        self._spool = Spool(live)
        self._voices, self._trouble = _voice_activity()
        self._ear: Ear | None = None
        self._origin = Origin(-1, 0, 0.0)
        self._held: list[Heard] = []
        self._holds_until = asyncio.get_running_loop().time() + CAPTIONS_MAY_COME_S
        self._captions_until_s = 0.0

    async def audio(self, audio: PlacedAudio) -> None:
        """Keep the sound, then cut it; without voice detection keep it only, and show that.

        Raises PortError when it cannot be kept.
        """
        if self._ear and self._ear.epoch != audio.epoch:
            await self._end_epoch()
        if not self._spool.takes(audio):
            await sync_to_async(self._turn)(audio)
        self._spool.write(audio.pcm)
        if self._voices is None:
            return
        self._ear = self._ear or Ear(audio.epoch, audio.start_sample, self._voices.begin())
        # anew for each chunk: within an epoch the live's clock drifts a little against the samples
        self._origin = Origin(audio.epoch, audio.start_sample, audio.offset_s)
        await self._add(self._origin.place(self._ear.hear(audio.pcm)))

    async def caption(self, caption: PlacedCaption) -> None:
        """Take the platform's words."""
        self._captions_until_s = max(self._captions_until_s, caption.end_s + CAPTIONS_COVER_S)
        await sync_to_async(self._write_caption)(caption)

    async def packets(self, packets: PlacedPackets) -> None:
        """Let encoded media pass by: it was heard as sound."""

    async def pause(self) -> None:
        """Cut what was being said; what follows in the epoch is an utterance of its own."""
        await self._add(self._origin.place(self._ear.flush()) if self._ear else [])

    async def close(self) -> None:
        """Keep everything: seal the sound, cut what was being said."""
        try:
            await self._end_epoch()
            await sync_to_async(self._spool.seal)()
        except PortError as error:  # what is not sealed is there all the same, and sealed when the live is taken up
            log.warning("spool.unsealed", live=self._live.live_id, reason=str(error))
        finally:
            self._spool.let_go()

    def _write_caption(self, caption: PlacedCaption) -> None:
        with leases.holding(self._live.fence):
            operations.add_caption(self._live, caption, clock.now())

    def _turn(self, audio: PlacedAudio) -> None:
        self._spool.turn(audio)
        if self._trouble:
            operations.tell_deaf(self._live.live_id, self._trouble)

    async def _end_epoch(self) -> None:
        ear, self._ear = self._ear, None
        await self._add(self._origin.place(ear.flush()) if ear else [], at_once=True)

    async def _add(self, heard: list[Heard], *, at_once: bool = False) -> None:
        self._held += heard
        if not self._held or not (at_once or asyncio.get_running_loop().time() > self._holds_until):
            return
        held, self._held = self._held, []
        try:
            if spoken := [each for each in held if each.start_s >= self._captions_until_s]:
                await sync_to_async(_write)(self._live, spoken)
        except BaseException:  # cancelled, it may not be written: again at the end, where what is known is left alone
            self._held = held + self._held
            raise


def _write(live: LiveRef, spoken: list[Heard]) -> None:
    with leases.holding(live.fence):
        operations.add_utterances(live, spoken)


async def listen(live: LiveRef) -> Listener:
    """Return a listener that goes on where a former owner stopped: nothing lost, nothing twice. A MediaSinkFactory."""
    await sync_to_async(_take_up)(live)
    return Listener(live)


def _take_up(live: LiveRef) -> None:
    """Seal what a crash left open, and cut the kept sound after the last utterance."""
    spool.recover(live)
    last = AudioSegment.objects.filter(live=live.live_id).order_by("-index").first()
    voices, _ = _voice_activity()
    if last is None or voices is None or _has_captions(live.live_id, last.offset_s):
        return
    first = AudioSegment.objects.filter(live=live.live_id, epoch=last.epoch).earliest("index")
    origin = Origin(first.epoch, first.start_sample, first.offset_s)
    known = Utterance.objects.filter(live=live.live_id, epoch=last.epoch, source=Source.ASR).order_by("-seq").first()
    start = known.end_sample if known and known.end_sample is not None else origin.sample
    start = max(start, last.start_sample + last.samples - REHEARD)
    ear = Ear(last.epoch, start, voices.begin())
    ear.warm_up(spool.read_samples(live.live_id, last.epoch, max(origin.sample, start - WARM_UP), start))
    stretches = []
    for begin in range(start, last.start_sample + last.samples, spool.SEGMENT_SAMPLES):
        stretches += ear.hear(spool.read_samples(live.live_id, last.epoch, begin, begin + spool.SEGMENT_SAMPLES))
    # by the last segment: the clocks may have drifted apart since the epoch began
    _write(live, Origin(last.epoch, last.start_sample, last.offset_s).place(stretches + ear.flush()))


def _voice_activity() -> tuple[VoiceActivity | None, str]:
    """Return what detects voices, or None and why there is nothing."""
    try:
        return registry.get(VoiceActivity), ""
    except PortError as error:
        return None, str(error)


def _has_captions(live_id: int, since_s: float) -> bool:
    captions = Utterance.objects.filter(live=live_id, source=Source.CAPTIONS, end_s__gte=since_s - CAPTIONS_COVER_S)
    return captions.exists()
