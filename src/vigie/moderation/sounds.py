"""The sound of a moment as one file: from the spool, silent where nothing was received, kept for the next reader."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.conf import settings

from vigie.events import SAMPLE_RATE
from vigie.moderation.moment import Window
from vigie.moderation.peaks import Peaks, peaks
from vigie.ports import AudioCodec
from vigie.runtime import registry
from vigie.speech import spool

KEPT = 200
"""Files kept; about 1.4 MB each."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a moment was received, in samples. What is missing at its end is still coming in, or never came."""

    received: int
    total: int

    def __str__(self) -> str:
        return f"{self.received}-{self.total}"


def extent(live_id: int, window: Window) -> Extent | None:
    """Return how much sound of a window is kept, None where there is none."""
    kept = spool.kept_until(live_id)
    received_s = min(kept[1], window.end_s) - window.start_s if kept else 0.0
    if received_s <= 0:
        return None
    return Extent(round(received_s * SAMPLE_RATE), round(window.length_s * SAMPLE_RATE))


def flac(alert_id: int, live_id: int, window: Window) -> Path:
    """Return the FLAC of a moment, as long as its window. Raises FileNotFoundError where no sound is kept."""
    return _kept(str(alert_id), live_id, window)


def flac_of_stretch(live_id: int, window: Window) -> Path:
    """Return the FLAC of any stretch of a live, likewise. Raises FileNotFoundError where no sound is kept."""
    return _kept(f"live{live_id}-{window.start_s:.1f}", live_id, window)


def _kept(name: str, live_id: int, window: Window) -> Path:
    """Return a file that is kept under a name and its extent; it is made where there is none."""
    found = extent(live_id, window)
    if found is None:
        raise FileNotFoundError(f"No sound of {name} is kept.")
    path = _folder() / f"{name}-{found}.flac"
    if not path.exists():
        sound = spool.read(live_id, window.start_s, window.end_s)
        _write(path, registry.get(AudioCodec).encode(sound.pcm))
        _prune(path.parent)
    return path


def outline(live_id: int, window: Window) -> Peaks:
    """Return the outline of a moment; flat where nothing was received."""
    return peaks(np.frombuffer(spool.read(live_id, window.start_s, window.end_s).pcm, "<i2"))


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "cache" / "moments"


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or none: others may ask for it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as temporary:
        temporary.write(content)
    Path(temporary.name).replace(path)


def _prune(folder: Path) -> None:
    """Drop the files that were made first; they can be made again."""
    for path in sorted(folder.glob("*.flac"), key=_made_at)[:-KEPT]:
        path.unlink(missing_ok=True)


def _made_at(path: Path) -> float:
    """Return when a file was made; 0 once another process dropped it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
