"""What a live shows at any second: parts, played round after round, cut into numbered segments. Pure."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from vigie.simulators.media.faults import Fault, Kind
from vigie.simulators.media.recording import Recording, Sample
from vigie.simulators.media.vtt import Cue

FIRST_PTS_S = 10
"""Timestamps of every part start here, so that no client gets away with taking them to start at 0."""


@dataclass(frozen=True, slots=True)
class Part:
    """A recording on air from `starts_s`, again and again, with timestamps of its own."""

    index: int
    starts_s: float
    first_number: int
    """Of its first segment."""
    recording: Recording

    @property
    def segments_a_round(self) -> int:
        """How many segments the recording is cut into."""
        return len(self.recording.bounds) - 1

    def number_at(self, at_s: float) -> int:
        """Return the number of the segment on air at that second of the live."""
        rounds, inside_s = divmod(max(at_s - self.starts_s, 0.0), float(self.recording.length))
        place = bisect_right(self.recording.bounds, inside_s) - 1
        return self.first_number + int(rounds) * self.segments_a_round + place


@dataclass(frozen=True, slots=True)
class Segment:
    """About 2 s of a part, with their media sequence number."""

    number: int
    part: Part

    @property
    def rounds(self) -> int:
        """How often the recording was played through before."""
        return (self.number - self.part.first_number) // self.part.segments_a_round

    @property
    def span_s(self) -> tuple[float, float]:
        """Where it starts and ends in the recording."""
        place = (self.number - self.part.first_number) % self.part.segments_a_round
        return self.part.recording.bounds[place], self.part.recording.bounds[place + 1]

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.span_s[1] - self.span_s[0]

    @property
    def starts_s(self) -> float:
        """When it goes on air, on the live's clock."""
        return self.live_s(self.span_s[0])

    @property
    def ends_s(self) -> float:
        """When it is complete, on the live's clock."""
        return self.live_s(self.span_s[1])

    @property
    def shift(self) -> Fraction:
        """Seconds from the recording's time to the timestamps that clients see."""
        return FIRST_PTS_S + self.rounds * self.part.recording.length

    def live_s(self, recording_s: float) -> float:
        """Return the second of the live at which that second of the recording is on air."""
        return self.part.starts_s + float(self.rounds * self.part.recording.length) + recording_s

    def samples(self, *, audio_only: bool = False) -> Iterator[Sample]:
        """Yield its frames in order of decoding."""
        return self.part.recording.between(*self.span_s, audio_only=audio_only)

    def cues(self) -> list[Cue]:
        """Return the words said meanwhile, in seconds since the first round of the part began."""
        start_s, end_s = self.span_s
        past_s = float(self.rounds * self.part.recording.length)
        return [
            Cue(past_s + cue.start_s, past_s + cue.end_s, cue.text, cue.voice)
            for cue in self.part.recording.cues
            if cue.start_s < end_s and cue.end_s > start_s
        ]


@dataclass(frozen=True, slots=True)
class Window:
    """What a live playlist lists, oldest first."""

    segments: tuple[Segment, ...]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Program:
    """All that a live shows. `last_number` is that of its last segment, None while it goes on and on."""

    parts: tuple[Part, ...]
    last_number: int | None = None
    lost: frozenset[int] = frozenset()
    """Numbers of the segments that the encoder lost: nobody ever gets them."""

    def segment(self, number: int) -> Segment:
        """Return a segment by its number, whether or not it is on air yet."""
        place = bisect_right(self.parts, number, key=lambda part: part.first_number) - 1
        return Segment(number, self.parts[place])

    def segment_at(self, at_s: float) -> Segment:
        """Return the segment on air at that second; after the end, the one that would follow it."""
        place = bisect_right(self.parts, max(at_s, 0.0), key=lambda part: part.starts_s) - 1
        number = self.parts[place].number_at(at_s)
        return self.segment(number if self.last_number is None else min(number, self.last_number + 1))

    def is_over(self, number: int) -> bool:
        """Tell whether the live ended before that segment."""
        return self.last_number is not None and number > self.last_number

    def window(self, now_s: float, size: int) -> Window:
        """Return the last `size` complete segments; where some were lost, only those that follow."""
        on_air = self.segment_at(now_s).number
        listed: list[Segment] = []
        for number in range(on_air - 1, -1, -1):
            if number not in self.lost:
                listed.append(self.segment(number))
            elif listed:
                break
            if len(listed) == size:
                break
        return Window(tuple(reversed(listed)), self.is_over(on_air))


def plan(media: Mapping[str, Recording], live: str, faults: Sequence[Fault], *, loops: bool = True) -> Program:
    """Return what a live will show: its own recording, what follows each restart, without what is lost, to its end."""
    program = Program((Part(0, 0.0, 0, media[live]),))
    for fault in sorted((f for f in faults if f.kind is Kind.RESTART), key=lambda f: f.at_s):
        before = program.parts[-1]
        last = program.segment(before.number_at(fault.at_s))
        part = Part(before.index + 1, last.ends_s, last.number + 1, media[fault.media or live])
        program = Program((*program.parts, part))
    ends = [program.segment_at(fault.at_s).number for fault in faults if fault.kind is Kind.END]
    if not loops:
        ends.append(program.parts[-1].first_number + program.parts[-1].segments_a_round - 1)
    lost = {number for fault in faults if fault.kind is Kind.SKIP for number in _touched(program, fault)}
    return Program(program.parts, min(ends, default=None), frozenset(lost))


def _touched(program: Program, fault: Fault) -> range:
    first, last = program.segment_at(fault.at_s), program.segment_at(fault.until_s)
    ends_before = last.starts_s >= fault.until_s
    return range(first.number, last.number if ends_before else last.number + 1)
