import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.at_once import at_once
from tests.clips.rows import editor, files, fresh, incoming_files, make_clip, make_team, on_air, put
from tests.factories import NOW, make_alert, make_assessment, make_decision, make_utterance
from vigie.clips import folders, operations, queries, tasks
from vigie.clips.keeping import GIGABYTE, Keeping
from vigie.clips.models import Clip, ClipSettings, ClipState, Poster, ShareLink
from vigie.clips.operations import AlreadyRemoved, ClipIsEvidence, ClipIsHeld, TooLateToRestore
from vigie.clips.operations.removing import LEFT
from vigie.clips.placing import Look, place
from vigie.clips.queries import SPARE, TIDY_EVERY, UNDO
from vigie.events import Acted
from vigie.moderation.models import AlertState
from vigie.people.models import Workspace

pytestmark = pytest.mark.django_db

GONE = UNDO + SPARE


@pytest.fixture
def clip() -> Clip:
    return make_clip(on_air())


def gone(now: datetime) -> None:
    """Delete the files that are to be deleted."""
    for clip in queries.going(now):
        operations.delete_file(clip, now)


def test_a_person_deletes_a_clip_and_its_file_follows(clip: Clip, acts: list[Acted]) -> None:
    ada = editor(clip)
    Poster.objects.create(clip=clip, jpeg=b"x")
    operations.share_clip(clip, expires_at=NOW + timedelta(days=1), actor=ada, now=NOW)
    acts.clear()

    operations.remove_clip(clip, actor=ada, now=NOW)

    assert (clip.removed_at, clip.removal, clip.has_file) == (NOW, "person", False)
    assert list(queries.clips_for(ada)) == []
    gone(NOW + GONE - timedelta(seconds=1))
    assert files(clip.workspace) == {"clip 0001.mp4": b"video"}
    gone(NOW + GONE)
    assert files(clip.workspace) == {}
    assert (fresh(clip).gone_at, fresh(clip).state, fresh(clip).name) == (
        NOW + GONE,
        ClipState.VERIFIED,
        "clip 0001.mp4",
    )
    assert not Poster.objects.exists()
    assert ShareLink.objects.get().revoked_at == NOW + GONE
    assert [(act.verb, act.payload) for act in acts] == [("clip.removed", {"why": "person"})]
    assert not queries.going(NOW + timedelta(days=1)).exists()


@pytest.mark.parametrize("age", [timedelta(), UNDO])
def test_who_deleted_a_clip_takes_it_back(age: timedelta, clip: Clip, acts: list[Acted]) -> None:
    ada = editor(clip)
    operations.remove_clip(clip, actor=ada, now=NOW)

    operations.restore_clip(clip, actor=ada, now=NOW + age)

    assert (clip.removed_at, clip.removal, clip.has_file) == (None, "", True)
    assert [act.verb for act in acts] == ["clip.removed", "clip.restored"]
    gone(NOW + timedelta(days=1))
    assert files(clip.workspace) == {"clip 0001.mp4": b"video"}


def test_after_ten_seconds_it_is_too_late(clip: Clip) -> None:
    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    with pytest.raises(TooLateToRestore):
        operations.restore_clip(clip, actor=editor(clip), now=NOW + UNDO + timedelta(milliseconds=1))

    assert fresh(clip).removed_at == NOW


def test_what_was_never_deleted_is_not_brought_back(clip: Clip) -> None:
    with pytest.raises(TooLateToRestore):
        operations.restore_clip(clip, actor=editor(clip), now=NOW)


def test_a_held_clip_is_deleted_by_nobody(clip: Clip, acts: list[Acted]) -> None:
    Clip.objects.update(is_held=True)

    with pytest.raises(ClipIsHeld):
        operations.remove_clip(clip, actor=editor(clip), now=NOW)

    assert (fresh(clip).removed_at, acts) == (None, [])


def test_a_clip_is_deleted_once(clip: Clip) -> None:
    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    with pytest.raises(AlreadyRemoved):
        operations.remove_clip(clip, actor=editor(clip), now=NOW + timedelta(seconds=1))

    assert fresh(clip).removed_at == NOW


def test_what_an_alert_shows_is_deleted_once_it_is_decided() -> None:
    live = on_air()
    assessment = make_assessment(make_utterance(live))
    clip = make_clip(live, assessment=assessment)
    alert = make_alert(assessment)

    with pytest.raises(ClipIsEvidence):
        operations.remove_clip(clip, actor=editor(clip), now=NOW)
    make_decision(alert, state=AlertState.DISMISSED)
    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    assert fresh(clip).removal == "person"


@pytest.mark.parametrize("state", [ClipState.REQUESTED, ClipState.SAVING, ClipState.SAVED, ClipState.FAILED])
def test_a_clip_that_is_not_ready_can_be_deleted_too(state: str) -> None:
    clip = make_clip(on_air(), state)
    put(clip)

    operations.remove_clip(clip, actor=editor(clip), now=NOW)
    gone(NOW + GONE)

    assert incoming_files() == []
    assert not queries.waiting().exists()


def test_a_starred_clip_can_be_deleted_by_a_person(clip: Clip) -> None:
    operations.keep_clip(clip, actor=editor(clip))

    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    assert fresh(clip).removed_at == NOW


def test_a_file_that_is_gone_already_is_gone(clip: Clip) -> None:
    folders.path_of(clip).unlink()
    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    gone(NOW + GONE)

    assert fresh(clip).gone_at == NOW + GONE


def test_a_file_that_cannot_be_deleted_is_tried_again(clip: Clip, tmp_path: Path) -> None:
    folders.path_of(clip).unlink()
    folders.path_of(clip).mkdir()  # no program deletes a folder as a file
    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    gone(NOW + GONE)
    assert (fresh(clip).gone_at, fresh(clip).not_before) == (None, NOW + GONE + timedelta(seconds=1))
    folders.path_of(clip).rmdir()
    assert not queries.going(NOW + GONE).exists()
    gone(NOW + GONE + timedelta(seconds=1))

    assert fresh(clip).gone_at == NOW + GONE + timedelta(seconds=1)


def test_the_file_of_a_clip_goes_once_nobody_is_at_work_on_it() -> None:
    clip = make_clip(on_air(), ClipState.SAVED)
    operations.claim(clip, NOW, hold_s=60.0)
    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    gone(NOW + GONE)
    assert (fresh(clip).gone_at, incoming_files()) == (None, [f"{clip.pk}.mp4"])
    gone(NOW + timedelta(seconds=60))

    assert (fresh(clip).gone_at, incoming_files()) == (NOW + timedelta(seconds=60), [])


@pytest.mark.parametrize("state", [ClipState.SAVED, ClipState.VERIFIED])
def test_a_file_goes_that_was_moved_when_a_process_died(state: str) -> None:
    clip, other = make_clip(on_air(), state), make_clip(on_air(), content=b"other")
    source = folders.path_of(clip) if clip.name else folders.incoming(clip)
    place(source, folders.folder_of(clip.workspace_id), "a/anna.mp4", seen=Look(*clip.look))

    operations.remove_clip(clip, actor=editor(clip), now=NOW)
    gone(NOW + GONE)

    assert files(clip.workspace) == {}
    assert files(other.workspace) == {other.name: b"other"}


def test_a_clip_that_never_had_a_file_takes_nothing_with_it() -> None:
    clip = make_clip(on_air(), ClipState.REQUESTED)
    folder = folders.folder_of(clip.workspace_id)
    folder.mkdir(parents=True)
    (folder / "link.mp4").symlink_to("elsewhere.mp4")

    operations.remove_clip(clip, actor=editor(clip), now=NOW)
    gone(NOW + GONE)

    assert fresh(clip).gone_at == NOW + GONE
    assert (folder / "link.mp4").is_symlink()


def test_the_file_of_another_clip_that_looks_the_same_stays() -> None:
    live = on_air()
    clip, other = make_clip(live), make_clip(live)
    folders.path_of(clip).unlink()
    os.utime(folders.path_of(other), ns=(0, clip.look[1]))

    operations.remove_clip(clip, actor=editor(clip), now=NOW)
    gone(NOW + GONE)

    assert files(live.channel.workspace) == {other.name: b"video"}


# ── by themselves ──


@pytest.fixture
def team() -> Workspace:
    return make_team()


def kept(team: Workspace, days_ago: float, gigabytes: float = 1.0, **fields: Any) -> Clip:
    clip = make_clip(on_air(team), **fields)
    Clip.objects.filter(pk=clip.pk).update(
        saved_at=NOW - timedelta(days=days_ago), size_bytes=int(gigabytes * GIGABYTE)
    )
    return clip


def limit(team: Workspace, days: int | None = None, gigabytes: float | None = None) -> None:
    ClipSettings.objects.create(workspace=team, keep_days=days, keep_gigabytes=gigabytes)


def removed() -> dict[int, str]:
    return dict(Clip.objects.exclude(removed_at=None).values_list("pk", "removal"))


def test_what_is_kept_no_longer_goes_as_the_preview_says(team: Workspace, acts: list[Acted]) -> None:
    old, middle, new = (kept(team, days) for days in (40, 20, 10))
    limit(team, days=30, gigabytes=1.5)
    preview = queries.preview_retention(team.pk, Keeping(30, 1.5), NOW)

    operations.remove_old(NOW)

    assert removed() == {old.pk: "age", middle.pk: "room"}
    assert {removal.clip_id: removal.why for removal in preview.removals} == removed()
    assert (preview.size_bytes, preview.kept, preview.protected_excess_bytes) == (2 * GIGABYTE, 1, 0)
    assert [(act.verb, act.actor_id, act.payload["why"]) for act in acts] == [
        ("clip.removed", None, "age"),
        ("clip.removed", None, "room"),
    ]
    gone(NOW + GONE)
    assert files(team) == {fresh(new).name: b"video"}


def test_what_is_protected_stays_and_the_preview_tells_of_it(team: Workspace) -> None:
    starred, held = kept(team, 90, is_kept=True), kept(team, 90, is_held=True)
    live = on_air(team)
    assessment = make_assessment(make_utterance(live))
    make_alert(assessment)
    evidence = make_clip(live, assessment=assessment)
    Clip.objects.filter(pk=evidence.pk).update(saved_at=NOW - timedelta(days=90), size_bytes=GIGABYTE)
    limit(team, days=1, gigabytes=1.0)

    operations.remove_old(NOW)

    assert removed() == {}
    preview = queries.preview_retention(team.pk, Keeping(1, 1.0), NOW)
    assert (preview.removals, preview.kept, preview.protected_excess_bytes) == ([], 3, 2 * GIGABYTE)
    assert {starred.pk, held.pk, evidence.pk} == {clip.clip_id for clip in queries.kept_clips(team.pk)}


def test_each_team_has_limits_of_its_own(team: Workspace) -> None:
    other = make_team()
    mine, theirs = kept(team, 40), kept(other, 40)
    limit(team, days=30)
    limit(other)

    operations.remove_old(NOW)

    assert removed() == {mine.pk: "age"}
    assert fresh(theirs).removed_at is None


def test_it_is_looked_every_ten_minutes(team: Workspace) -> None:
    limit(team, days=30)

    assert tasks.is_untidy(NOW)
    operations.remove_old(NOW)
    assert not tasks.is_untidy(NOW + TIDY_EVERY - timedelta(seconds=1))
    assert tasks.is_untidy(NOW + TIDY_EVERY)


def test_without_limits_nobody_looks(team: Workspace) -> None:
    kept(team, 4000)
    limit(team)

    assert not tasks.is_untidy(NOW)


@pytest.mark.django_db(transaction=True)
def test_a_clip_is_removed_once_by_whomever() -> None:
    clip = make_clip(on_air())
    ada = editor(clip)

    ends = at_once(*[lambda: operations.remove_clip(fresh(clip), actor=ada, now=NOW)] * 2, refusals=(AlreadyRemoved,))

    assert ends == ["AlreadyRemoved", "done"]


# ── what nobody wants ──


def grown(name: str, at: datetime) -> Path:
    path = folders.root() / "incoming" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_what_a_death_left_half_written_goes_after_a_day() -> None:
    left = grown("7.mp4.part", NOW - LEFT - timedelta(seconds=1))
    grown("8.mp4.part", NOW - LEFT + timedelta(seconds=1))

    assert tasks.is_untidy(NOW)
    assert operations.leftovers(NOW) == [left]
    operations.delete_leftovers(NOW)

    assert incoming_files() == ["8.mp4.part"]
    assert not tasks.is_untidy(NOW)


def test_what_lies_twice_goes_and_what_waits_stays() -> None:
    live = on_air()
    ready, waits, failed = make_clip(live), make_clip(live, ClipState.SAVED), make_clip(live, ClipState.FAILED)
    gone = make_clip(live, ClipState.SAVING, removed_at=NOW, gone_at=NOW)
    for clip in (ready, failed, gone):
        grown(f"{clip.pk}.mp4", NOW - timedelta(days=30))
    grown("notes.mp4", NOW)

    operations.delete_leftovers(NOW)

    assert incoming_files() == sorted([f"{waits.pk}.mp4", f"{failed.pk}.mp4", "notes.mp4"])
    assert files(ready.workspace) == {ready.name: b"video"}


def test_without_a_folder_nothing_is_left() -> None:
    operations.delete_leftovers(NOW)

    assert operations.leftovers(NOW) == []
