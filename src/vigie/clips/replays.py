"""Takes the files that an OBS wrote, before its next replay may overwrite them."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from asgiref.sync import sync_to_async

from vigie.clips import folders, operations, placing
from vigie.clips.models import Clip
from vigie.clips.pathmaps import CannotMap, local_path, parse_mapping
from vigie.clips.placing import DISK, CannotPlace, Look

SETTLE_S = 0.1
MOST_LOOKS = 50
"""A file that is still being written after 5 s is taken for one that another program writes to."""
CLOCKS_DIFFER = timedelta(seconds=5)


async def take(clip: Clip, path_map: str) -> Look:
    """Bring the file of a clip to where it waits for its name, and return how it is.

    Once it was looked at, the same call finds it wherever a crash left it. Raises CannotMap, CannotPlace.
    """
    source = await asyncio.to_thread(_allowed, clip.original, path_map)
    target = folders.incoming(clip)
    if not clip.look:
        seen = await _settled(source)
        await asyncio.to_thread(target.unlink, missing_ok=True)
        await sync_to_async(operations.note_look)(clip, seen)
    await asyncio.to_thread(_place, source, target, Look(*clip.look))
    return Look(*clip.look)


def was_written(reported: str, path_map: str, since: datetime, *, taken: Collection[Sequence[int]] = ()) -> bool:
    """Return whether OBS wrote this file since then, and it is still there; `taken` are looks of other clips.

    Where their originals cannot be removed, the last one is there, too.
    """
    try:
        seen = placing.look(_allowed(reported, path_map))
    except (CannotMap, CannotPlace):
        return False
    if [seen.size_bytes, seen.modified_ns] in taken:
        return False
    return seen.modified_ns >= (since - CLOCKS_DIFFER).timestamp() * 1e9


def _allowed(reported: str, path_map: str) -> Path:
    path = local_path(reported, parse_mapping(path_map))
    if not folders.may_be_replay(path):
        raise CannotMap(f"OBS tells of {reported!r}, which is no video in a folder that replays are taken from.")
    return path


async def _settled(path: Path) -> Look:
    """Return the look of a file that nobody writes any more. Raises CannotPlace."""
    after = await asyncio.to_thread(placing.look, path)
    for _ in range(MOST_LOOKS):
        before = after
        await asyncio.sleep(SETTLE_S)
        after = await asyncio.to_thread(placing.look, path)
        if placing.is_settled(before, after):
            return after
    raise CannotPlace(path, placing.Reason.CHANGED, "it is still being written")


def _place(source: Path, target: Path, seen: Look) -> None:
    try:
        placing.place(source, target.parent, target.name, seen=seen, disk=DISK)
    except CannotPlace as trouble:
        if not trouble.placed:  # else it is here, whole; the original stays where it was
            raise
