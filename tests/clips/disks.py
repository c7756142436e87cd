"""Disks for tests: without links, several in one, refusing, and crashing the program at any point."""

import errno
import os
from collections.abc import Callable
from dataclasses import fields
from itertools import count
from pathlib import Path

from vigie.clips.placing import DISK, Disk

Operation = Callable[..., None]


class Crash(BaseException):
    """The program ends here, as by `kill -9`: nothing after it runs."""


def refusing(number: int) -> Operation:
    """Return what fails with an error of the system."""

    def refuse(*_paths: Path) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def link_within_a_folder(source: Path, target: Path) -> None:
    """Link as where each folder is a device of its own."""
    if source.parent != target.parent:
        refusing(errno.EXDEV)()
    os.link(source, target)


def rename_within_a_folder(source: Path, target: Path) -> None:
    if source.parent != target.parent:
        refusing(errno.EXDEV)()
    DISK.rename(source, target)


DISKS = {
    "links": DISK,
    "no links": Disk(link=refusing(errno.EPERM)),
    "devices": Disk(link=link_within_a_folder),
    "devices, no links": Disk(link=refusing(errno.EOPNOTSUPP), rename=rename_within_a_folder),
}


def written(path: Path, content: str = "a moment") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def crashing(disk: Disk, at: int, *, after: bool) -> Disk:
    """Return a disk that crashes the program before or after its n-th operation."""
    steps = count()

    def wrapped(operation: Operation) -> Operation:
        def operate(*paths: Path) -> None:
            is_last = next(steps) == at
            if is_last and not after:
                raise Crash
            try:
                operation(*paths)
            finally:
                if is_last:
                    raise Crash

        return operate

    return Disk(**{field.name: wrapped(getattr(disk, field.name)) for field in fields(disk)})
