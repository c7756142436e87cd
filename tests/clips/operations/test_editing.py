from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.clips.rows import editor, fresh, make_clip, on_air, states
from tests.factories import NOW
from vigie.clips import operations
from vigie.clips.filenames import BadTemplate
from vigie.clips.models import Clip, ClipState
from vigie.clips.operations import BadTags, NoFile
from vigie.clips.operations.editing import LONGEST_TAG, MOST_TAGS, clean_tags
from vigie.events import Acted, ClipChanged

pytestmark = pytest.mark.django_db


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def clip() -> Clip:
    return make_clip(on_air())


@pytest.mark.parametrize(
    ("typed", "template"),
    [
        ("The goal", "The goal"),
        (" The goal.MP4 ", "The goal"),
        ("goals/{date} the goal", "goals/{date} the goal"),
        ("a\0b", "ab"),
    ],
)
def test_a_person_names_a_clip(typed: str, template: str, clip: Clip, acts: list[Acted]) -> None:
    ada = editor(clip)

    operations.rename_clip(clip, typed, actor=ada, now=later(90))

    assert (clip.template, clip.named_by, clip.is_misnamed) == (template, ada.user, True)
    assert (clip.name, clip.state) == ("clip 0001.mp4", ClipState.VERIFIED)
    assert [(act.verb, act.actor_id, act.subject_id) for act in acts] == [("clip.renamed", ada.user_id, str(clip.pk))]


@pytest.mark.parametrize(
    "typed", ["", "  ", ".mp4", "../x", "/etc/passwd", "a/../b", "{nobody}", "a{", "a:b", "x" * 201, "C:\\x"]
)
def test_what_is_no_name_changes_nothing(typed: str, clip: Clip, acts: list[Acted]) -> None:
    with pytest.raises(BadTemplate):
        operations.rename_clip(clip, typed, actor=editor(clip), now=later(90))

    assert (fresh(clip).template, fresh(clip).is_misnamed, acts) == ("clip {seq}", False, [])


def test_a_name_that_waits_is_tried_again_at_once(clip: Clip) -> None:
    Clip.objects.update(not_before=later(999))

    operations.rename_clip(clip, "b", actor=editor(clip), now=later(90))

    assert operations.claim_unfinished(later(90)) == clip


@pytest.mark.parametrize("state", [ClipState.REQUESTED, ClipState.SAVING, ClipState.SAVED, ClipState.RENAMED])
def test_a_clip_can_be_named_before_it_is_ready(state: str) -> None:
    clip = make_clip(on_air(), state)

    operations.rename_clip(clip, "b", actor=editor(clip), now=later(90))

    assert (fresh(clip).template, fresh(clip).state) == ("b", state)


@pytest.mark.parametrize("fields", [{"state": ClipState.FAILED}, {"removed_at": "now"}])
def test_what_has_no_file_has_no_name(fields: dict[str, Any]) -> None:
    live = on_air()
    given: dict[str, Any] = {name: later(80) if value == "now" else value for name, value in fields.items()}
    clip = make_clip(live, **given)

    with pytest.raises(NoFile):
        operations.rename_clip(clip, "b", actor=editor(clip), now=later(90))


# ── words ──


def test_a_clip_has_a_title_tags_and_notes(clip: Clip, acts: list[Acted], changes: list[ClipChanged]) -> None:
    ada = editor(clip)

    operations.change_clip(clip, actor=ada, title="The\ngoal\0", tags=["#Goal", "goal", " ", "best of"], note="a\nb")

    found = fresh(clip)
    assert (found.title, found.tags, found.note) == ("The goal", ["Goal", "best of"], "a\nb")
    assert [(act.verb, act.payload) for act in acts] == [("clip.changed", {"changed": ["note", "tags", "title"]})]
    assert len(changes) == 1


def test_what_is_not_said_stays(clip: Clip, acts: list[Acted]) -> None:
    operations.change_clip(clip, actor=editor(clip), title="a", tags=["b"], note="c")
    acts.clear()

    operations.change_clip(fresh(clip), actor=editor(clip), title="")
    operations.change_clip(fresh(clip), actor=editor(clip), note="c", tags=["b"])

    assert (fresh(clip).title, fresh(clip).tags, fresh(clip).note) == ("", ["b"], "c")
    assert [act.payload for act in acts] == [{"changed": ["title"]}]


def test_an_edit_leaves_what_the_engine_writes_meanwhile(clip: Clip) -> None:
    stale = fresh(clip)
    Clip.objects.filter(pk=clip.pk).update(name="other.mp4", state=ClipState.RENAMED)

    operations.change_clip(stale, actor=editor(clip), title="a")

    assert (fresh(clip).name, fresh(clip).state, fresh(clip).title) == ("other.mp4", ClipState.RENAMED, "a")


def test_long_words_are_cut(clip: Clip) -> None:
    operations.change_clip(clip, actor=editor(clip), title="x" * 300, note="y" * 6000)

    assert (len(fresh(clip).title), len(fresh(clip).note)) == (200, 5000)


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ([], []),
        (["", " ", "#"], []),
        (["a", "A", "á", "a\u0301"], ["a", "á"]),
        (["Straße", "STRASSE"], ["Straße"]),
        (["b", "a", "b"], ["b", "a"]),
        (["x" * LONGEST_TAG], ["x" * LONGEST_TAG]),
        (["two\twords"], ["two words"]),
    ],
)
def test_each_tag_counts_once(typed: list[str], tags: list[str]) -> None:
    assert clean_tags(typed) == tags


@pytest.mark.parametrize("tags", [["x" * (LONGEST_TAG + 1)], [str(n) for n in range(MOST_TAGS + 1)]])
def test_too_many_or_too_long_tags_change_nothing(tags: list[str], clip: Clip, acts: list[Acted]) -> None:
    with pytest.raises(BadTags):
        operations.change_clip(clip, actor=editor(clip), tags=tags, title="a")

    assert (fresh(clip).title, fresh(clip).tags, acts) == ("", [], [])


# ── kept and held ──


def test_a_clip_is_starred_and_not(clip: Clip, acts: list[Acted]) -> None:
    ada = editor(clip)
    for is_kept in (True, True, False, False):
        operations.keep_clip(clip, actor=ada, is_kept=is_kept)
        assert fresh(clip).is_kept is clip.is_kept is is_kept

    assert [act.verb for act in acts] == ["clip.kept", "clip.unkept"]


def test_a_clip_is_held_and_released(clip: Clip, acts: list[Acted]) -> None:
    ada = editor(clip)
    for is_held in (True, True, False, False):
        operations.hold_clip(clip, actor=ada, is_held=is_held)
        assert fresh(clip).is_held is clip.is_held is is_held

    assert [act.verb for act in acts] == ["clip.held", "clip.released"]


def test_what_was_deleted_cannot_be_held(clip: Clip) -> None:
    operations.remove_clip(clip, actor=editor(clip), now=later(80))

    with pytest.raises(NoFile):
        operations.hold_clip(clip, actor=editor(clip))

    assert states(clip) == [(ClipState.VERIFIED, "")]
