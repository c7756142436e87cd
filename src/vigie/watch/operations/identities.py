"""Hides who people of audiences are, once a team wants to know them by their pseudonyms only."""

from django.db import transaction

from vigie.watch import chatters
from vigie.watch.models import Chatter, LiveMark, MarkKind
from vigie.watch.operations.marks import hidden_label

BATCH = 1000
"""Rows that are held in memory at once."""


@transaction.atomic
def seal_identities(workspace_id: int) -> int:
    """Seal who every chatter of a workspace is, and name nobody in its marks; return how many chatters that were.

    Who they are can still be revealed. Their numbers are not known any more: only their keys were kept.
    """
    sealed = last = 0
    open_ = Chatter.objects.filter(workspace=workspace_id, sealed="").order_by("pk")
    while batch := list(open_.filter(pk__gt=last)[:BATCH]):
        for chatter in batch:
            chatter.sealed = chatters.sealed_identity(chatters.identity_of(chatter))
            chatter.login = chatter.name = ""
        Chatter.objects.bulk_update(batch, ["sealed", "login", "name"])
        sealed, last = sealed + len(batch), batch[-1].pk
    _hide_marks(workspace_id)
    return sealed


def _hide_marks(workspace_id: int) -> None:
    """Leave in the labels of the platform's moderators what was done, and to which pseudonym: no login, no reason."""
    marks = LiveMark.objects.filter(kind=MarkKind.PLATFORM, live__channel__workspace=workspace_id).exclude(label="")
    for mark in marks.only("label", "target_key").iterator(BATCH):
        mark.label = hidden_label(mark.label.partition(" ")[0], mark.target_key)
        mark.save(update_fields=["label"])
