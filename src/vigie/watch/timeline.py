"""Where each stretch of sound belongs in its live. Pure: no clock, no I/O.

A stream dates its sound on a clock of its own (pts); the wall clock says when it arrived. The pts is believed as long
as it is plausible, because it is exact: what lies between two stretches was lost, what lies before the end of the last
one was heard already. Where it makes no sense, the wall clock decides, less the delay with which this live arrives.
"""

from dataclasses import dataclass

from vigie.events import SAMPLE_RATE

TOLERANCE_S = 0.25
"""A jump inside a connection that is smaller is jitter."""
JOIN_TOLERANCE_S = 0.05
"""The same for the first sound of a new connection: a decoder may lose two frames at its start."""
DRIFT_TIME_S = 50.0
"""A pts that runs a little faster or slower than the samples is followed with this time constant, so that hours of it
make no false gap."""
LONGEST_REPEAT_S = 60.0
"""How much a new connection may repeat: bursts of a CDN, segments of a playlist."""
REPEAT_ARRIVES_WITHIN_S = 5.0
"""A repeat comes as fast as the network carries it; what still is "heard already" after that time has a new clock."""
LONGEST_JUMP_S = 600.0
"""How much further than the wall clock the pts may jump ahead."""
DELAY_DECAY = 0.1
"""Seconds by which a peak of the delay is forgotten, for each second heard."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of the live that was not received, in seconds since it started."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of sound goes."""

    epoch: int
    start_sample: int
    offset_s: float
    skip: int = 0
    """How many of its first samples were heard before, and must be dropped."""
    hole: Hole | None = None
    """What was lost just before it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a live was heard: what is kept to go on after a restart of the process."""

    epoch: int
    heard_until_s: float
    shift_s: float | None
    """Added to the pts it gives the offset; None while unknown."""

    @property
    def pts_s(self) -> float | None:
        """Where on the stream's clock the sound should go on."""
        return None if self.shift_s is None else self.heard_until_s - self.shift_s


class Timeline:
    """Places the sound of one live, in order of arrival.

    Guarantees: no sample is placed twice; offsets only grow; heard and lost seconds add up to the span of the live,
    within the tolerance. Sound inside an epoch is continuous.
    """

    def __init__(self, *, is_live: bool, resume: Mark | None = None) -> None:
        """Begin at 0, or go on, in a new epoch, where an earlier owner stopped.

        The pts of a recording (`is_live` false) is the time in the recording; the wall clock has no say.
        """
        self.heard_s = 0.0
        self.lost_s = 0.0
        self._is_live = is_live
        self._is_new = resume is None
        self._epoch = resume.epoch if resume else -1
        self._samples: int | None = None
        self._end_s = resume.heard_until_s if resume else 0.0
        self._shift_s = resume.shift_s if resume else None
        self._delay_s: float | None = None
        self._last_wall_s = self._end_s
        self._is_joining = not self._is_new
        self._joining_since_s: float | None = None

    @property
    def mark(self) -> Mark:
        """How far the live was heard."""
        return Mark(self._epoch, self._end_s, self._shift_s)

    def connect(self) -> None:
        """What follows comes from a new connection: it may repeat, or have lost, something."""
        self._is_joining = not self._is_new
        self._joining_since_s = None

    def rebase(self) -> None:
        """What follows is dated by a new clock, and nothing is missing in between."""
        self._shift_s = None
        self._is_joining = False

    def offset_of(self, pts_s: float) -> float | None:
        """Return the place of a moment of the stream; None where its clock is not known yet."""
        return None if self._shift_s is None else max(0.0, pts_s + self._shift_s)

    def hole_at(self, wall_s: float) -> Hole | None:
        """Return what is missing if nothing more comes, `wall_s` seconds after the start of the live."""
        to_s = wall_s - (self._delay_s or 0.0)
        is_missing = self._is_live and not self._is_new and to_s - self._end_s > TOLERANCE_S
        return Hole(self._end_s, to_s) if is_missing else None

    def place(self, pts_s: float, samples: int, wall_s: float) -> Place | None:
        """Return where `samples` samples go that begin at `pts_s` and arrived `wall_s` after the start of the live.

        Returns None when all of them were heard before.
        """
        if self._is_joining and self._joining_since_s is None:
            self._joining_since_s = wall_s
        ahead_s = self._locate(pts_s, samples / SAMPLE_RATE, wall_s) - self._end_s
        self._last_wall_s = wall_s
        tolerance_s = JOIN_TOLERANCE_S if self._is_joining else TOLERANCE_S
        if ahead_s > tolerance_s:
            return self._add(samples, wall_s, lost_s=ahead_s)
        if ahead_s < -tolerance_s:
            skip = round(-ahead_s * SAMPLE_RATE)
            return self._add(samples, wall_s, skip=skip) if skip < samples else None
        return self._add(samples, wall_s, drift_s=ahead_s * min(1.0, samples / SAMPLE_RATE / DRIFT_TIME_S))

    def _locate(self, pts_s: float, length_s: float, wall_s: float) -> float:
        """Return the offset of a stretch, setting the clock anew where the pts makes no sense."""
        if self._is_new:
            self._end_s = 0.0 if self._is_live else max(0.0, pts_s)
            self._shift_s = self._end_s - pts_s
        if self._shift_s is not None and self._is_plausible(pts_s + self._shift_s - self._end_s, wall_s):
            return pts_s + self._shift_s
        where_s = self._end_s
        if self._is_live and (self._is_joining or self._shift_s is not None):
            where_s = max(where_s, wall_s - (self._delay_s or 0.0) - length_s)
        self._shift_s = where_s - pts_s
        self._is_joining = False
        return where_s

    def _is_plausible(self, ahead_s: float, wall_s: float) -> bool:
        """Whether sound may lie `ahead_s` seconds after the end of what was heard."""
        if ahead_s >= -TOLERANCE_S:
            waited_s = wall_s - self._last_wall_s if self._is_live else 0.0
            return ahead_s <= LONGEST_JUMP_S + waited_s
        if not self._is_joining or self._joining_since_s is None:
            return False
        repeat_is_over = wall_s - self._joining_since_s > REPEAT_ARRIVES_WITHIN_S
        return not self._is_live or (ahead_s >= -LONGEST_REPEAT_S and not repeat_is_over)

    def _add(self, samples: int, wall_s: float, *, skip: int = 0, drift_s: float = 0.0, lost_s: float = 0.0) -> Place:
        hole = Hole(self._end_s, self._end_s + lost_s) if lost_s else None
        if hole or self._samples is None:
            self._epoch += 1
            self._samples = 0
        kept_s = (samples - skip) / SAMPLE_RATE
        offset_s = self._end_s + lost_s
        place = Place(self._epoch, self._samples, offset_s, skip, hole)
        self._samples += samples - skip
        self._end_s = offset_s + kept_s + drift_s  # after the sound, so that offsets only grow
        self.heard_s += kept_s
        self.lost_s += lost_s
        delay_s = wall_s - self._end_s
        self._delay_s = delay_s if self._delay_s is None else max(self._delay_s - DELAY_DECAY * kept_s, delay_s)
        self._is_new = self._is_joining = False
        return place
