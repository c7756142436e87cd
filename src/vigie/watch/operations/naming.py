"""Whether people of audiences may be named, asked in the transaction that writes a name."""

from collections.abc import Collection

from vigie.people.models import Workspace


def naming_workspaces(workspace_ids: Collection[int]) -> set[int]:
    """Return those of some workspaces that know people by their names. None begins to pseudonymise before the commit.

    On PostgreSQL their rows are locked: whoever changes one waits, and then seals what was written meanwhile. On SQLite
    the transaction itself is the lock.
    """
    asked = Workspace.objects.select_for_update(no_key=True).filter(pk__in=workspace_ids).order_by("pk")
    return {workspace.pk for workspace in asked if not workspace.pseudonymises}
