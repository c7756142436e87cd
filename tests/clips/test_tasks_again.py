"""Killed at any step, files are finished once; and they are renamed, by people, and for whoever is erased."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.at_once import at_once
from tests.clips.rows import Videos, editor, files, fresh, incoming_files, make_clip, on_air, saved, states
from tests.factories import NOW
from vigie.clips import folders, operations, placing, tasks
from vigie.clips.models import Clip, ClipName, ClipState
from vigie.clips.operations.saving import FINISHING_S
from vigie.clips.placing import Look
from vigie.clips.reasons import NO_FILE
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("videos")]


@pytest.fixture
def live() -> Live:
    return on_air()


# ── killed ──


class Killed(BaseException):
    """The program ends here, as by `kill -9`: nothing after it runs."""


def kill(path: Path) -> None:
    raise Killed


def after_death() -> None:
    """Begin anew, as the one process of an installation does."""
    operations.take_back()
    tasks.finish_clips()


def test_killed_before_the_file_was_moved(live: Live) -> None:
    clip = saved(live)
    assert operations.claim_unfinished(clock.now()) == clip

    tasks.finish_clips()
    assert states(clip) == [(ClipState.SAVED, "")]
    after_death()

    assert states(clip) == [(ClipState.VERIFIED, "")]
    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}


def moved(clip: Clip, name: str) -> None:
    """Move the file of a clip without anybody writing that down: there the program died."""
    source = folders.path_of(clip) if clip.name else folders.incoming(clip)
    placing.place(source, folders.folder_of(clip.workspace_id), name, seen=Look(*clip.look))


def test_killed_between_the_move_and_the_row(live: Live) -> None:
    clip = saved(live)
    operations.claim(clip, clock.now())
    moved(clip, "anna_clip it.mp4")

    after_death()

    assert states(clip) == [(ClipState.VERIFIED, "")]
    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}


def test_killed_between_link_and_unlink(live: Live) -> None:
    clip = saved(live)
    operations.claim(clip, clock.now())
    target = folders.folder_of(clip.workspace_id) / "anna_clip it.mp4"
    target.parent.mkdir(parents=True)
    os.link(folders.incoming(clip), target)

    after_death()

    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}
    assert incoming_files() == []


def test_killed_after_the_move_and_named_otherwise_before_the_next_start(live: Live) -> None:
    clip = saved(live)
    operations.claim(clip, clock.now())
    moved(clip, "anna_clip it.mp4")
    operations.rename_clip(clip, "the goal", actor=editor(clip), now=clock.now())

    after_death()

    assert files(clip.workspace) == {"the goal.mp4": b"video"}
    assert states(clip) == [(ClipState.VERIFIED, "")]


@pytest.mark.parametrize("step", ["probe", "poster"])
def test_killed_while_it_was_looked_at(step: str, live: Live, videos: Videos) -> None:
    videos.troubles[step].append(kill)
    clip = saved(live)

    with pytest.raises(Killed):
        tasks.finish_clips()
    assert states(clip) == [(ClipState.RENAMED, "")]
    tasks.finish_clips()  # somebody else leaves it to whoever may still be at it
    assert states(clip) == [(ClipState.RENAMED, "")]
    after_death()

    assert states(clip) == [(ClipState.VERIFIED, "")]
    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}
    assert ClipName.objects.count() == 1


def test_what_another_machine_held_is_free_after_a_while(live: Live, videos: Videos) -> None:
    videos.troubles["probe"].append(kill)
    clip = saved(live)
    with pytest.raises(Killed):
        tasks.finish_clips()

    later = clock.now() + timedelta(seconds=FINISHING_S + 1)

    assert tasks.is_due(later)
    assert operations.claim_unfinished(later) == clip


def test_what_kills_the_program_each_time_is_left_alone(live: Live, videos: Videos) -> None:
    videos.troubles["probe"] += [kill, kill, kill]
    clip = saved(live)
    for _ in range(3):
        operations.take_back()
        with pytest.raises(Killed):
            tasks.finish_clips()

    after_death()

    assert fresh(clip).state == ClipState.FAILED
    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_finish_each_clip_once() -> None:
    live = on_air()
    clips = [saved(live, content=bytes([number])) for number in range(6)]

    assert at_once(tasks.finish_clips, tasks.finish_clips) == ["done", "done"]

    assert states(*clips) == [(ClipState.VERIFIED, "")] * 6
    assert sorted(files(live.channel.workspace).values()) == [bytes([number]) for number in range(6)]
    assert ClipName.objects.count() == 6


# ── names that people give ──


def renamed(clip: Clip, name: str) -> None:
    operations.rename_clip(clip, name, actor=editor(clip), now=NOW)
    tasks.finish_clips()


def test_a_person_renames_the_file(live: Live) -> None:
    clip = make_clip(live)

    renamed(clip, "goals/The goal {seq}")

    assert files(clip.workspace) == {"goals/The goal 0001.mp4": b"video"}
    assert (fresh(clip).name, fresh(clip).is_misnamed) == ("goals/The goal 0001.mp4", False)
    assert states(clip) == [(ClipState.VERIFIED, "")]
    given = ClipName.objects.get()
    assert (given.name, given.given_by) == ("goals/The goal 0001.mp4", clip.named_by)


def test_two_clips_of_the_same_name_are_numbered(live: Live) -> None:
    first, second = make_clip(live, content=b"1"), make_clip(live, content=b"2")

    for clip in (first, second):
        renamed(clip, "the goal")

    assert files(live.channel.workspace) == {"the goal.mp4": b"1", "the goal-2.mp4": b"2"}


def test_the_name_that_it_has_already_changes_nothing(live: Live) -> None:
    clip = make_clip(live)

    renamed(clip, "clip 0001")

    assert files(clip.workspace) == {"clip 0001.mp4": b"video"}
    assert (fresh(clip).is_misnamed, ClipName.objects.count()) == (False, 0)


def test_a_file_whose_date_was_changed_by_a_backup_is_renamed_all_the_same(live: Live) -> None:
    clip = make_clip(live)
    os.utime(folders.path_of(clip), (1, 1))

    renamed(clip, "b")

    assert files(clip.workspace) == {"b.mp4": b"video"}


def test_killed_while_a_ready_clip_was_renamed(live: Live) -> None:
    clip = make_clip(live)
    operations.rename_clip(clip, "b", actor=editor(clip), now=NOW)
    operations.claim(clip, clock.now())
    moved(clip, "b.mp4")

    after_death()

    assert files(clip.workspace) == {"b.mp4": b"video"}
    assert fresh(clip).name == "b.mp4"


def test_a_ready_clip_whose_file_somebody_took_away_fails(live: Live) -> None:
    clip = make_clip(live)
    folders.path_of(clip).unlink()

    renamed(clip, "b")

    assert states(clip) == [(ClipState.FAILED, NO_FILE)]
    assert not tasks.is_due(clock.now())


def test_the_file_of_another_clip_is_not_taken_for_one_that_is_gone(live: Live) -> None:
    clip, other = make_clip(live), make_clip(live, content=b"other")
    folders.path_of(clip).unlink()

    renamed(clip, "b")

    assert files(clip.workspace) == {other.name: b"other"}
    assert fresh(clip).state == ClipState.FAILED


def test_a_clip_whose_file_somebody_took_away_is_cut_anew(live: Live) -> None:
    clip = make_clip(live)
    folders.path_of(clip).unlink()
    renamed(clip, "b")

    operations.try_again(fresh(clip), actor=None, now=NOW)
    again = fresh(clip)
    operations.begin_saving(again, NOW)
    folders.incoming(clip).parent.mkdir(parents=True, exist_ok=True)
    folders.incoming(clip).write_bytes(b"anew")
    operations.note_saved(again, placing.look(folders.incoming(clip)), starts_s=30.0, now=NOW)
    tasks.finish_clips()

    assert files(clip.workspace) == {"b.mp4": b"anew"}
    assert states(clip) == [(ClipState.VERIFIED, "")]
    assert incoming_files() == []
