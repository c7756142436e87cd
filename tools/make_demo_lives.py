"""Speak, draw and encode the lives that the demo plays: `python -m tools.make_demo_lives [--out FOLDER]`.

Run at authoring time only, with espeak-ng and Debian's ffmpeg; what it makes is committed beside the texts. The same
programs give the same bytes. Every live lasts 192 s, a whole number of AAC frames at 16, 24 and 48 kHz, and is silent
at both ends, so that it loops without a seam.
"""

import argparse
import io
import subprocess
import tempfile
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from vigie.simulators.media.vtt import Cue, write_cues

LIVES = Path(__file__).resolve().parent.parent / "src" / "vigie" / "simulators" / "media" / "lives"
LENGTH_S = 192
WIDTH, HEIGHT, FRAMES_A_SECOND = 320, 180, 5
SHORTEST_PAUSE_S = 0.5

Samples = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: an espeak-ng voice, its words a minute, its pitch (0..99), and the color of the face."""

    voice: str
    speed: int
    pitch: int
    color: str


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line with its place in the live; `sound` is float32[n] at the live's sample rate."""

    who: str
    text: str
    start_s: float
    end_s: float
    sound: Samples


@dataclass(frozen=True, slots=True)
class Face:
    """Where a speaker stands in the picture."""

    center: tuple[int, int]
    color: tuple[int, int, int]


def main() -> None:
    """Make `<name>.mp4` and `<name>.vtt` of every text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=LIVES, help="folder to write to")
    folder = parser.parse_args().out
    for source in sorted(LIVES.glob("*.yaml")):
        make_live(source, folder)
        print(f"{source.stem}: {(folder / source.stem).with_suffix('.mp4').stat().st_size:,} bytes")


def make_live(source: Path, folder: Path) -> None:
    """Write the media and the captions of one text."""
    text = yaml.safe_load(source.read_text(encoding="utf-8"))
    rate = int(text["sample_rate"])
    voices = {name: Voice(**voice) for name, voice in text["voices"].items()}
    spoken = [speak(line["text"], voices[line["who"]], rate) for line in text["lines"]]
    starts_s = place(sound.size / rate for sound in spoken)
    lines = [
        SpokenLine(line["who"], line["text"], start_s, start_s + sound.size / rate, sound)
        for line, start_s, sound in zip(text["lines"], starts_s, spoken, strict=True)
    ]
    cues = [Cue(line.start_s, line.end_s, line.text, line.who) for line in lines]
    (folder / f"{source.stem}.vtt").write_text(write_cues(cues), encoding="utf-8")
    encode(mix(lines, rate), draw(lines, voices, rate), rate, folder / f"{source.stem}.mp4")


# ── sound ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def speak(text: str, voice: Voice, rate: int) -> Samples:
    """Return the line as espeak-ng says it, without the silence around it, at half of full scale."""
    say = ["espeak-ng", "-v", voice.voice, "-s", str(voice.speed), "-p", str(voice.pitch), "--stdout", text]
    wav = subprocess.run(say, capture_output=True, check=True).stdout
    convert = ["ffmpeg", "-loglevel", "error", "-i", "pipe:0", "-ar", str(rate), "-f", "wav", "-bitexact", "pipe:1"]
    converted = subprocess.run(convert, input=wav, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(converted)) as reader:
        pcm = np.frombuffer(reader.readframes(reader.getnframes()), np.int16).astype(np.float32)
    loud = np.flatnonzero(np.abs(pcm) > 0.01 * np.abs(pcm).max())
    heard: Samples = pcm[loud[0] : loud[-1] + 1] * np.float32(0.5 / np.abs(pcm).max())
    return heard


def place(durations_s: Iterable[float]) -> list[float]:
    """Return when each line starts: equal pauses before, between and after them fill the live."""
    durations_s = list(durations_s)
    pause_s = (LENGTH_S - sum(durations_s)) / (len(durations_s) + 1)
    if pause_s < SHORTEST_PAUSE_S:
        raise SystemExit(f"The lines leave pauses of {pause_s:.2f} s only; cut some of them.")
    ends_s = accumulate(durations_s, lambda end_s, duration_s: end_s + pause_s + duration_s, initial=0.0)
    return [round(end_s + pause_s, 3) for end_s in ends_s][:-1]


def mix(lines: list[SpokenLine], rate: int) -> Samples:
    """Return the sound of the whole live."""
    sound = np.zeros(LENGTH_S * rate, np.float32)
    for line in lines:
        start = round(line.start_s * rate)
        sound[start : start + line.sound.size] = line.sound
    return sound


# ── picture ────────────────────────────────────────────────────────────────────────────────────────────────────────


def draw(lines: list[SpokenLine], voices: dict[str, Voice], rate: int) -> bytes:
    """Return every frame as rgb24: an awning, a face a speaker, a halo as wide as the voice is loud."""
    faces = [
        Face((int(WIDTH * (place + 0.5) / len(voices)), 104), rgb(voice.color))
        for place, voice in enumerate(voices.values())
    ]
    stage, names, step = empty_stage(faces), list(voices), rate // FRAMES_A_SECOND
    loudness = np.zeros((LENGTH_S * FRAMES_A_SECOND, len(faces)), np.float32)
    for line in lines:
        for number, start in enumerate(range(0, line.sound.size, step), int(line.start_s * FRAMES_A_SECOND)):
            loudness[number, names.index(line.who)] = np.abs(line.sound[start : start + step]).mean()
    return b"".join(frame(stage, faces, levels).tobytes() for levels in loudness)


def empty_stage(faces: list[Face]) -> Picture:
    """Return what never moves: the awning, the counter, the faces."""
    picture = np.full((HEIGHT, WIDTH, 3), (28, 32, 40), np.uint8)
    stripes = (np.arange(WIDTH) // 20) % 2 == 0
    picture[:30] = np.where(stripes[:, None], faces[0].color, (222, 218, 208))
    picture[150:] = (62, 52, 44)
    for face in faces:
        disc(picture, face.center, 24, face.color)
    return picture


def frame(stage: Picture, faces: list[Face], levels: Samples) -> Picture:
    """Return the stage with a halo around whoever speaks."""
    picture = stage.copy()
    for face, level in zip(faces, levels, strict=True):
        if level > 0:
            disc(picture, face.center, 27 + int(60 * level), (236, 232, 220))
            disc(picture, face.center, 24, face.color)
    return picture


def disc(picture: Picture, center: tuple[int, int], radius: int, color: tuple[int, int, int]) -> None:
    """Fill a circle of the picture."""
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    picture[(x - center[0]) ** 2 + (y - center[1]) ** 2 <= radius**2] = color


def rgb(color: str) -> tuple[int, int, int]:
    """Return the three bytes of `#rrggbb`."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


# ── file ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def encode(sound: Samples, pictures: bytes, rate: int, target: Path) -> None:
    """Write an MP4: AAC mono at 32 kb/s, H.264 with a keyframe every 2 s and nothing that varies from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        pcm, raw = Path(folder) / "sound.f32", Path(folder) / "pictures.rgb"
        pcm.write_bytes(sound.tobytes())
        raw.write_bytes(pictures)
        audio = ["-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", str(pcm)]
        video = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAMES_A_SECOND)]
        coded = ["-c:a", "aac", "-b:a", "32k", "-c:v", "libx264", "-preset", "slow", "-crf", "30", "-threads", "1"]
        coded += ["-pix_fmt", "yuv420p", "-bf", "0", "-g", str(2 * FRAMES_A_SECOND), "-sc_threshold", "0"]
        exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1", "-movflags", "+faststart"]
        subprocess.run(
            ["ffmpeg", "-y", "-loglevel", "error", *audio, *video, "-i", str(raw), *coded, *exact, str(target)],
            check=True,
        )


if __name__ == "__main__":
    main()
