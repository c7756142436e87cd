"""The port VideoFiles: MP4 by PyAV. Every trouble of FFmpeg and of the disk becomes a PortError here."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import av

from vigie.adapters.mp4 import copying, encoding, reading
from vigie.adapters.mp4.placing import placed
from vigie.ports import PortError, Reel, VideoFacts

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EFBIG: "the disk takes no file of that size",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "its folder may not be written to",
    errno.EPERM: "its folder may not be written to",
    errno.ENOENT: "its folder does not exist",
    errno.ENOTDIR: "its folder does not exist",
    errno.EAGAIN: "another process is writing it",
}
NO_MEDIA = (
    *(ValueError, LookupError, EOFError, ArithmeticError),
    *(av.error.BugError, av.error.ExternalError, av.error.PatchWelcomeError, av.error.UnknownError),
)
"""What is raised of packets and files, and not of the disk."""


class Mp4Files:
    """Files of this machine."""

    def write(self, reels: Sequence[Reel], path: Path) -> None:
        """Write what `vigie.ports.VideoFiles.write` promises."""
        if not any(reel.packets for reel in reels):
            raise PortError(f"{path.name}: nothing to write.", permanent=True)
        with _disk_told(path), placed(path) as part:
            _write([reel for reel in reels if reel.packets], part, path.name)

    def probe(self, path: Path) -> VideoFacts:
        """Return what a file is. Raises PortError where it is no video that can be played."""
        with _file_told(path):
            return reading.probe(path)

    def poster(self, path: Path, at_s: float) -> bytes:
        """Return a picture of the file near that moment, JPEG, at most 640 pixels wide. Raises PortError."""
        with _file_told(path):
            return reading.poster(path, at_s)


def _write(reels: Sequence[Reel], part: Path, name: str) -> None:
    if len(reels) == 1 and not copying.has_gap(reels[0]):
        with suppress(*NO_MEDIA):  # what MP4 does not hold is encoded again
            return copying.copy(reels[0], part)
    try:
        encoding.encode(reels, part)
    except NO_MEDIA as error:
        raise PortError(f"{name}: these packets make no video.", permanent=True) from error


@contextmanager
def _disk_told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        reason = REASONS.get(error.errno or 0, error.strerror or "the disk refuses")
        raise PortError(f"{path.name} cannot be written: {reason}.", retryable=True) from error


@contextmanager
def _file_told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise PortError(f"{path.name}: no such file.", permanent=True) from error
    except NO_MEDIA as error:
        raise PortError(f"{path.name}: no video that can be played.", permanent=True) from error
    except (OSError, av.FFmpegError) as error:
        raise PortError(f"{path.name} cannot be read: {error.strerror}.", retryable=True) from error
