"""What the engine runs: give clips their names, look at them; delete those that are kept no longer."""

import hashlib
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from celery import shared_task
from django.conf import settings

from vigie.clips import folders, operations, queries
from vigie.clips.filenames import BadTemplate, ClipValues
from vigie.clips.models import Clip, ClipState
from vigie.clips.operations import FINISH
from vigie.clips.placing import CannotPlace, Look, place
from vigie.ports import PortError, VideoFiles
from vigie.runtime import clock, registry

log = structlog.get_logger(__name__)

BLOCK_BYTES = 2**20


def is_due(now: datetime) -> bool:
    """Return whether a clip is to be named or looked at, or was left behind."""
    return queries.unfinished(now).exists() or operations.is_left(now)


@shared_task(name=FINISH)
def finish_clips() -> None:
    """Bring every clip that has a file to its end, until none is left."""
    operations.put_right(clock.now())
    while clip := operations.claim_unfinished(clock.now()):
        _finish(clip)


def _finish(clip: Clip) -> None:
    try:
        if clip.state == ClipState.SAVED:
            _name(clip)
        _look_at(clip)
    except BadTemplate as error:
        operations.fail(clip, str(error))
    except CannotPlace as error:
        if error.is_retryable:
            operations.postpone(clip, str(error), now=clock.now())
        else:
            operations.fail(clip, str(error))
    except PortError as error:
        operations.fail(clip, str(error))


def _name(clip: Clip) -> None:
    """Give the file of a clip its name; one that has it already keeps it."""
    seen = Look(*clip.look)
    folder = folders.folder_of(clip.workspace_id)
    placed = place(folders.incoming(clip), folder, operations.wanted_name(clip, _values(clip)), seen=seen)
    operations.note_named(clip, placed.relative_to(folder).as_posix(), now=clock.now())


def _values(clip: Clip) -> ClipValues:
    at = operations.moment_of(clip)
    channel = clip.channel.name if clip.channel else ""
    zone = ZoneInfo(settings.TIME_ZONE)
    return ClipValues(channel, clip.chatter, clip.trigger, at, zone, clip.seq, clip.score, clip.viewers)


def _look_at(clip: Clip) -> None:
    """Read all of the file: what it is, that it plays, what it looks like."""
    path, files = folders.path_of(clip), registry.get(VideoFiles)
    facts = files.probe(path)
    poster = (
        files.poster(path, min(max(clip.at_s - (clip.starts_s or 0.0), 0.0), facts.duration_s)) if facts.width else None
    )
    operations.note_verified(clip, facts, _sha256(path), poster)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
