from pathlib import Path

import pytest

from tests.clips.rows import make_clip
from vigie.clips import folders
from vigie.clips.models import ClipState

pytestmark = pytest.mark.django_db


def test_clips_lie_below_the_data_folder(data_dir: Path) -> None:
    clip = make_clip(state=ClipState.REQUESTED, name="goals/a.mp4")

    assert folders.root() == data_dir / "clips"
    assert folders.incoming(clip) == data_dir / "clips" / "incoming" / f"{clip.pk}.mp4"
    assert folders.folder_of(clip.workspace_id) == data_dir / "clips" / str(clip.workspace_id)
    assert folders.path_of(clip) == data_dir / "clips" / str(clip.workspace_id) / "goals" / "a.mp4"
