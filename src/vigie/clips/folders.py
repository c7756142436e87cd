"""Where clips lie: `clips/<workspace>/` below the data folder, and `clips/incoming/` until each has its name."""

from pathlib import Path

from django.conf import settings

from vigie.clips.models import Clip


def root() -> Path:
    """Return the folder of all clips."""
    return Path(settings.DATA_DIR) / "clips"


def incoming(clip: Clip) -> Path:
    """Return where a clip is written, or brought, before it has its name."""
    return root() / "incoming" / f"{clip.pk}.mp4"


def folder_of(workspace_id: int) -> Path:
    """Return the folder of a workspace's clips."""
    return root() / str(workspace_id)


def path_of(clip: Clip) -> Path:
    """Return where the file of a clip is that has its name."""
    return folder_of(clip.workspace_id) / clip.name
