"""Cutting speech into utterances: probabilities of voice in, stretches of samples out. Pure; chunks do not matter.

An utterance opens with two windows in a row that are speech, closes after half a second that is not, and is cut at its
quietest point before it grows beyond 15 s. Thresholds: research on Silero VAD v6, 32 ms windows.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from vigie.events import SAMPLE_RATE

WINDOW = 512
"""Samples a probability stands for."""
OPEN_AT, CLOSE_BELOW = 0.5, 0.35
OPENING_WINDOWS = 2
CLOSING_WINDOWS = round(0.5 * SAMPLE_RATE / WINDOW)
PAD = round(0.2 * SAMPLE_RATE)
LONGEST = 15 * SAMPLE_RATE
SHORTEST = round(0.4 * SAMPLE_RATE)
"""Less makes recognizers invent; a shorter stretch takes in the silence beside it, where there is some."""
SEARCH_WINDOWS = 3 * SAMPLE_RATE // WINDOW
"""How far back the quietest point is looked for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples `start` to `end` of an epoch."""

    start: int
    end: int


@dataclass(slots=True)
class Cutter:
    """Cuts one continuous stretch of sound that begins at sample `position` of its epoch.

    Stretches come in order, never overlap, last 15 s at most, and cover every window that was taken for speech.
    """

    position: int = 0
    _free_from: int = field(init=False)
    """Where the last stretch ended: the next one cannot begin before."""
    _start: int | None = None
    _voiced_until: int = 0
    _loud: int = 0
    _quiet: int = 0
    _recent: deque[float] = field(default_factory=lambda: deque(maxlen=SEARCH_WINDOWS))

    def __post_init__(self) -> None:
        self._free_from = self.position

    def push(self, probabilities: Iterable[float]) -> list[Stretch]:
        """Take the next windows; return the stretches that are complete."""
        return [stretch for probability in probabilities for stretch in self._step(probability)]

    def flush(self) -> list[Stretch]:
        """The sound ends here, or pauses; return the stretch that was open."""
        self._loud = 0
        return self._close()

    def _step(self, probability: float) -> list[Stretch]:
        self.position += WINDOW
        self._loud = self._loud + 1 if probability >= OPEN_AT else 0
        if self._start is None:
            if self._loud == OPENING_WINDOWS:
                self._open()
            return []
        self._recent.append(probability)
        if probability >= CLOSE_BELOW:
            self._voiced_until, self._quiet = self.position, 0
        else:
            self._quiet += 1
        if self._quiet == CLOSING_WINDOWS:
            return self._close()
        if self.position + WINDOW - self._start > LONGEST:
            return self._split()
        return []

    def _open(self) -> None:
        self._start = max(self._free_from, self.position - OPENING_WINDOWS * WINDOW - PAD)
        self._voiced_until, self._quiet = self.position, 0
        self._recent.clear()

    def _close(self) -> list[Stretch]:
        start, self._start = self._start, None
        if start is None or self._voiced_until <= start:
            return []
        end = min(max(self._voiced_until + PAD, start + SHORTEST), self.position, start + LONGEST)
        start = max(self._free_from, min(start, end - SHORTEST))
        self._free_from = end
        return [Stretch(start, end)]

    def _split(self) -> list[Stretch]:
        """End the stretch in the middle of the quietest of the last windows, and go on from there."""
        assert self._start is not None  # noqa: S101 -- only an open stretch grows too long
        levels = list(self._recent)
        quietest = levels.index(min(levels))
        cut = self.position - (len(levels) - quietest) * WINDOW + WINDOW // 2
        stretch = Stretch(self._start, cut)
        self._start = self._free_from = cut
        for _ in range(quietest + 1):
            self._recent.popleft()
        return [stretch]
