"""Clips name nobody any more who was erased, or is to be known by a pseudonym: their rows at once, their files soon."""

from django.db import transaction

from vigie.clips.filenames import DEFAULT
from vigie.clips.models import Clip
from vigie.clips.operations.saving import FINISH
from vigie.clips.operations.telling import tell
from vigie.runtime import engine


@transaction.atomic
def forget_chatter(chatter_id: int) -> None:
    """Name somebody who is erased in no clip; the clips stay."""
    for clip in Clip.objects.filter(author=chatter_id):
        _name_nobody(clip, author=None, chatter="", trigger="")


@transaction.atomic
def hide_chatters(workspace_id: int) -> None:
    """Name everybody by their pseudonyms in the clips of a workspace."""
    for clip in Clip.objects.filter(workspace=workspace_id, author__isnull=False).select_related("author"):
        if clip.author and clip.chatter != clip.author.pseudonym:
            _name_nobody(clip, chatter=clip.author.pseudonym)


def _name_nobody(clip: Clip, **values: object) -> None:
    if clip.chatter.casefold() in clip.template.casefold():  # a person called it so
        values |= {"template": DEFAULT, "named_by": None}
    Clip.objects.filter(pk=clip.pk).update(**values, is_misnamed=True, not_before=None)
    clip.names.all().delete()
    tell(clip)
    engine.wake(FINISH)
