"""What an installation has kept, read from its data folder by other means than its own."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vigie.adapters.audio.client import FlacCodec

if TYPE_CHECKING:
    import psycopg

RATE = 16_000
SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound of a live that is kept, and where it lies in it."""

    offset_s: float
    pcm: bytes

    @property
    def end_s(self) -> float:
        return self.offset_s + len(self.pcm) / SAMPLE_BYTES / RATE


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance. `stretch` is its epoch, first and last sample; of captions, its place in the live alone."""

    seq: int
    source: str
    stretch: tuple[int, float, float]
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """The only live of an installation, at one moment."""

    sound: tuple[Stretch, ...]
    gaps: tuple[tuple[float, float, str], ...]
    said: tuple[Said, ...]
    judged: tuple[tuple[int, str], ...]
    """Of each assessment: the utterance, and its outcome."""
    alerts: tuple[tuple[int, int], ...]
    """Of each alert: its id, and the assessment."""
    counted_s: tuple[float, float, float]
    """What the live tells of itself: seconds heard, seconds lost, where it was heard until."""

    @property
    def heard_s(self) -> float:
        """How much sound is kept."""
        return sum(stretch.end_s - stretch.offset_s for stretch in self.sound)

    @property
    def lost_s(self) -> float:
        """How much is told to be missing."""
        return sum(to_s - from_s for from_s, to_s, _ in self.gaps)


def read(data_dir: Path) -> Record:
    """Return what is kept of the only live; nothing before there is one."""
    with closing(sqlite3.connect(data_dir / "vigie.sqlite3", timeout=30)) as database:
        return read_from(database, data_dir)


def read_from(database: "sqlite3.Connection | psycopg.Connection[Any]", data_dir: Path) -> Record:
    """Return the same from a database that is open, all of it as of one moment."""
    with closing(database.cursor()) as cursor:
        cursor.execute("BEGIN")
        segments = _rows(cursor, 'SELECT live_id, "index", offset_s FROM speech_audiosegment ORDER BY "index"')
        said = _rows(
            cursor,
            "SELECT seq, source, epoch, coalesce(start_sample, start_s), coalesce(end_sample, end_s), state, text"
            " FROM speech_utterance ORDER BY seq",
        )
        counted = _rows(cursor, "SELECT heard_s, lost_s, heard_until_s FROM watch_live")
        return Record(
            sound=tuple(Stretch(offset_s, _sound(data_dir, live, index)) for live, index, offset_s in segments),
            gaps=tuple(_rows(cursor, "SELECT from_s, to_s, cause FROM watch_gap ORDER BY from_s")),
            said=tuple(Said(seq, source, (epoch, start, end), *rest) for seq, source, epoch, start, end, *rest in said),
            judged=tuple(_rows(cursor, "SELECT ref_id, outcome FROM risk_assessment ORDER BY ref_id")),
            alerts=tuple(_rows(cursor, "SELECT id, assessment_id FROM moderation_alert ORDER BY id")),
            counted_s=counted[0] if counted else (0.0, 0.0, 0.0),
        )


def _rows(cursor: Any, query: str) -> list[Any]:
    cursor.execute(query)
    return [tuple(row) for row in cursor.fetchall()]


def _sound(data_dir: Path, live: int, index: int) -> bytes:
    """Return the samples of a segment: as they came in, or from the FLAC that took their place."""
    path = data_dir / "audio" / str(live) / f"{index:05}"
    try:
        return path.with_suffix(".pcm").read_bytes()
    except FileNotFoundError:
        flac = path.with_suffix(".flac")
        return FlacCodec().decode(flac.read_bytes()) if flac.exists() else b""
