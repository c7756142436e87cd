"""The original sound of lives, on disk: `audio/<live>/<index>.pcm` while it comes in, then `.flac`, hashed and chained.

What was written is safe from `kill -9`: samples go to the raw file at once, and the row of a segment changes only after
its FLAC is complete. `recover` puts right whatever a crash interrupted.
"""

import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from vigie.events import SAMPLE_BYTES, SAMPLE_RATE
from vigie.ports import AudioCodec, Fence, LiveRef, PlacedAudio, PortError
from vigie.runtime import leases, registry
from vigie.speech import chain, operations
from vigie.speech.chain import Link, Place
from vigie.speech.models import AudioSegment
from vigie.speech.sound import Piece, Sound, assemble

SEGMENT_SAMPLES = 60 * SAMPLE_RATE


class Spool:
    """Writes the sound of one live. One writer a live: the owner of its lease."""

    def __init__(self, live: LiveRef) -> None:
        """Begin after the segments that are there; `recover` must have run."""
        self._live = live
        self._segment: AudioSegment | None = None
        self._file: BinaryIO | None = None
        self._samples = 0

    def takes(self, audio: PlacedAudio) -> bool:
        """Return whether `audio` goes into the open segment; otherwise `turn` comes first."""
        is_open = self._file is not None and not self._file.closed
        segment = self._segment if is_open else None
        return segment is not None and segment.epoch == audio.epoch and self._samples < SEGMENT_SAMPLES

    def turn(self, audio: PlacedAudio) -> None:
        """Seal the open segment and open one that begins with `audio`. Asks the database.

        Raises PortError; LeaseLost where another owns the live.
        """
        self.seal()
        with leases.holding(self._live.fence):
            segment = operations.open_segment(self._live.live_id, audio)
        path = raw_path(segment)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            operations.drop_segment(segment)
            raise _not_kept(error) from error
        self._segment, self._samples = segment, 0

    def write(self, pcm: bytes) -> None:
        """Keep a stretch of sound whole; it survives a crash of this process once this returns. Raises PortError.

        After that nothing of it is kept, and the next sound begins a segment of its own.
        """
        assert self._file is not None  # noqa: S101 -- `takes` said so, or `turn` opened it
        rest = memoryview(pcm)
        try:
            while rest:  # a disk that is nearly full takes a part, and says so by the number alone
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self._file.truncate(self._samples * SAMPLE_BYTES)
            self._file.close()
            raise _not_kept(error) from error
        self._samples += len(pcm) // SAMPLE_BYTES

    def seal(self) -> None:
        """Turn the open segment into FLAC with its hash. Asks the database.

        Raises PortError; it may be tried again. Raises LeaseLost where another owns the live: it seals the segment.
        """
        if self._segment and self._file:
            self._file.close()
            try:
                _seal(self._segment, self._live.fence)
            except OSError as error:
                raise _not_kept(error) from error
            self._segment = self._file = None

    def let_go(self) -> None:
        """Close the file of an open segment as it is: whoever takes the live up seals it. Safe to call twice."""
        if self._file:
            self._file.close()


def _not_kept(error: OSError) -> PortError:
    """Return what to tell of a disk that is full, or a folder that may not be written."""
    folder = Path(settings.DATA_DIR) / "audio"
    return PortError(f"{folder}: the sound cannot be kept ({error.strerror}).", retryable=True)


def recover(live: LiveRef) -> None:
    """Finish what a crash interrupted: seal raw segments, drop rows without sound and files without use.

    Raises LeaseLost where another owns the live.
    """
    for segment in AudioSegment.objects.filter(live=live.live_id, sha256="").order_by("index"):
        _seal(segment, live.fence)
    for segment in AudioSegment.objects.filter(live=live.live_id).exclude(sha256="").order_by("-index")[:1]:
        raw_path(segment).unlink(missing_ok=True)
        for left in _folder(segment).glob("*.tmp"):
            left.unlink()


def kept_until(live_id: int) -> tuple[int, float] | None:
    """Return the last epoch of a live and where its kept sound ends, in seconds since the live started."""
    last = AudioSegment.objects.filter(live=live_id).order_by("-index").first()
    if last is None:
        return None
    return last.epoch, last.offset_s + _length(last) / SAMPLE_RATE


def read(live_id: int, start_s: float, end_s: float) -> Sound:
    """Return the sound between two moments of a live, in seconds since it started; silent where none was received."""
    segments = AudioSegment.objects.filter(live=live_id, offset_s__lt=end_s).order_by("index")
    pieces = (
        Piece(round((segment.offset_s - start_s) * SAMPLE_RATE), _samples(segment))
        for segment in segments
        if segment.offset_s + _length(segment) / SAMPLE_RATE > start_s
    )
    return assemble(round((end_s - start_s) * SAMPLE_RATE), pieces)


def read_samples(live_id: int, epoch: int, start: int, end: int) -> bytes:
    """Return samples `start` to `end` of an epoch as s16le; shorter where they are not all there."""
    parts: list[bytes] = []
    segments = AudioSegment.objects.filter(live=live_id, epoch=epoch, start_sample__lt=end).order_by("index")
    for segment in segments:
        first = max(0, start - segment.start_sample)
        last = end - segment.start_sample
        if first < _length(segment):
            parts.append(_samples(segment)[first * SAMPLE_BYTES : last * SAMPLE_BYTES])
    return b"".join(parts)


def first_fault(live_id: int) -> Link | None:
    """Return the first sealed segment of a live that is not what was captured; None when all of them are."""
    sealed = AudioSegment.objects.filter(live=live_id).exclude(sha256="").order_by("index")
    for segment in sealed:
        path = flac_path(segment)
        if not path.exists() or chain.digest(path.read_bytes()) != segment.sha256:
            return _link(segment)
    return chain.first_fault(map(_link, sealed))


def raw_path(segment: AudioSegment) -> Path:
    """Return where the samples of an open segment lie."""
    return _folder(segment) / f"{segment.index:05}.pcm"


def flac_path(segment: AudioSegment) -> Path:
    """Return where a sealed segment lies."""
    return _folder(segment) / f"{segment.index:05}.flac"


def _link(segment: AudioSegment) -> Link:
    place = Place(
        live_id=segment.live_id,
        index=segment.index,
        epoch=segment.epoch,
        start_sample=segment.start_sample,
        samples=segment.samples,
        offset_s=float(segment.offset_s),
    )
    return Link(place, segment.sha256, segment.chain_hash)


def _folder(segment: AudioSegment) -> Path:
    return Path(settings.DATA_DIR) / "audio" / str(segment.live_id)


def _length(segment: AudioSegment) -> int:
    """Return how many samples a segment holds so far."""
    if not segment.sha256:
        try:
            return raw_path(segment).stat().st_size // SAMPLE_BYTES
        except FileNotFoundError:
            _look_again(segment)
    return segment.samples


def _look_again(segment: AudioSegment) -> None:
    """Read the row of a segment anew, whose raw samples are gone: it was sealed, or dropped, since it was read."""
    with suppress(AudioSegment.DoesNotExist):
        segment.refresh_from_db()


def _seal(segment: AudioSegment, fence: Fence | None) -> None:
    """Make the FLAC, then the row, then forget the raw samples: in this order, any of it may be done again.

    The FLAC takes its place and the row changes in one transaction: a former owner that wakes up late replaces neither.
    """
    raw = _captured(segment)
    segment.samples = len(raw) // SAMPLE_BYTES
    if not raw:
        with leases.holding(fence):
            operations.drop_segment(segment)
            raw_path(segment).unlink(missing_ok=True)
        return
    flac = registry.get(AudioCodec).encode(raw)
    segment.sha256 = chain.digest(flac)
    former = AudioSegment.objects.filter(live=segment.live_id, index=segment.index - 1).first()
    segment.chain_hash = chain.link(former.chain_hash if former else chain.FIRST, segment.sha256, _link(segment).place)
    whole = _written_durably(flac_path(segment).with_suffix(f".{fence.token if fence else 0}.tmp"), flac)
    try:
        with leases.holding(fence):
            whole.replace(flac_path(segment))
            operations.seal_segment(segment)
    finally:
        whole.unlink(missing_ok=True)
    raw_path(segment).unlink(missing_ok=True)


def _captured(segment: AudioSegment) -> bytes:
    """Return the samples of an open segment, without the half of one that a crash may leave.

    They lie in the FLAC alone where the power failed after the raw file went, and the database forgot its last words.
    """
    if raw_path(segment).exists():
        raw = raw_path(segment).read_bytes()
        return raw[: len(raw) // SAMPLE_BYTES * SAMPLE_BYTES]
    return _decoded(flac_path(segment)) if flac_path(segment).exists() else b""


def _written_durably(path: Path, content: bytes) -> Path:
    """Return the file, on the disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def _samples(segment: AudioSegment) -> bytes:
    """Return what a segment holds so far; nothing where its file is gone or damaged: `first_fault` tells which."""
    if not segment.sha256:
        try:
            return raw_path(segment).read_bytes()
        except FileNotFoundError:
            _look_again(segment)
    try:
        return _decoded(flac_path(segment))
    except (FileNotFoundError, PortError):
        return b""


def forget_decoded() -> None:
    """Forget the samples kept in memory, after files were erased."""
    _decoded.cache_clear()


@lru_cache(maxsize=4)
def _decoded(path: Path) -> bytes:
    """Neighbouring utterances lie in the same segment: 2 MB of samples a minute are kept for a few of them."""
    return registry.get(AudioCodec).decode(path.read_bytes())
