"""Clips go: because a person says so, or because they are kept no longer. Their files follow, the rows stay."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from vigie.clips import evidence, folders, queries
from vigie.clips.keeping import Keeping, Removal, to_remove
from vigie.clips.models import Clip, ClipSettings, ClipState, Poster, ShareLink
from vigie.clips.operations.saving import FINISH, RETRY_S
from vigie.clips.operations.telling import account, tell
from vigie.errors import VigieError
from vigie.people.models import Membership
from vigie.runtime import engine

TIDY = "clips.tidy"
"""The engine's task."""
PERSON = "person"
LEFT = timedelta(days=1)
"""What grows for so long grows no more: whoever wrote it died."""


class ClipIsHeld(VigieError):
    """This clip is held: nobody deletes it. Release it first."""


class ClipIsEvidence(VigieError):
    """This clip shows what an alert is about: decide the alert first."""


class AlreadyRemoved(VigieError):
    """This clip was deleted already."""


class TooLateToRestore(VigieError):
    """A clip can be taken back for 10 seconds only: its file is gone."""


@transaction.atomic
def remove_clip(clip: Clip, *, actor: Membership, now: datetime) -> None:
    """Delete a clip; whoever did can take it back for 10 s. Raises ClipIsHeld, ClipIsEvidence, AlreadyRemoved."""
    if clip.assessment_id and evidence.undecided_among([clip.assessment_id]):
        raise ClipIsEvidence
    there = Clip.objects.filter(pk=clip.pk, removed_at=None)
    if not there.filter(is_held=False).update(removed_at=now, removal=PERSON, not_before=None):
        raise ClipIsHeld if there.exists() else AlreadyRemoved
    clip.refresh_from_db()
    tell(clip)
    account(clip, actor, "clip.removed", why=PERSON)


@transaction.atomic
def restore_clip(clip: Clip, *, actor: Membership, now: datetime) -> None:
    """Take a clip back that a person deleted less than 10 s ago. Raises TooLateToRestore."""
    removed = Clip.objects.filter(pk=clip.pk, removal=PERSON, gone_at=None, removed_at__gte=now - queries.UNDO)
    if not removed.update(removed_at=None, removal=""):
        raise TooLateToRestore
    clip.refresh_from_db()
    tell(clip)
    engine.wake(FINISH)
    account(clip, actor, "clip.restored")


# ── by themselves ──────────────────────────────────────────────────────────────────────────────────────────────────


def remove_old(now: datetime) -> None:
    """Remove what the workspaces keep no longer, each looked at every ten minutes."""
    for settings in queries.to_tidy(now):
        keeping = Keeping(settings.keep_days, settings.keep_gigabytes)
        for removal in to_remove(queries.kept_clips(settings.workspace_id), keeping, now):
            _remove(removal, now)
        ClipSettings.objects.filter(pk=settings.pk).update(tidied_at=now)


@transaction.atomic
def _remove(removal: Removal, now: datetime) -> None:
    """Remove a clip, unless somebody starred or held it since it was looked at."""
    free = Clip.objects.filter(pk=removal.clip_id, removed_at=None, is_held=False, is_kept=False)
    if free.update(removed_at=now, removal=removal.why, not_before=None):
        clip = Clip.objects.get(pk=removal.clip_id)
        tell(clip)
        account(clip, None, "clip.removed", why=removal.why)


def delete_file(clip: Clip, now: datetime) -> None:
    """Delete the file and the picture of a removed clip; where that cannot be, it is tried again later."""
    try:
        if moved := _lies_elsewhere(clip):
            moved.unlink(missing_ok=True)
        folders.incoming(clip).unlink(missing_ok=True)
        if clip.name:
            folders.path_of(clip).unlink(missing_ok=True)
    except OSError:
        pause_s = RETRY_S[min(clip.tries, len(RETRY_S) - 1)]
        later = now + timedelta(seconds=pause_s)
        Clip.objects.filter(pk=clip.pk).update(not_before=later, tries=clip.tries + 1)
        return
    with transaction.atomic():
        Poster.objects.filter(clip=clip).delete()
        ShareLink.objects.filter(clip=clip, revoked_at=None).update(revoked_at=now)
        Clip.objects.filter(pk=clip.pk).update(gone_at=now)


def _lies_elsewhere(clip: Clip) -> Path | None:
    """Return where a process left the file of a clip that died before the row said so; None where it did not."""
    path, folder = folders.file_of(clip), folders.folder_of(clip.workspace_id)
    if not path.is_relative_to(folder):
        return None
    named = Clip.objects.filter(workspace=clip.workspace_id, name=path.relative_to(folder).as_posix())
    return None if named.exists() else path


# ── what nobody wants ──────────────────────────────────────────────────────────────────────────────────────────────


def leftovers(now: datetime) -> list[Path]:
    """Return the half-written files that somebody left who died."""
    growing = (folders.root() / "incoming").glob("*.part")
    return [path for path in growing if (began := _touched_at(path)) and began < now - LEFT]


def delete_leftovers(now: datetime) -> None:
    """Delete half-written files, what lies twice because it could not be moved, and what came after its clip went."""
    for path in leftovers(now):
        path.unlink(missing_ok=True)
    done = Clip.objects.filter(Q(state=ClipState.VERIFIED) | Q(gone_at__isnull=False))
    for path in (folders.root() / "incoming").glob("*.mp4"):
        if path.stem.isdecimal() and done.filter(pk=int(path.stem)).exists():
            path.unlink(missing_ok=True)


def _touched_at(path: Path) -> datetime | None:
    with suppress(FileNotFoundError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return None
