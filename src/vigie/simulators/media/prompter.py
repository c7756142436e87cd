"""Says what a captioned recording says, when a live plays it: for platforms whose captions come beside the media."""

from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self

from vigie.simulators.media.vtt import Cue

LOOK_S = 0.2


class Prompter:
    """Calls `say` with each cue at its end, again and again as the recording is repeated."""

    def __init__(
        self, cues: list[Cue], length_s: float, now_s: Callable[[], float], say: Callable[[Cue], object]
    ) -> None:
        """Follow a live that is at `now_s()` on its clock and plays a recording of `length_s` seconds."""
        self._cues = sorted(cues, key=lambda cue: cue.end_s)
        self._length_s = length_s
        self._now_s = now_s
        self._say = say
        self._stop = Event()
        self._thread = Thread(target=self._run, name="prompter", daemon=True)

    def due(self, from_s: float, to_s: float) -> list[Cue]:
        """Return the cues that end after `from_s` and until `to_s`, seconds on the live's clock, in order."""
        first, last = int(from_s // self._length_s), int(to_s // self._length_s)
        return [
            cue
            for round_ in range(first, last + 1)
            for cue in self._cues
            if from_s < round_ * self._length_s + cue.end_s <= to_s
        ]

    def _run(self) -> None:
        said_s = self._now_s()
        while not self._stop.wait(LOOK_S):
            now_s = self._now_s()
            for cue in self.due(said_s, now_s):
                self._say(cue)
            said_s = now_s

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
