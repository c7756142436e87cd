"""The port VoiceActivity: one onnxruntime session for all streams, the state of each carried by its detector.

Cost: 1.3 ms of processor time for a second of sound, in chunks of 0.5 s (2026-11, one thread).
"""

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from vigie.ports import Float32Array, PortError

WINDOW = 512
CONTEXT = 64
"""Samples before a window that the model wants to see with it."""
STATE_SHAPE = (1, 1, 128)
MODEL = "assets/silero_vad_v6.onnx"


class SileroVoiceActivity:
    """The model, loaded once."""

    def __init__(self) -> None:
        """Load it. Raises PortError where the extra that brings it is not installed."""
        # unless told before it is loaded, onnxruntime reports to Microsoft (1.31, telemetry_1ds.cc; seen 2026-11)
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime  # noqa: PLC0415 -- an extra: its absence is told in one line
        except ImportError as error:
            raise _missing() from error
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(model_file(), options, providers=["CPUExecutionProvider"])

    def begin(self) -> "SileroDetector":
        """Return a detector with a fresh state. Detectors of one model may run in several threads at once."""
        return SileroDetector(self)

    def run(
        self, windows: Float32Array, h: Float32Array, c: Float32Array
    ) -> tuple[Float32Array, Float32Array, Float32Array]:
        """Return the probability of each window (float32[k, 576]), and the two states after the last one."""
        probabilities, h, c = self._session.run(None, {"input": windows, "h": h, "c": c})
        return probabilities.ravel(), h, c


class SileroDetector:
    """The voice activity of one stream. Gives what the model would give for the whole stream at once."""

    window_samples = WINDOW

    def __init__(self, model: SileroVoiceActivity) -> None:
        """Begin in silence."""
        self._model = model
        self._h: Float32Array = np.zeros(STATE_SHAPE, np.float32)
        self._c: Float32Array = np.zeros(STATE_SHAPE, np.float32)
        self._context: Float32Array = np.zeros(CONTEXT, np.float32)

    def probabilities(self, samples: Float32Array) -> Float32Array:
        """Return the probability of speech of each window. Raises ValueError for a begun window."""
        if not samples.size:
            return np.empty(0, np.float32)
        windows = samples.reshape(-1, WINDOW)
        contexts = np.vstack([self._context, windows[:-1, -CONTEXT:]])
        found, self._h, self._c = self._model.run(np.hstack([contexts, windows]), self._h, self._c)
        self._context = windows[-1, -CONTEXT:].copy()
        return found


def model_file() -> str:
    """Return where the model lies, without importing faster-whisper: that takes 0.7 s and 60 MB. Raises PortError."""
    package = find_spec("faster_whisper")
    if package is None or package.origin is None:
        raise _missing()
    path = Path(package.origin).parent / MODEL
    if not path.is_file():
        raise PortError(f"This version of faster-whisper has no {MODEL}; Vigie needs 1.2.1.", permanent=True)
    return str(path)


def _missing() -> PortError:
    return PortError("Voice detection is not installed: pip install 'vigie[whisper]'.", permanent=True)
