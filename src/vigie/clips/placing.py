"""Finished files take their place among the clips: never over another file, and once however often it is tried.

Nothing here waits: the caller looks twice to see that a file is finished, and sleeps between tries.
"""

import errno
import filecmp
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG

from vigie.clips.filenames import collision_key, numbered
from vigie.errors import VigieError

RETRY_DELAYS_S = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0)
"""Between tries while a scanner, an indexer or a preview holds the file. After that a job tries again later."""

_CLOCK_NS = 2 * 10**9
"""How coarsely FAT dates files."""


class Reason(StrEnum):
    """Why a file did not take its place."""

    ESCAPES = "escapes"
    """Its name leads out of the folder."""
    GONE = "gone"
    CHANGED = "changed"
    """Another file is there than the one looked at, or no regular one: look again."""
    NAME = "name"
    """The file system takes no such name, or a file stands where its folder would."""
    LOCKED = "locked"
    """Another program holds it, or it may not be touched."""
    FULL = "full"
    READ_ONLY = "read_only"
    STAYS = "stays"
    """It took its place, and the original cannot be removed."""
    DISK = "disk"
    """Anything else the system says."""


_REASONS = {
    errno.ENOENT: Reason.GONE,
    errno.EACCES: Reason.LOCKED,
    errno.EPERM: Reason.LOCKED,
    errno.EBUSY: Reason.LOCKED,
    errno.ENOSPC: Reason.FULL,
    errno.EDQUOT: Reason.FULL,
    errno.EROFS: Reason.READ_ONLY,
    errno.ENAMETOOLONG: Reason.NAME,
    errno.EILSEQ: Reason.NAME,
    errno.EINVAL: Reason.NAME,
    errno.ENOTDIR: Reason.NAME,
    errno.EEXIST: Reason.NAME,
}
_WITHOUT_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EMLINK}
"""What file systems say that have no hard links, or none to the files of somebody else."""


class CannotPlace(VigieError):
    """The file did not take its place; it is where it was."""

    def __init__(self, source: Path, reason: Reason, said: str, placed: Path | None = None) -> None:
        super().__init__(f"{source} cannot be moved among the clips ({reason}): {said}.")
        self.reason = reason
        self.placed = placed
        """Where the file is, whole, all the same: for `Reason.STAYS` alone."""

    @property
    def is_retryable(self) -> bool:
        """Whether the same may work later."""
        return self.reason not in {Reason.ESCAPES, Reason.GONE, Reason.CHANGED, Reason.NAME}


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one video file from another without reading it. Kept with its row, a crash does not matter."""

    size_bytes: int
    modified_ns: int


def look(path: Path) -> Look:
    """Return how a file is now. Raises CannotPlace where there is none."""
    try:
        status = path.lstat()
    except OSError as error:
        raise _trouble(path, error) from error
    if not S_ISREG(status.st_mode):
        raise CannotPlace(path, Reason.CHANGED, "it is no regular file")
    return Look(status.st_size, status.st_mtime_ns)


def is_settled(before: Look, after: Look) -> bool:
    """Return whether nobody wrote between two looks, 100 ms apart or more."""
    return before == after and after.size_bytes > 0


def _copy(source: Path, target: Path) -> None:
    """Copy content and date, on the disk when this returns; who may read the copy is as for any new file."""
    shutil.copyfile(source, target)
    status = source.stat()
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    with target.open("r+b") as file:
        os.fsync(file.fileno())


def _rename(source: Path, target: Path) -> None:
    """Rename without links. Raises FileExistsError. A crash in between leaves an empty file, which keeps its name."""
    if os.name == "nt":
        source.rename(target)  # fails there where the target exists
        return
    target.open("xb").close()
    try:
        source.replace(target)
    except OSError:
        target.unlink()
        raise


def _sync(folder: Path) -> None:
    """Let what was put into a folder survive a loss of power, where the system has a way to ask for it."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Disk:
    """What is done to files. Each raises OSError."""

    link: Callable[[Path, Path], None] = os.link
    rename: Callable[[Path, Path], None] = _rename
    copy: Callable[[Path, Path], None] = _copy
    unlink: Callable[[Path], None] = os.unlink
    sync: Callable[[Path], None] = _sync


DISK = Disk()


def place(source: Path, folder: Path, name: str, *, seen: Look, disk: Disk = DISK) -> Path:
    """Move `source` to `folder/name`, numbered where that is taken, and return its path.

    `name` is relative, with slashes; its folders are made. `seen` is the last look at the file: with it the same call
    finds, after a crash at any point, where the file is already, and finishes. From another device the file is copied,
    and takes its place complete. One call at a time for one `source`. Raises CannotPlace.
    """
    try:
        parent = _parent(source, folder, name)
        target = _found(source, parent / Path(name).name, seen)
        if target is None:
            _check(source, seen)
            target = _put(source, parent / Path(name).name, seen, disk)
        disk.sync(parent)
        _part(source, parent).unlink(missing_ok=True)
    except OSError as error:
        raise _trouble(source, error) from error
    _remove(source, target, seen, disk)
    return target


def _trouble(source: Path, error: OSError) -> CannotPlace:
    return CannotPlace(source, _REASONS.get(error.errno or 0, Reason.DISK), error.strerror or str(error))


def _parent(source: Path, folder: Path, name: str) -> Path:
    """Return the folder that the file goes to, made."""
    relative = Path(name)
    if relative.anchor or ".." in relative.parts or not relative.name or "\0" in name:
        raise CannotPlace(source, Reason.ESCAPES, f"{name!r} leads out of {folder}")
    folder.mkdir(parents=True, exist_ok=True)
    parent = folder
    for part in relative.parts[:-1]:
        parent = _alike(parent / part)
        if not Path(os.path.realpath(parent)).is_relative_to(folder.resolve()):  # `resolve` breaks on a link to itself
            raise CannotPlace(source, Reason.ESCAPES, f"{name!r} leads out of {folder}")
        parent.mkdir(exist_ok=True)
    return parent


def _alike(folder: Path) -> Path:
    """Return the folder, or the one that some system takes for the same where that is there already."""
    if folder.exists():
        return folder
    key = collision_key(folder.name)
    return next((path for path in folder.parent.iterdir() if collision_key(path.name) == key), folder)


def _found(source: Path, wanted: Path, seen: Look) -> Path | None:
    """Return where the file is already, by that name or a number of it."""
    alike = (path for path in wanted.parent.iterdir() if _is_numbered(path.name, wanted.name))
    return next((path for path in alike if _is_it(path, source, seen)), None)


def _is_numbered(name: str, wanted: str) -> bool:
    digits = Path(name).stem.rpartition("-")[2]
    names = [wanted, numbered(wanted, int(digits))] if digits.isdecimal() else [wanted]
    return collision_key(name) in map(collision_key, names)


def _is_one(source: Path, target: Path) -> bool:
    """Return whether two paths are one on some system."""
    return source.parent.samefile(target.parent) and collision_key(source.name) == collision_key(target.name)


def _is_it(path: Path, source: Path, seen: Look) -> bool:
    now = _now(path)
    if now is None or now.size_bytes != seen.size_bytes or abs(now.modified_ns - seen.modified_ns) > _CLOCK_NS:
        return False
    return _now(source) != seen or filecmp.cmp(path, source, shallow=False)


def _now(path: Path) -> Look | None:
    try:
        return look(path)
    except CannotPlace:
        return None


def _check(source: Path, seen: Look) -> None:
    if look(source) != seen:
        raise CannotPlace(source, Reason.CHANGED, "it was written again")


def _put(source: Path, wanted: Path, seen: Look, disk: Disk) -> Path:
    """Give the file the first name that is free."""
    taken = {collision_key(path.name) for path in wanted.parent.iterdir()}
    number = 1
    while True:
        target = wanted.with_name(numbered(wanted.name, number)) if number > 1 else wanted
        if collision_key(target.name) not in taken:
            with suppress(FileExistsError):  # somebody was quicker
                _bring(source, target, seen, disk)
                return target
        number += 1


def _bring(source: Path, target: Path, seen: Look, disk: Disk) -> None:
    try:
        _link(source, target, disk)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return
    part = _part(source, target.parent)
    part.unlink(missing_ok=True)  # after a crash it may be the clip itself by another name: never write into it
    try:
        disk.copy(source, part)
        _check(source, seen)
        _link(part, target, disk)
    except (OSError, CannotPlace):
        part.unlink(missing_ok=True)
        raise


def _link(source: Path, target: Path, disk: Disk) -> None:
    """Give a file another name on its device. Raises FileExistsError."""
    try:
        disk.link(source, target)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        disk.rename(source, target)


def _part(source: Path, folder: Path) -> Path:
    """Return where a copy grows: the same for each try."""
    return folder / f".{sha256(os.fsencode(source)).hexdigest()[:16]}.part"


def _remove(source: Path, target: Path, seen: Look, disk: Disk) -> None:
    """Remove the original, unless another file took its name meanwhile, or it was in its place from the beginning."""
    if _now(source) != seen or _is_one(source, target):
        return
    try:
        disk.unlink(source)
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotPlace(source, Reason.STAYS, error.strerror or str(error), target) from error
