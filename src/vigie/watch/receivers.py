"""What watch does when it hears of an event: in the same transaction, so that no name stays in the open."""

from vigie.events import Acted
from vigie.people.models import Workspace
from vigie.watch.operations.identities import seal_identities

CHANGED, CHANGED_BY_OPERATOR = "workspace.changed", "admin.changed"


def hide_identities(act: Acted) -> None:
    """Seal who the chatters of a workspace are when it begins to know them by pseudonyms."""
    if act.workspace_id is None or not may_change_preset(act):
        return
    workspace = Workspace.objects.get(pk=act.workspace_id)
    if workspace.pseudonymises:
        seal_identities(workspace.pk)


def may_change_preset(act: Acted) -> bool:
    """Return whether an act may be that change; the administration names fields by their labels."""
    if act.verb == CHANGED_BY_OPERATOR:
        return act.subject_type == "workspace"
    return act.verb == CHANGED and "preset" in act.payload
