"""What a person makes of a clip: another name, a title, tags, notes; starred, held. Each is accounted for."""

from collections.abc import Sequence
from datetime import datetime
from unicodedata import normalize

from django.db import transaction

from vigie.clips.filenames import SUFFIX, Template
from vigie.clips.models import Clip, ClipState
from vigie.clips.operations.saving import FINISH
from vigie.clips.operations.telling import account, tell
from vigie.errors import VigieError
from vigie.people.models import Membership
from vigie.runtime import engine
from vigie.runtime.texts import one_line, storable

MOST_TAGS = 20
LONGEST_TAG = 40


class NoFile(VigieError):
    """This clip has no file."""


class BadTags(VigieError):
    """A clip has 20 tags at most, of 40 characters each."""


@transaction.atomic
def rename_clip(clip: Clip, name: str, *, actor: Membership, now: datetime) -> None:
    """Let the file of a clip have another name, in a moment; folders are parted by slashes. No file is overwritten.

    A name may have fields, as templates do; where it is taken, it is numbered. Raises BadTemplate, NoFile.
    """
    template = storable(name).strip()
    if template.lower().endswith(SUFFIX):
        template = template[: -len(SUFFIX)]
    Template.parse(template)
    there = Clip.objects.filter(pk=clip.pk, removed_at=None).exclude(state=ClipState.FAILED, name="")
    if not there.update(template=template, named_by=actor.user, is_misnamed=True, not_before=None):
        raise NoFile
    clip.refresh_from_db()
    tell(clip)
    engine.wake(FINISH)
    account(clip, actor, "clip.renamed", at=now.isoformat())


@transaction.atomic
def change_clip(
    clip: Clip,
    *,
    actor: Membership,
    title: str | None = None,
    tags: Sequence[str] | None = None,
    note: str | None = None,
) -> None:
    """Give a clip another title, tags or notes; what is None stays. Raises BadTags."""
    wanted = {
        "title": None if title is None else one_line(storable(title))[:200],
        "tags": None if tags is None else clean_tags(tags),
        "note": None if note is None else storable(note)[:5000],
    }
    changed = {name: value for name, value in wanted.items() if value is not None and value != getattr(clip, name)}
    if not changed:
        return
    for name, value in changed.items():
        setattr(clip, name, value)
    clip.save(update_fields=list(changed))
    tell(clip)
    account(clip, actor, "clip.changed", changed=sorted(changed))


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Return tags in the order in which they were typed, each once, however it is written. Raises BadTags."""
    cleaned = [one_line(normalize("NFC", storable(tag))).lstrip("#") for tag in tags]
    known = {tag.casefold(): tag for tag in reversed(cleaned) if tag}
    found = [tag for tag in cleaned if known.pop(tag.casefold(), None)]
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in found):
        raise BadTags
    return found


@transaction.atomic
def keep_clip(clip: Clip, *, actor: Membership, is_kept: bool = True) -> None:
    """Star a clip, or take the star away: a starred one is not deleted by itself."""
    if Clip.objects.filter(pk=clip.pk, is_kept=not is_kept).update(is_kept=is_kept):
        clip.is_kept = is_kept
        tell(clip)
        account(clip, actor, "clip.kept" if is_kept else "clip.unkept")


@transaction.atomic
def hold_clip(clip: Clip, *, actor: Membership, is_held: bool = True) -> None:
    """Hold a clip, so that nobody deletes it, or let it go. Raises NoFile where it was deleted."""
    if clip.removed_at is not None:
        raise NoFile
    if Clip.objects.filter(pk=clip.pk, removed_at=None, is_held=not is_held).update(is_held=is_held):
        clip.is_held = is_held
        tell(clip)
        account(clip, actor, "clip.held" if is_held else "clip.released")
