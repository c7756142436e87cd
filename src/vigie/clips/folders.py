"""Where clips lie: `clips/<workspace>/` below the data folder, and `clips/incoming/` until each has its name."""

import os
from itertools import chain
from pathlib import Path

from django.conf import settings

from vigie.clips.filenames import SUFFIX
from vigie.clips.models import Clip
from vigie.clips.placing import CannotPlace, look

VIDEOS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".flv", ".ts"})
"""What OBS calls its files."""


def root() -> Path:
    """Return the folder of all clips."""
    return Path(settings.DATA_DIR) / "clips"


def incoming(clip: Clip) -> Path:
    """Return where a clip is written, or brought, before it has its name."""
    return root() / "incoming" / f"{clip.pk}.mp4"


def folder_of(workspace_id: int) -> Path:
    """Return the folder of a workspace's clips."""
    return root() / str(workspace_id)


def path_of(clip: Clip) -> Path:
    """Return where the file of a clip is that has its name."""
    return folder_of(clip.workspace_id) / clip.name


def file_of(clip: Clip) -> Path:
    """Return where the file of a clip is; one that was being moved when a process died may be where the row says not.

    It is known by its look then, for the name that it was to have may be another one by now.
    """
    stated = path_of(clip) if clip.name else incoming(clip)
    if stated.is_file():
        return stated
    others = chain([incoming(clip)], folder_of(clip.workspace_id).rglob(f"*{SUFFIX}"))
    return next((path for path in others if clip.look == _look_of(path)), stated)


def _look_of(path: Path) -> list[int]:
    try:
        seen = look(path)
    except CannotPlace:
        return []
    return [seen.size_bytes, seen.modified_ns]


def may_be_replay(path: Path) -> bool:
    """Return whether a file may be taken for a replay: a video in a folder that the operator named, and not our own.

    Whoever adds an OBS says where it is: what answers there may tell of any file of this machine.
    """
    real = Path(os.path.realpath(path))
    named = settings.OPTIONS.folders_of_replays()
    is_named = any(real.is_relative_to(os.path.realpath(folder)) for folder in named)
    return is_named and real.suffix.lower() in VIDEOS and not real.is_relative_to(os.path.realpath(settings.DATA_DIR))
