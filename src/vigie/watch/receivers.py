"""What watch does when it hears of an event: in the same transaction, so that no name stays in the open."""

from vigie.events import Acted
from vigie.people.models import Workspace
from vigie.watch.operations.identities import seal_identities

CHANGED = "workspace.changed"


def hide_identities(act: Acted) -> None:
    """Seal who the chatters of a workspace are when it begins to know them by pseudonyms."""
    if act.workspace_id is None or act.verb != CHANGED or "preset" not in act.payload:
        return
    workspace = Workspace.objects.get(pk=act.workspace_id)
    if workspace.pseudonymises:
        seal_identities(workspace.pk)
