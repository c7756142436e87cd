r"""Where a file of an OBS on another machine lies here: `C:\Replays -> /mnt/replays`. Pure: asks no disk.

OBS spells paths as its own machine does, on Windows with either slash; what decides is how the path begins.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from vigie.errors import VigieError

ARROW = "->"

_WINDOWS = re.compile(r"[A-Za-z]:[/\\]|[/\\]{2}")


class CannotMap(VigieError):
    """This path of another machine is nowhere here."""


class Flaw(StrEnum):
    """Why a line maps nothing."""

    ARROW = "arrow"
    THERE = "there"
    """What stands before the arrow is no whole path of a folder."""
    HERE = "here"
    """What stands after it is no whole path of this system."""
    TWICE = "twice"
    """A line before it maps the same folder."""


_SAID = {
    Flaw.ARROW: f"write the folder there, {ARROW}, and the folder here.",
    Flaw.THERE: f"the folder before {ARROW} needs a whole path, as C:\\Replays or /home/anna/replays.",
    Flaw.HERE: f"the folder after {ARROW} needs a whole path of this machine.",
    Flaw.TWICE: f"a line above maps the same folder before {ARROW}.",
}


class BadMapping(VigieError):
    """These lines map no paths."""

    def __init__(self, flaw: Flaw, line: int) -> None:
        super().__init__(f"Line {line}: {_SAID[flaw]}")
        self.flaw = flaw
        self.line = line
        """Counted from 1."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A folder of the machine of an OBS, and the same folder as it is called here."""

    there: PurePath
    here: Path


def parse_mapping(text: str) -> tuple[Mapping, ...]:
    """Return what lines of `there -> here` say; empty lines say nothing. Raises BadMapping."""
    mappings: list[Mapping] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            mapping = _mapping(line, number)
            if any(mapping.there == other.there for other in mappings):
                raise BadMapping(Flaw.TWICE, number)
            mappings.append(mapping)
    return tuple(mappings)


def local_path(reported: str, mappings: tuple[Mapping, ...] = ()) -> Path:
    """Return where a file lies here that an OBS tells of: under the longest folder mapped that holds it.

    Without one a path is taken as it is, where it is whole on this system. Raises CannotMap; a path never leaves the
    folder that it is mapped to. Upper and lower case differ, save for Windows.
    """
    path = _path_there(reported)
    if not _is_whole(path):
        raise CannotMap(f"OBS tells of {reported!r}, which is no whole path without '..'.")
    fitting = [mapping for mapping in mappings if path.is_relative_to(mapping.there)]
    if fitting:
        mapping = max(fitting, key=lambda mapping: len(mapping.there.parts))
        relative = path.relative_to(mapping.there)
        if not _is_kept(mapping.here, relative):
            raise CannotMap(f"OBS tells of {reported!r}, which is no path of this machine.")
        return mapping.here.joinpath(*relative.parts)
    if not isinstance(Path(), type(path)):
        raise CannotMap(f"OBS tells of {reported!r}, which is on another machine: map its folder to one here.")
    return Path(reported)


def _mapping(line: str, number: int) -> Mapping:
    there, arrow, here = (part.strip() for part in line.partition(ARROW))
    if not arrow:
        raise BadMapping(Flaw.ARROW, number)
    if not _is_whole(_path_there(there)):
        raise BadMapping(Flaw.THERE, number)
    if not _is_whole(Path(here)):
        raise BadMapping(Flaw.HERE, number)
    return Mapping(_path_there(there), Path(here))


def _path_there(text: str) -> PurePath:
    return PureWindowsPath(text) if _WINDOWS.match(text) else PurePosixPath(text)


def _is_whole(path: PurePath) -> bool:
    return path.is_absolute() and ".." not in path.parts and "\0" not in str(path)


def _is_kept(folder: PurePath, relative: PurePath) -> bool:
    """Return whether a path stays as it is in a folder: a name of one system may hold what is a slash on another."""
    return folder.joinpath(*relative.parts).parts == (*folder.parts, *relative.parts)
