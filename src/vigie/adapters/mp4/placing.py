"""A new file that appears whole or not at all, and never in the place of another."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

WITHOUT_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
"""What file systems say that have no hard links: exFAT, shares of Windows."""


@contextmanager
def placed(path: Path, link: Callable[[Path, Path], None] = os.link) -> Iterator[Path]:
    """Yield where to write what becomes `path` at the end of the block: `.part` beside it, empty.

    One at a time writes it; what a killed process left there is written over. Whatever the block raises, nothing is
    left. Raises FileExistsError where `path` exists, also where it appeared meanwhile, BlockingIOError where another
    writes it, OSError where the disk refuses.
    """
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            if path.exists():
                raise FileExistsError(f"{path} exists.")
            yield part
            os.fsync(descriptor)
            _named(part, path, link)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
        _sync(path.parent)
    finally:
        os.close(descriptor)


def _named(part: Path, path: Path, link: Callable[[Path, Path], None]) -> None:
    """Give the file its name. Without links, what appears in the very moment of that is replaced."""
    try:
        link(part, path)
    except OSError as error:
        if error.errno not in WITHOUT_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists.") from error
        part.rename(path)


def _sync(folder: Path) -> None:
    """Let what was done in a folder survive a loss of power, where the disk has a way to ask for it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
