"""Sound that tells its own time: a tone whose pitch rises all the time, so that 0.1 s of it say where it came from."""

import wave
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

RATE = 16_000
LOWEST_HZ, RISE_HZ = 400.0, 50.0
WINDOW = RATE // 10
PICTURES_A_SECOND = 10


def chirp(seconds: float) -> npt.NDArray[np.int16]:
    """Return that much of the rising tone; it reaches 5.4 kHz after 100 s."""
    time = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(12_000 * np.sin(2 * np.pi * (LOWEST_HZ * time + RISE_HZ * time**2 / 2)), np.int16)


def told_s(pcm: bytes) -> list[float]:
    """Return which second of the chirp each whole 0.1 s of `pcm` is (its middle), exact to about 0.02 s."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    windows = samples[: samples.size // WINDOW * WINDOW].reshape(-1, WINDOW) * np.hanning(WINDOW)
    return [float(_pitch(window) - LOWEST_HZ) / RISE_HZ for window in windows]


def _pitch(window: npt.NDArray[np.float64]) -> float:
    power = np.abs(np.fft.rfft(window, 8 * WINDOW)) ** 2
    return float(np.argmax(power)) * RATE / (8 * WINDOW)


def write_wav(path: Path, seconds: float) -> Path:
    """Write a chirp as WAV; return its path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(chirp(seconds).tobytes())
    return path


def write_media(path: Path, seconds: float, *, pictures: bool = False, sound: bool = True) -> Path:
    """Write a chirp in the format of the suffix of `path`, with black pictures if wanted; return the path."""
    with av.open(path, "w") as container:
        video = _add_pictures(container, path) if pictures else None
        audio = _add_sound(container, path) if sound else None
        if video:
            for _ in range(int(seconds * PICTURES_A_SECOND)):
                container.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
            container.mux(video.encode(None))
        if audio:
            frame = av.AudioFrame.from_ndarray(chirp(seconds).reshape(1, -1), "s16", "mono")
            frame.sample_rate = RATE
            for resampled in av.AudioResampler(audio.format, "stereo", 48_000).resample(frame):
                container.mux(audio.encode(resampled))
            container.mux(audio.encode(None))
    return path


def _add_sound(container: OutputContainer, path: Path) -> AudioStream:
    codecs = {".ogg": "libopus", ".webm": "libopus", ".wav": "pcm_s16le", ".flac": "flac"}
    return cast("AudioStream", container.add_stream(codecs.get(path.suffix, "aac"), rate=48_000, layout="stereo"))


def _add_pictures(container: OutputContainer, path: Path) -> VideoStream:
    codec = "flv1" if path.suffix == ".flv" else "mpeg4"
    stream = container.add_stream(codec, rate=PICTURES_A_SECOND, width=64, height=64, pix_fmt="yuv420p")
    return cast("VideoStream", stream)
