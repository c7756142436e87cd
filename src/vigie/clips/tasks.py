"""What the engine runs: give clips their names, look at them; delete those that are kept no longer."""

import hashlib
from datetime import datetime
from pathlib import Path

import structlog
from celery import shared_task

from vigie.clips import folders, operations, queries
from vigie.clips.filenames import DEFAULT, BadTemplate, Template
from vigie.clips.models import Clip, ClipState
from vigie.clips.operations import FINISH, TIDY
from vigie.clips.placing import CannotPlace, Look, Reason, look, place
from vigie.clips.previews import values_of
from vigie.clips.reasons import NO_FILE, OTHER_NAME, PLACING
from vigie.ports import PortError, VideoFiles
from vigie.runtime import clock, registry

log = structlog.get_logger(__name__)

BLOCK_BYTES = 2**20
PLAIN = "clip-{seq}"
"""Fits wherever a file fits."""


def is_due(now: datetime) -> bool:
    """Return whether a clip is to be named or looked at, or was left behind."""
    return queries.unfinished(now).exists() or operations.is_left(now)


def is_untidy(now: datetime) -> bool:
    """Return whether a file is to be deleted, or it should be looked for clips that are kept no longer."""
    return queries.going(now).exists() or queries.to_tidy(now).exists() or bool(operations.leftovers(now))


@shared_task(name=FINISH)
def finish_clips() -> None:
    """Bring every clip that has a file to its end, until none is left."""
    operations.put_right(clock.now())
    while clip := operations.claim_unfinished(clock.now()):
        _finish(clip, looks=True)


@shared_task(name=TIDY)
def tidy_clips() -> None:
    """Remove what is kept no longer, and delete the files of what was removed, and what a death left behind."""
    operations.remove_old(clock.now())
    for clip in queries.going(clock.now()):
        operations.delete_file(clip, clock.now())
    operations.delete_leftovers(clock.now())


def name_at_once(clip: Clip) -> None:
    """Give a file that was saved just now its name, unless somebody else is at it; the engine looks at it later."""
    if operations.claim(clip, clock.now()):
        _finish(clip, looks=False)
        operations.let_go(clip)


def _finish(clip: Clip, *, looks: bool) -> None:
    """Take a clip that is held on its way. Whatever stands in that is its reason: it waits, or has failed."""
    try:
        if clip.state == ClipState.SAVED or clip.is_misnamed:
            _name(clip)
        if clip.state == ClipState.RENAMED and looks:
            _look_at(clip)
    except CannotPlace as error:
        log.info("clip_not_placed", clip=clip.pk, reason=str(error))
        _wait_or_fail(clip, PLACING[error.reason], can_wait=error.is_retryable)
    except PortError as error:
        _wait_or_fail(clip, str(error), can_wait=error.retryable)
    except FileNotFoundError:
        operations.fail(clip, NO_FILE)


def _wait_or_fail(clip: Clip, reason: str, *, can_wait: bool) -> None:
    if can_wait:
        operations.postpone(clip, reason, now=clock.now())
    else:
        operations.fail(clip, reason)


# ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _name(clip: Clip) -> None:
    """Give the file of a clip the name that it is to have. Raises CannotPlace."""
    source = folders.file_of(clip)
    if clip.name and source.is_file():  # whoever restores a backup changes dates
        operations.note_look(clip, look(source))
    folder = folders.folder_of(clip.workspace_id)
    name, lacks = _wanted_name(clip)
    try:
        placed = _placed(clip, source, name)
    except CannotPlace as error:
        if error.reason not in {Reason.NAME, Reason.ESCAPES}:
            raise
        placed, lacks = _placed(clip, source, Template.parse(PLAIN).name(values_of(clip))), OTHER_NAME
    operations.note_named(clip, placed.relative_to(folder).as_posix(), now=clock.now(), lacks=clip.lacks or lacks)


def _placed(clip: Clip, source: Path, name: str) -> Path:
    try:
        return place(source, folders.folder_of(clip.workspace_id), name, seen=Look(*clip.look))
    except CannotPlace as error:
        if error.placed is None:
            raise
        log.info("clip_left_twice", clip=clip.pk, reason=str(error))  # it is in its place all the same
        return error.placed


def _wanted_name(clip: Clip) -> tuple[str, str]:
    """Return the name of a clip; where the template is one no longer, another name, and that it is so."""
    try:
        return Template.parse(clip.template).name(values_of(clip)), ""
    except BadTemplate:
        return Template.parse(DEFAULT).name(values_of(clip)), OTHER_NAME


# ── looks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _look_at(clip: Clip) -> None:
    """Read all of the file: what it is, that it plays, what it looks like. Raises PortError, FileNotFoundError."""
    path, files = folders.path_of(clip), registry.get(VideoFiles)
    facts = files.probe(path)
    at_s = min(max(clip.at_s - operations.starts_in(clip, facts), 0.0), facts.duration_s)
    poster = files.poster(path, at_s) if facts.width else None
    operations.note_verified(clip, facts, _sha256(path), poster)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
