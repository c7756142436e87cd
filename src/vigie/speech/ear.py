"""From the sound of one epoch to the stretches in which somebody speaks. Pure, but for the detector it is given."""

import numpy as np

from vigie.ports import Float32Array, VoiceDetector
from vigie.speech.cutting import WINDOW, Cutter, Stretch
from vigie.speech.sound import as_floats


class Ear:
    """Listens to one epoch. How the sound is divided into chunks changes nothing."""

    def __init__(self, epoch: int, first: int, detector: VoiceDetector) -> None:
        """Listen from sample `first` of the epoch on; the detector is fresh, and has windows of 512 samples."""
        self.epoch = epoch
        self._detector = detector
        self._cutter = Cutter(first)
        self._rest: Float32Array = np.empty(0, np.float32)
        """The begun window."""

    def warm_up(self, pcm: bytes) -> None:
        """Let the detector hear what came before, as if it had listened all along; nothing is cut."""
        samples = as_floats(pcm)
        if whole := len(samples) // WINDOW * WINDOW:
            self._detector.probabilities(samples[-whole:])

    def hear(self, pcm: bytes) -> list[Stretch]:
        """Take the sound that follows; return the utterances that ended with it."""
        samples = np.concatenate([self._rest, as_floats(pcm)])
        whole = len(samples) // WINDOW * WINDOW
        self._rest = samples[whole:]
        return self._cutter.push(self._detector.probabilities(samples[:whole])) if whole else []

    def flush(self) -> list[Stretch]:
        """Nothing follows for now: return the utterance that was open. Sound that does follow begins another."""
        return self._cutter.flush()
