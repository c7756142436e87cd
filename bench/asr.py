"""Speech recognition: how much sound a core hears in a second, beside faster-whisper given one utterance at a time.

Real recordings, cut by our own voice detection and dealt to four lives; a Whisper with random weights and the real
dimensions of `base`, int8, greedy, one thread. What it says is noise, so both are made to say as much as people would:
4 tokens a second. A batch can only be ended all at once: those dealt together are about as long, and `tokens` says what
remains. Turns, clips and settings of the process are those of the product; the peer has its own. Each measurement has a
fresh process; of three rounds, one after the other, the median counts (with --quick there is one).

`audio_s_per_core_s`: everybody speaks and all wait: neighbours are heard together, four lives a batch.
`..._in_time`: one utterance of each live waits; `..._in_time_same_malloc`: the same beside a peer with our settings of
malloc, which tells what batches bring alone (not with --quick).
openai-whisper is not measured: it would bring PyTorch along.
"""

import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from bench import Result
from vigie.adapters.silero.client import SileroVoiceActivity
from vigie.adapters.whisper.child import keep_memory
from vigie.adapters.whisper.client import WhisperRecognizer
from vigie.events import SAMPLE_RATE
from vigie.ports import Float32Array, SpeechClip
from vigie.speech.ear import Ear
from vigie.speech.fairness import Waiting, next_turns

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
SIZE = "base"
TOKENS_A_SECOND = 4
END = 50257
PROMPT = 4
"""Tokens before the text, in the peer's prompt."""
LIVES = 4
CHUNK = SAMPLE_RATE // 2

Batches = list[list[Float32Array]]
Sound = TypeVar("Sound")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a measurement took."""

    cpu_s: float
    audio_s: float
    clips: int
    tokens: int
    peak_mb: float

    @property
    def audio_s_per_core_s(self) -> float:
        """Seconds of sound for a second of processor time."""
        return self.audio_s / self.cpu_s


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 -- the modules' agreed signature
    """Measure; nothing where the recordings beside the checkout are missing."""
    if not SHARED.is_dir():
        print(f"bench asr: {SHARED} is missing", file=sys.stderr)
        return
    sound = recordings()
    yield voice_detection(sound)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / SIZE
        subprocess.run([sys.executable, SHARED / "whisper" / "make_whisper.py", SIZE, model], check=True)
        spoken = utterances(sound)[: 8 if quick else None]
        yield from recognition(spoken, model, rounds=1 if quick else 3)


# ── what is measured ──


def recognition(spoken: Sequence[Float32Array], model: Path, rounds: int) -> Iterator[Result]:
    """Measure what the product does, and the peer, with the same utterances."""
    window = round(WhisperRecognizer.window_s * SAMPLE_RATE)
    waiting, in_time = batches(spoken, window), batches(spoken, 0)
    costs: dict[str, list[Cost]] = defaultdict(list)
    for _ in range(rounds):
        costs["peer"].append(apart(one_by_one, spoken, model))
        costs["waiting"].append(apart(in_batches, waiting, model))
        costs["in time"].append(apart(in_batches, in_time, model))
        if rounds > 1:
            costs["tuned peer"].append(apart(one_by_one_same_malloc, spoken, model))
    median = {name: sorted(found, key=_spent)[rounds // 2] for name, found in costs.items()}
    yield compared("audio_s_per_core_s", spoken, median["waiting"], median["peer"])
    yield compared("audio_s_per_core_s_in_time", spoken, median["in time"], median["peer"])
    if rounds > 1:
        yield compared("audio_s_per_core_s_in_time_same_malloc", spoken, median["in time"], median["tuned peer"])


def compared(metric: str, spoken: Sequence[Float32Array], ours: Cost, peer: Cost) -> Result:
    """Return ours over the peer's."""
    return Result(
        metric,
        ours.audio_s_per_core_s,
        "s/s",
        peer=f"faster-whisper {version('faster-whisper')}, one utterance at a time",
        peer_value=peer.audio_s_per_core_s,
        details={
            "model": f"{SIZE}, random weights, int8",
            "utterances": len(spoken),
            "clips": ours.clips,
            "batch": WhisperRecognizer.batch,
            "audio_s": round(ours.audio_s, 1),
            "cpu_s": round(ours.cpu_s, 2),
            "peer_cpu_s": round(peer.cpu_s, 2),
            "tokens": ours.tokens,
            "peer_tokens": peer.tokens,
            "peak_mb": round(ours.peak_mb),
            "peer_peak_mb": round(peer.peak_mb),
        },
    )


def voice_detection(sound: Float32Array) -> Result:
    """Return the cost of the streaming detector over that of faster-whisper's own, which needs the whole at once."""
    ours, peer = apart(detect_streaming, [sound], ROOT), apart(detect_offline, [sound], ROOT)
    return Result(
        "vad_audio_s_per_core_s",
        ours.audio_s_per_core_s,
        "s/s",
        peer=f"faster-whisper {version('faster-whisper')}, the whole recording at once",
        peer_value=peer.audio_s_per_core_s,
        details={"chunk_s": CHUNK / SAMPLE_RATE, "ms_per_audio_s": round(1000 / ours.audio_s_per_core_s, 2)},
    )


def recordings() -> Float32Array:
    """Return the recordings one after the other, 0.6 s apart, each as loud as the others."""
    import av

    pause: Float32Array = np.zeros(SAMPLE_RATE * 6 // 10, np.float32)
    found: list[Float32Array] = []
    for path in sorted(SHARED.glob("speech/*.ogg")) + sorted(SHARED.glob("speech/*.wav")):
        with av.open(str(path)) as file:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
            frames = [out for frame in file.decode(audio=0) for out in resampler.resample(frame)]
        samples = np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float32)
        found += [samples / (np.abs(samples).max() * np.float32(1.25)), pause]
    return np.concatenate(found)


def utterances(sound: Float32Array) -> list[Float32Array]:
    """Return what our detector and cutter make of the recordings."""
    ear = Ear(0, 0, SileroVoiceActivity().begin())
    cuts = ear.hear((sound * 32_767).astype("<i2").tobytes()) + ear.flush()
    return [sound[cut.start : cut.end] for cut in cuts]


def batches(spoken: Sequence[Float32Array], longest: int) -> Batches:
    """Return the clips of each batch as the product chooses them, of four lives that say about as much."""
    dealt = sorted(spoken, key=len)
    waiting = [
        Waiting(n, 1 + n % LIVES, epoch=0, seq=n // LIVES, samples=len(samples)) for n, samples in enumerate(dealt)
    ]
    found: Batches = []
    while waiting:
        turns = next_turns(waiting, WhisperRecognizer.batch, longest=longest)
        found.append([np.concatenate([dealt[number] for number in turn]) for turn in turns])
        heard = {number for turn in turns for number in turn}
        waiting = [one for one in waiting if one.utterance_id not in heard]
    return found


# ── in processes of their own ──


def apart(work: Callable[[Sound, Path], Cost], sound: Sound, model: Path) -> Cost:
    """Return what `work` costs in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, sound, model).result()


def in_batches(sound: Batches, folder: Path) -> Cost:
    """Recognize batches of clips as the recognizer's process does."""
    keep_memory()
    from vigie.adapters.whisper.model import Model  # noqa: PLC0415 -- in its own process only

    model = Model(folder, threads=1)
    model.decode([SpeechClip(sound[0][0], "fr")], also_suppressed=[END], most_tokens=8)
    before, tokens = _cpu_s(), 0
    for batch in sound:
        clips = [SpeechClip(samples, "fr") for samples in batch]
        decoded = model.decode(clips, also_suppressed=[END], most_tokens=max(map(_tokens, batch)))
        tokens += sum(len(each.tokens) for each in decoded)
    return _cost(before, [samples for batch in sound for samples in batch], tokens)


def one_by_one_same_malloc(clips: Sequence[Float32Array], folder: Path) -> Cost:
    """Recognize clips as `one_by_one`, with our settings of malloc."""
    keep_memory()
    return one_by_one(clips, folder)


def one_by_one(clips: Sequence[Float32Array], folder: Path) -> Cost:
    """Recognize clips one after the other with faster-whisper's own `transcribe`."""
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)

    def transcribe(samples: Float32Array, tokens: int) -> int:
        segments, _info = model.transcribe(
            samples,
            language="fr",
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
            no_speech_threshold=None,
            suppress_tokens=[-1, END],
            max_new_tokens=2 * tokens - PROMPT,  # CTranslate2 stops at half of prompt and text together
        )
        return sum(len(segment.tokens) for segment in segments)

    transcribe(clips[0], 8)
    before = _cpu_s()
    tokens = sum(transcribe(samples, _tokens(samples)) for samples in clips)
    return _cost(before, clips, tokens)


def detect_streaming(sound: Sequence[Float32Array], _: Path) -> Cost:
    """Detect voices in chunks of half a second, as they come from a live."""
    model = SileroVoiceActivity()
    model.begin().probabilities(sound[0][:512])
    detector, before = model.begin(), _cpu_s()
    step = CHUNK // detector.window_samples * detector.window_samples
    for at in range(0, len(sound[0]) - step, step):
        detector.probabilities(sound[0][at : at + step])
    return _cost(before, sound, 0)


def detect_offline(sound: Sequence[Float32Array], _: Path) -> Cost:
    """Detect voices in the whole, with faster-whisper's helper."""
    from faster_whisper.vad import get_vad_model

    model = get_vad_model()
    model(sound[0][:512].copy())
    whole, before = sound[0][: len(sound[0]) // 512 * 512].copy(), _cpu_s()
    model(whole)
    return _cost(before, sound, 0)


def _spent(cost: Cost) -> float:
    return cost.cpu_s


def _tokens(samples: Float32Array) -> int:
    return max(8, round(TOKENS_A_SECOND * len(samples) / SAMPLE_RATE))


def _cost(before: float, sound: Sequence[Float32Array], tokens: int) -> Cost:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    audio_s = sum(len(samples) for samples in sound) / SAMPLE_RATE
    return Cost(_cpu_s() - before, audio_s, len(sound), tokens, usage.ru_maxrss / 1000)


def _cpu_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
