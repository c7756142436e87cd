"""Files get their names, once, whatever stands in the way, and are looked at; what is kept no longer goes."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.clips.rows import (
    FACTS,
    Videos,
    files,
    fresh,
    incoming_files,
    make_chatter,
    make_clip,
    make_team,
    on_air,
    saved,
    states,
)
from tests.factories import NOW
from vigie.clips import folders, operations, placing, tasks
from vigie.clips.models import Clip, ClipSettings, ClipState, Poster
from vigie.clips.reasons import DAMAGED, NO_FILE, OTHER_NAME, PLACING
from vigie.ports import PortError
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("videos")]

FULL = PortError("3.mp4 cannot be read: the disk is full.", retryable=True)
NO_VIDEO = PortError("3.mp4: no video that can be played.", permanent=True)


@pytest.fixture
def live() -> Live:
    return on_air()


def soon(clip: Clip) -> None:
    """Let what waits be due."""
    Clip.objects.filter(pk=clip.pk).update(not_before=None)


# ── all is well ──


def test_a_saved_file_is_named_and_looked_at(live: Live) -> None:
    clip = saved(live)

    assert tasks.is_due(NOW)
    tasks.finish_clips()

    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}
    assert incoming_files() == []
    done = fresh(clip)
    assert (done.state, done.reason, done.name) == (ClipState.VERIFIED, "", "anna_clip it.mp4")
    assert (done.duration_s, done.width, done.height) == (40.0, 720, 1280)
    assert done.sha256 == sha256(b"video").hexdigest()
    assert bytes(Poster.objects.get().jpeg) == b"a picture at 30.5"
    assert not tasks.is_due(clock.now())


def test_every_clip_that_waits_is_finished(live: Live) -> None:
    clips = [saved(live, content=bytes([number])) for number in range(5)]

    tasks.finish_clips()

    assert states(*clips) == [(ClipState.VERIFIED, "")] * 5
    names = ["anna_clip it.mp4", *(f"anna_clip it-{number}.mp4" for number in range(2, 6))]
    assert files(live.channel.workspace) == {name: bytes([number]) for number, name in enumerate(names)}


def test_clips_of_two_triggers_at_the_same_moment_have_the_right_names(live: Live) -> None:
    for chatter, trigger in (("anna", "clip it"), ("bert", "wow")):
        saved(live, chatter=chatter, trigger=trigger, content=f"{chatter} {trigger}".encode())

    tasks.finish_clips()

    assert files(live.channel.workspace) == {"anna_clip it.mp4": b"anna clip it", "bert_wow.mp4": b"bert wow"}


def test_a_name_may_lie_in_folders(live: Live) -> None:
    clip = saved(live, template="{channel}/{date}/{seq}")

    tasks.finish_clips()

    assert fresh(clip).name == "moonlit/2026-01-05/0001.mp4"
    assert fresh(clip).file_name == "0001.mp4"
    assert folders.path_of(fresh(clip)).read_bytes() == b"video"


def test_a_clip_without_channel_and_live_is_named_all_the_same(live: Live) -> None:
    clip = saved(live, template="{channel} {seq}")
    live.channel.delete()

    tasks.finish_clips()

    assert fresh(clip).name == "none 0001.mp4"


@pytest.mark.parametrize(
    ("at_s", "starts_s", "shown_s"), [(60.0, None, 30.0), (60.0, 75.0, 0.0), (60.0, 55.5, 4.5), (90.0, 30.0, 40.0)]
)
def test_the_poster_shows_the_moment_that_it_is_about(
    at_s: float, starts_s: float | None, shown_s: float, live: Live
) -> None:
    saved(live, at_s=at_s, starts_s=starts_s)

    tasks.finish_clips()

    assert bytes(Poster.objects.get().jpeg) == f"a picture at {shown_s:g}".encode()


def test_sound_alone_has_no_poster(live: Live, videos: Videos) -> None:
    videos.facts = replace(FACTS, width=0, height=0)
    clip = saved(live)

    tasks.finish_clips()

    assert fresh(clip).state == ClipState.VERIFIED
    assert not Poster.objects.exists()


def test_what_cannot_be_decoded_is_told(live: Live, videos: Videos) -> None:
    videos.facts = replace(FACTS, errors=2)
    clip = saved(live)

    tasks.finish_clips()

    assert states(clip) == [(ClipState.VERIFIED, DAMAGED)]


# ── hostile names ──


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chatter=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=120), trigger=st.text(max_size=210)
)
@example(chatter="../../../etc/passwd", trigger="..")
@example(chatter="CON", trigger="\u202e4pm.exe")
@example(chatter="x" * 120, trigger="é" * 200)
@example(chatter="", trigger="a\0b\ud800")
def test_whatever_chatters_are_called_stays_in_the_folder(chatter: str, trigger: str) -> None:
    live = on_air()
    anna = make_chatter(live.channel.workspace, chatter)
    clip = make_clip(live, ClipState.SAVED, author=anna, trigger=trigger, template="{chatter}/{trigger}")

    tasks.finish_clips()

    assert states(clip) == [(ClipState.VERIFIED, "")]
    path = folders.path_of(fresh(clip))
    assert path.resolve().is_relative_to(folders.folder_of(clip.workspace_id).resolve())
    assert (path.read_bytes(), len(path.relative_to(folders.folder_of(clip.workspace_id)).parts)) == (b"video", 2)


@pytest.mark.parametrize("template", ["{nobody}", "", "../{seq}", "/{seq}", "a{", "{seq}/.."])
def test_a_template_that_is_none_any_more_is_as_good_as_none(template: str, live: Live) -> None:
    clip = saved(live, template=template)

    tasks.finish_clips()

    assert states(clip) == [(ClipState.VERIFIED, OTHER_NAME)]
    assert fresh(clip).name == "anna_clip it_20260105T100100.000Z.mp4"


def test_a_folder_that_cannot_be_made_makes_a_plain_name(live: Live) -> None:
    workspace = live.channel.workspace
    folder = folders.folder_of(workspace.pk)
    folder.mkdir(parents=True)
    (folder / "moonlit").write_bytes(b"a file")
    clip = saved(live, template="{channel}/{seq}")

    tasks.finish_clips()

    assert states(clip) == [(ClipState.VERIFIED, OTHER_NAME)]
    assert files(workspace) == {"moonlit": b"a file", "clip-0001.mp4": b"video"}


def test_a_folder_that_leads_away_makes_a_plain_name(live: Live, tmp_path: Path) -> None:
    folder = folders.folder_of(live.channel.workspace_id)
    folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "moonlit").symlink_to(elsewhere)
    clip = saved(live, template="{channel}/{seq}")

    tasks.finish_clips()

    assert fresh(clip).name == "clip-0001.mp4"
    assert list(elsewhere.iterdir()) == []


def test_a_name_that_is_taken_is_numbered_and_nothing_is_overwritten(live: Live) -> None:
    folder = folders.folder_of(live.channel.workspace_id)
    folder.mkdir(parents=True)
    (folder / "ANNA_clip it.mp4").write_bytes(b"somebody's")
    clip = saved(live)

    tasks.finish_clips()

    assert fresh(clip).name == "anna_clip it-2.mp4"
    assert files(clip.workspace) == {"ANNA_clip it.mp4": b"somebody's", "anna_clip it-2.mp4": b"video"}


# ── trouble ──


def test_a_file_that_is_gone_before_it_has_a_name_fails(live: Live) -> None:
    clip = saved(live)
    folders.incoming(clip).unlink()

    tasks.finish_clips()

    assert states(clip) == [(ClipState.FAILED, NO_FILE)]


def test_a_file_that_another_program_wrote_to_fails(live: Live) -> None:
    clip = saved(live)
    folders.incoming(clip).write_bytes(b"something else")

    tasks.finish_clips()

    assert states(clip) == [(ClipState.FAILED, PLACING[placing.Reason.CHANGED])]
    assert incoming_files() == [f"{clip.pk}.mp4"]


def test_a_file_that_is_gone_before_it_is_looked_at_fails(live: Live) -> None:
    clip = make_clip(live, ClipState.RENAMED)
    folders.path_of(clip).unlink()

    tasks.finish_clips()

    assert states(clip) == [(ClipState.FAILED, "clip 0001.mp4: no such file.")]


def test_a_file_that_goes_while_it_is_looked_at_fails(live: Live, videos: Videos) -> None:
    videos.troubles["poster"].append(Path.unlink)
    clip = make_clip(live, ClipState.RENAMED)

    tasks.finish_clips()

    assert states(clip) == [(ClipState.FAILED, NO_FILE)]


NOBODYS = Path("/sys")
"""Where the system lets nobody make files."""


def test_a_locked_folder_is_tried_again_until_it_works(live: Live) -> None:
    folder = folders.folder_of(live.channel.workspace_id)
    folder.parent.mkdir(parents=True)
    folder.symlink_to(NOBODYS)
    clip = saved(live)

    tasks.finish_clips()
    (state, reason) = states(clip)[0]
    assert (state, reason in {PLACING[placing.Reason.LOCKED], PLACING[placing.Reason.READ_ONLY]}) == ("saved", True)
    assert not tasks.is_due(clock.now())
    assert tasks.is_due(clock.now() + timedelta(seconds=2))
    folder.unlink()
    soon(clip)
    tasks.finish_clips()

    assert states(clip) == [(ClipState.VERIFIED, "")]
    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}


def test_a_file_that_cannot_be_read_now_is_looked_at_later(live: Live, videos: Videos) -> None:
    videos.troubles["probe"].append(FULL)
    clip = saved(live)

    tasks.finish_clips()
    assert states(clip) == [(ClipState.RENAMED, str(FULL))]
    assert files(clip.workspace) == {"anna_clip it.mp4": b"video"}
    soon(clip)
    tasks.finish_clips()

    assert states(clip) == [(ClipState.VERIFIED, "")]


def test_what_is_no_video_fails_and_stays_on_the_disk(live: Live, videos: Videos) -> None:
    videos.troubles["probe"].append(NO_VIDEO)
    clip = saved(live)

    tasks.finish_clips()
    assert states(clip) == [(ClipState.FAILED, str(NO_VIDEO))]
    operations.try_again(clip, actor=None, now=NOW)
    tasks.finish_clips()

    assert states(clip) == [(ClipState.VERIFIED, "")]


def test_one_clip_in_trouble_holds_up_no_other(live: Live, videos: Videos) -> None:
    videos.troubles["probe"].append(NO_VIDEO)
    clips = [saved(live) for _ in range(3)]

    tasks.finish_clips()

    assert [state for state, _ in states(*clips)] == [ClipState.FAILED, ClipState.VERIFIED, ClipState.VERIFIED]


# ── kept no longer ──


def test_what_is_kept_no_longer_goes_by_itself() -> None:
    team = make_team()
    clip = make_clip(on_air(team))
    ClipSettings.objects.create(workspace=team, keep_days=1)
    assert tasks.is_untidy(clock.now())

    tasks.tidy_clips()
    assert (fresh(clip).removal, fresh(clip).gone_at) == ("age", None)
    assert not tasks.is_untidy(clock.now())
    Clip.objects.update(removed_at=clock.now() - timedelta(minutes=1))
    assert tasks.is_untidy(clock.now())
    tasks.tidy_clips()

    assert files(team) == {}
    assert fresh(clip).gone_at is not None
    assert not tasks.is_untidy(clock.now())
