"""What clips do when they hear of an event: in the same transaction, so that no name stays in the open."""

from vigie.clips import operations
from vigie.events import Acted
from vigie.people.models import Workspace
from vigie.watch.receivers import may_change_preset

ERASED = "chatter.erased"


def hide_names(act: Acted) -> None:
    """Name nobody any more who was erased, or whose team begins to know people by pseudonyms."""
    if act.workspace_id is None:
        return
    if act.verb == ERASED:
        operations.forget_chatter(int(act.subject_id))
    elif may_change_preset(act) and Workspace.objects.get(pk=act.workspace_id).pseudonymises:
        operations.hide_chatters(act.workspace_id)
