"""Which frames are due on a paced HTTP-FLV connection, and their bytes. Pure."""

from collections import deque
from collections.abc import Sequence

from vigie.simulators.media.deliveries import Sound, sound_of
from vigie.simulators.media.flv import configuration_tag, file_header, frame_tag, milliseconds
from vigie.simulators.media.program import Program, Segment
from vigie.simulators.media.recording import Sample


class FlvFeed:
    """The endless FLV of one connection, from the start of a segment on."""

    def __init__(self, segment: Segment, *, audio_only: bool = False) -> None:
        self._audio_only = audio_only
        self._segment = segment
        self._waiting = deque(segment.samples(audio_only=audio_only))
        self._opened: int | None = None

    def take(self, program: Program, until_s: float) -> tuple[bytes, list[Sound]]:
        """Return the bytes of all frames due by `until_s`, on the live's clock, and the sound in them."""
        body = bytearray()
        sounds: list[Sound] = []
        while not program.is_over(self._segment.number):
            due = self._due(until_s)
            if due and self._segment.number not in program.lost:
                body += self._opening(due[0]) + b"".join(frame_tag(sample, self._segment.shift) for sample in due)
                sounds += sound_of(self._segment, due)
            if self._waiting or self._segment.ends_s > until_s:
                break
            self._segment = program.segment(self._segment.number + 1)
            self._waiting.extend(self._segment.samples(audio_only=self._audio_only))
        return bytes(body), sounds

    def is_over(self, program: Program) -> bool:
        """Tell whether everything was taken."""
        return program.is_over(self._segment.number)

    def _due(self, until_s: float) -> Sequence[Sample]:
        due: list[Sample] = []
        while self._waiting and self._segment.live_s(self._waiting[0].at_s) <= until_s:
            due.append(self._waiting.popleft())
        return due

    def _opening(self, first: Sample) -> bytes:
        """Return what a decoder must know first: at the start, and where the encoder started anew."""
        part = self._segment.part
        if self._opened == part.index:  # a fault added meanwhile makes parts anew: their index stays
            return b""
        tracks = [t for t in part.recording.tracks if t.is_audio or not self._audio_only]
        at_ms = milliseconds(first.dts, first.track, self._segment.shift)
        header = file_header(tracks) if self._opened is None else b""
        self._opened = part.index
        return header + b"".join(configuration_tag(track, at_ms) for track in tracks)
