import pytest

from tests.clips.rows import editor, make_clip, on_air
from vigie.clips.operations.telling import account, tell
from vigie.events import Acted, ClipChanged

pytestmark = pytest.mark.django_db


def test_a_clip_is_told_as_it_stands(changes: list[ClipChanged]) -> None:
    clip = make_clip(on_air())
    changes.clear()

    tell(clip)

    assert changes == [ClipChanged(clip.workspace_id, clip.live_id, clip.pk, "verified")]


def test_what_somebody_did_is_accounted_for_and_what_vigie_did_too(acts: list[Acted]) -> None:
    clip = make_clip(on_air())
    ada = editor(clip)

    account(clip, ada, "clip.kept")
    account(clip, None, "clip.removed", why="age")

    assert acts == [
        Acted(clip.workspace_id, ada.user_id, "clip.kept", "clip", str(clip.pk), {}),
        Acted(clip.workspace_id, None, "clip.removed", "clip", str(clip.pk), {"why": "age"}),
    ]
