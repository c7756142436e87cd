"""One live as it is heard: what its media brings is placed on the time of the live and handed to every sink."""

import asyncio
from collections import deque
from copy import copy

import structlog
from django.utils.translation import gettext_noop

from vigie.events import SAMPLE_BYTES, AudioReceived, CaptionReceived, KeyframeReceived, MediaOpened, PacketsReceived
from vigie.ports import LiveRef, PlacedAudio, PlacedCaption, PortError
from vigie.runtime import clock
from vigie.watch.footage import Footage
from vigie.watch.logbook import Logbook
from vigie.watch.models import Live, LiveState
from vigie.watch.operations import NOT_RUNNING
from vigie.watch.sinks import Sinks
from vigie.watch.timeline import Hole, Mark, Timeline

log = structlog.get_logger(__name__)

COUNT_EVERY_S = 5.0
"""How often it is written down how far the live was heard."""
OVERDUE_S = 2.0
"""Sound that is so late makes an interruption: what was being said is not held back for it."""
CUT_SHORT_S = 1.0
MOST_AHEAD_S = 60.0
"""So much the captions of a live may run ahead of it."""
KNOWN_CAPTIONS = 200
"""A new connection repeats captions; so many of the last ones are known again."""
NOT_CONNECTED = gettext_noop("the sound was not connected yet")
SKIPPED = gettext_noop("the stream skipped ahead")
CUT_SHORT = gettext_noop("the recording is cut short")


class Hearing:
    """The sound and the words of one live, in order of arrival."""

    def __init__(self, book: Logbook) -> None:
        self.interrupted_by = ""
        """Why there is no sound now; empty while there is."""
        self.is_said_over = False
        """Whether that is because the source says that nothing is on air any more."""
        self.heard_at: float | None = None
        """When sound came last, on the loop's clock; None before the first of this run."""
        self.is_recording = False
        self._book = book
        self._sinks = Sinks()
        self._timeline: Timeline | None = None
        self._length_s: float | None = None
        self._counted_at = 0.0
        self._zero_at = 0.0
        self._taken_up_s = 0.0
        self._early_captions: deque[CaptionReceived] = deque(maxlen=KNOWN_CAPTIONS)
        self._dropped_captions = 0
        self._footage = Footage()
        self._known_captions: deque[PlacedCaption] = deque(maxlen=KNOWN_CAPTIONS)

    @property
    def resume_pts_s(self) -> float | None:
        """Where on the stream's clock a new connection should go on."""
        return self._timeline.mark.pts_s if self._timeline else None

    @property
    def was_heard(self) -> bool:
        """Whether any sound of the live ever came, to this owner or to an earlier one."""
        return self._timeline is not None and self._timeline.mark.epoch >= 0

    @property
    def was_live(self) -> bool:
        """Whether a connection of this run brought sound of a live, and not of a recording."""
        return self.heard_at is not None and not self.is_recording

    @property
    def _heard_until_s(self) -> float:
        return self._timeline.mark.heard_until_s if self._timeline else 0.0

    @property
    def _wall_s(self) -> float:
        """Seconds since the live started, on a clock that nobody sets."""
        return asyncio.get_running_loop().time() - self._zero_at

    # ── connections ────────────────────────────────────────────────────────────────────────────────────────────────

    async def take_up(self, cause: str = NOT_RUNNING) -> None:
        """Go on with the live that an earlier owner left open, if there is one; `cause` is why nothing was heard."""
        if self._book.live is None:
            return
        await self._begin(self._book.live)
        self._taken_up_s = self._wall_s
        mark = await self._book.mark()
        if mark:
            self._timeline = Timeline(is_live=True, resume=mark)
            self.interrupted_by = cause
        elif self._book.channel.is_detected:  # it began when its platform said so
            self._timeline = Timeline(is_live=True, resume=Mark(-1, 0.0, None))
            self.interrupted_by = NOT_CONNECTED

    async def connect(self, opened: MediaOpened, title: str) -> None:
        """Expect the sound of a new connection. The first one of a live opens the live."""
        await self._hand_packets_on()
        self.is_recording, self._length_s = not opened.is_live, opened.duration_s
        if self._book.live is None:
            await self._begin(await self._book.open(title))
        if self._timeline is None:
            self._timeline = Timeline(is_live=opened.is_live)
        elif self.is_recording and self.heard_at is None:
            self._timeline = Timeline(is_live=False, resume=self._timeline.mark)
        self._timeline.connect()
        if self.was_heard:
            self._footage.connect(self._heard_until_s)

    async def rebase(self) -> None:
        """Expect sound dated by a new clock, nothing missing in between."""
        await self._hand_packets_on()
        if self._timeline:
            self._timeline.rebase()

    async def wants_packets(self) -> bool:
        """Return whether the next connection should bring encoded media too."""
        return await self._sinks.want_packets(self._book.channel.workspace_id)

    async def _begin(self, live: Live) -> None:
        age_s = (clock.now() - live.started_at).total_seconds()
        self._zero_at = asyncio.get_running_loop().time() - age_s
        channel = self._book.channel
        await self._sinks.open(
            LiveRef(live.pk, channel.workspace_id, channel.language, live.started_at, self._book.fence)
        )

    # ── sound and words ────────────────────────────────────────────────────────────────────────────────────────────

    async def sound(self, audio: AudioReceived) -> None:
        """Place a stretch of sound, tell what was lost before it, and hand on what was not heard before.

        Raises PortError when a sink cannot take it: then it was not heard.
        """
        if self._timeline is None:
            return
        self.heard_at = asyncio.get_running_loop().time()
        former, shift_s = copy(self._timeline), self._timeline.mark.shift_s
        place = self._timeline.place(audio.pts_s, len(audio.pcm) // SAMPLE_BYTES, self._wall_s)
        if place is None:
            await self._hand_packets_on()
            return
        if place.hole:
            await self._book.gap(place.hole, self.interrupted_by or SKIPPED)
        self.interrupted_by = ""
        await self._book.turn(LiveState.OK)
        pcm = audio.pcm[place.skip * SAMPLE_BYTES :]
        try:
            await self._sinks.audio(PlacedAudio(place.epoch, place.start_sample, place.offset_s, pcm))
        except PortError:
            self._timeline = former
            raise
        await self._hand_packets_on()
        while self._early_captions:
            await self.caption(self._early_captions.popleft())
        has_new_clock = shift_s != self._timeline.mark.shift_s
        if has_new_clock or place.hole or self.heard_at - self._counted_at >= COUNT_EVERY_S:
            await self.count()

    async def packets(self, received: PacketsReceived) -> None:
        """Place encoded media where the sound lies that comes after it, and hand on what was not handed on before.

        What goes on where the last of it ended does not wait for that sound.
        """
        if self._footage.is_full:  # the sound is late: as far as is known, its clock goes on
            await self._hand_packets_on()
        self._footage.wait(received)
        shift_s = self._timeline.mark.shift_s if self._timeline else None
        if shift_s is not None and self._footage.goes_on(received, shift_s):
            await self._hand_packets_on()

    async def _hand_packets_on(self) -> None:
        shift_s = self._timeline.mark.shift_s if self._timeline else None
        if shift_s is not None:
            for placed in self._footage.placed(shift_s):
                await self._sinks.packets(placed)

    async def caption(self, caption: CaptionReceived) -> None:
        """Place words of the platform, and hand them on once; those that come before any sound wait for it."""
        start_s = self._timeline.offset_of(caption.pts_s) if self._timeline else None
        end_s = self._timeline.offset_of(caption.end_pts_s) if self._timeline else None
        if start_s is None or end_s is None:
            self._dropped_captions += len(self._early_captions) == KNOWN_CAPTIONS
            self._early_captions.append(caption)
            return
        await self.placed_caption(PlacedCaption(start_s, end_s, caption.text, caption.language))

    async def placed_caption(self, placed: PlacedCaption) -> None:
        """Hand words on once, whose place in the live is known."""
        start_s, end_s = placed.start_s, placed.end_s
        if not self.is_recording and start_s > max(self._wall_s, self._heard_until_s) + MOST_AHEAD_S:
            return  # it lies on another clock
        if end_s > 0.0 and placed not in self._known_captions:
            self._known_captions.append(placed)
            await self._sinks.caption(placed)

    async def picture(self, keyframe: KeyframeReceived) -> None:
        """Keep a picture, once it is known when it was taken."""
        at_s = self._timeline.offset_of(keyframe.pts_s) if self._timeline else None
        if at_s is not None:
            await self._book.picture(at_s, keyframe.jpeg)

    async def look_for_interruption(self) -> None:
        """Let the sinks know that sound is overdue: the connection broke, or it is later than it ever was."""
        waited_s = asyncio.get_running_loop().time() - self.heard_at if self.heard_at else 0.0
        if self._timeline is None or waited_s < OVERDUE_S:
            return
        hole = self._timeline.hole_at(self._wall_s)
        if self.interrupted_by or (hole and hole.to_s - hole.from_s > OVERDUE_S):
            await self._sinks.pause()

    async def count(self) -> None:
        """Write down how far the live was heard."""
        if self._timeline and self.was_heard:
            self._counted_at = asyncio.get_running_loop().time()
            await self._book.count(self._timeline.mark, self._timeline.heard_s)

    # ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def tell_missing(self, *, is_unwanted: bool) -> None:
        """Tell what is missing at the end, where the end came in an interruption or a recording is cut short."""
        hole: Hole | None = None
        cause = self.interrupted_by
        if self._timeline and cause and (is_unwanted or cause == NOT_RUNNING):
            hole = self._timeline.hole_at(self._wall_s if is_unwanted else self._taken_up_s)
        elif self._timeline and self.is_recording and self._length_s and not is_unwanted:
            heard_until_s, cause = self._timeline.mark.heard_until_s, CUT_SHORT
            hole = Hole(heard_until_s, self._length_s) if self._length_s - heard_until_s > CUT_SHORT_S else None
        if hole:
            await self._book.gap(hole, cause)

    async def tell_lost_end(self) -> None:
        """Tell what is missing to the end of a live that its platform ended while the sound was interrupted."""
        ended_s = await self._book.ended_s() if self._book.channel.is_detected else None
        if ended_s is not None and self.interrupted_by and not self.is_said_over:
            await self._book.late_gap(Hole(self._heard_until_s, ended_s), self.interrupted_by)

    async def close(self) -> None:
        """Let every sink keep what it got."""
        if self._dropped_captions:
            log.warning("watch.captions_dropped", live=self._book.live and self._book.live.pk, n=self._dropped_captions)
        if self._footage.dropped:
            log.warning("watch.packets_dropped", live=self._book.live and self._book.live.pk, n=self._footage.dropped)
        try:
            await self._hand_packets_on()
        finally:
            await self._sinks.close()
