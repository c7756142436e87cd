"""Finished files take their place: never over another, once, and what stops them is told."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clips.disks import DISKS, files, link_within_a_folder, refusing, written
from vigie.clips.filenames import collision_key
from vigie.clips.placing import DISK, RETRY_DELAYS_S, CannotPlace, Disk, Look, Reason, is_settled, look, place

NAME = "anna/clip.mp4"


@pytest.fixture(params=DISKS)
def disk(request: pytest.FixtureRequest) -> Disk:
    return DISKS[request.param]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "obs" / "Replay 2026-01-05 10-00-00.mp4")


def test_a_file_takes_its_place_and_leaves_its_own(source: Path, tmp_path: Path, disk: Disk) -> None:
    seen = look(source)

    placed = place(source, tmp_path / "clips", NAME, seen=seen, disk=disk)

    assert placed == tmp_path / "clips" / NAME
    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}
    assert look(placed) == seen


def test_a_file_is_placed_once_however_often_it_is_asked(source: Path, tmp_path: Path, disk: Disk) -> None:
    seen = look(source)

    placed = {place(source, tmp_path / "clips", NAME, seen=seen, disk=disk) for _ in range(3)}

    assert placed == {tmp_path / "clips" / NAME}
    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}


@pytest.mark.parametrize(
    ("taken", "placed"),
    [
        (["clip.mp4"], "clip-2.mp4"),
        (["clip.mp4", "clip-2.mp4", "clip-3.mp4"], "clip-4.mp4"),
        (["CLIP.MP4", "Clip-2.mp4"], "clip-3.mp4"),
        (["clip-2.mp4"], "clip.mp4"),
        (["clip-².mp4", "clip-.mp4"], "clip.mp4"),
    ],
)
def test_no_file_is_ever_overwritten(source: Path, tmp_path: Path, disk: Disk, taken: list[str], placed: str) -> None:
    folder = tmp_path / "clips" / "anna"
    before = {name: written(folder / name, f"the {index}th").read_text() for index, name in enumerate(taken)}

    path = place(source, tmp_path / "clips", NAME, seen=look(source), disk=disk)

    assert path == folder / placed
    assert files(folder) == {**before, placed: "a moment"}


def test_names_that_some_system_takes_for_one_are_kept_apart(source: Path, tmp_path: Path, disk: Disk) -> None:
    written(tmp_path / "clips" / "Zoe\u0301.mp4", "hers")

    path = place(source, tmp_path / "clips", "ZOÉ.mp4", seen=look(source), disk=disk)

    assert path.name == "ZOÉ-2.mp4"
    assert (tmp_path / "clips" / "Zoe\u0301.mp4").read_text() == "hers"


def test_a_folder_that_some_system_takes_for_the_same_is_the_same(source: Path, tmp_path: Path) -> None:
    (tmp_path / "clips" / "Anna").mkdir(parents=True)

    assert place(source, tmp_path / "clips", NAME, seen=look(source)) == tmp_path / "clips" / "Anna" / "clip.mp4"


def test_another_file_of_the_same_length_and_second_is_another(source: Path, tmp_path: Path, disk: Disk) -> None:
    other = written(tmp_path / "clips" / NAME, "A MOMENT")
    seen = look(source)
    os.utime(other, ns=(seen.modified_ns, seen.modified_ns))

    path = place(source, tmp_path / "clips", NAME, seen=seen, disk=disk)

    assert files(tmp_path / "clips") == {"anna/clip.mp4": "A MOMENT", "anna/clip-2.mp4": "a moment"}
    assert path.name == "clip-2.mp4"


def test_one_who_was_quicker_keeps_the_name(source: Path, tmp_path: Path) -> None:
    def link(whole: Path, target: Path) -> None:
        if target.name == "clip.mp4":
            written(target, "theirs")
        os.link(whole, target)

    path = place(source, tmp_path / "clips", NAME, seen=look(source), disk=Disk(link=link))

    assert path.name == "clip-2.mp4"
    assert files(tmp_path / "clips") == {"anna/clip.mp4": "theirs", "anna/clip-2.mp4": "a moment"}


def test_a_file_written_anew_after_a_crash_is_left_alone(source: Path, tmp_path: Path, disk: Disk) -> None:
    seen = look(source)
    place(source, tmp_path / "clips", NAME, seen=seen, disk=disk)
    written(source, "the next moment")

    path = place(source, tmp_path / "clips", NAME, seen=seen, disk=disk)

    assert path.read_text() == "a moment"
    assert source.read_text() == "the next moment"


def test_a_file_that_is_in_its_place_stays_there(tmp_path: Path, disk: Disk) -> None:
    path = written(tmp_path / "clips" / NAME)

    assert place(path, tmp_path / "clips", NAME, seen=look(path), disk=disk) == path
    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}


def test_a_file_of_the_same_folder_is_renamed(tmp_path: Path, disk: Disk) -> None:
    path = written(tmp_path / "clips" / "anna" / "Replay.mp4")

    place(path, tmp_path / "clips", NAME, seen=look(path), disk=disk)

    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}


@pytest.mark.parametrize(
    ("operation", "number", "reason", "is_retryable"),
    [
        ("link", errno.EACCES, Reason.LOCKED, True),
        ("link", errno.EROFS, Reason.READ_ONLY, True),
        ("link", errno.EIO, Reason.DISK, True),
        ("link", errno.ENAMETOOLONG, Reason.NAME, False),
        ("link", errno.ENOENT, Reason.GONE, False),
        ("rename", errno.EPERM, Reason.LOCKED, True),
        ("copy", errno.ENOSPC, Reason.FULL, True),
        ("copy", errno.EDQUOT, Reason.FULL, True),
        ("sync", errno.EIO, Reason.DISK, True),
    ],
)
def test_what_the_disk_says_is_told_and_the_file_is_placed_later(
    source: Path, tmp_path: Path, operation: str, number: int, *, reason: Reason, is_retryable: bool
) -> None:
    refused: dict[str, Any] = {operation: refusing(number)}
    if operation == "rename":
        refused["link"] = refusing(errno.EPERM)
    if operation == "copy":
        refused["link"] = link_within_a_folder
    seen = look(source)

    with pytest.raises(CannotPlace, match=os.strerror(number)) as caught:
        place(source, tmp_path / "clips", NAME, seen=seen, disk=Disk(**refused))
    assert (caught.value.reason, caught.value.is_retryable, caught.value.placed) == (reason, is_retryable, None)
    assert source.read_text() == "a moment"

    place(source, tmp_path / "clips", NAME, seen=seen)
    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}


def test_a_copy_that_finds_the_disk_full_leaves_nothing(source: Path, tmp_path: Path) -> None:
    def copy(whole: Path, target: Path) -> None:
        target.write_text(whole.read_text()[:3])
        refusing(errno.ENOSPC)()

    with pytest.raises(CannotPlace, match="full"):
        place(source, tmp_path / "clips", NAME, seen=look(source), disk=Disk(link=link_within_a_folder, copy=copy))

    assert list(files(tmp_path)) == ["obs/Replay 2026-01-05 10-00-00.mp4"]


def test_an_original_that_cannot_be_removed_does_not_hide_the_clip(source: Path, tmp_path: Path) -> None:
    seen = look(source)
    disk = Disk(unlink=refusing(errno.EROFS))

    for _ in range(2):
        with pytest.raises(CannotPlace, match="stays") as caught:
            place(source, tmp_path / "clips", NAME, seen=seen, disk=disk)
        assert caught.value.placed == tmp_path / "clips" / NAME
        assert caught.value.is_retryable

    place(source, tmp_path / "clips", NAME, seen=seen)
    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}


def test_an_original_that_somebody_removed_meanwhile_is_no_matter(source: Path, tmp_path: Path) -> None:
    def unlink(path: Path) -> None:
        path.unlink()
        path.unlink()

    place(source, tmp_path / "clips", NAME, seen=look(source), disk=Disk(unlink=unlink))

    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}


def test_a_file_that_is_gone_or_written_again_is_told(source: Path, tmp_path: Path) -> None:
    seen = look(source)
    written(source, "longer than it was")
    with pytest.raises(CannotPlace) as changed:
        place(source, tmp_path / "clips", NAME, seen=seen)
    source.unlink()
    with pytest.raises(CannotPlace) as gone:
        place(source, tmp_path / "clips", NAME, seen=seen)

    assert [(error.value.reason, error.value.is_retryable) for error in (changed, gone)] == [
        (Reason.CHANGED, False),
        (Reason.GONE, False),
    ]
    assert files(tmp_path) == {}


@pytest.mark.parametrize(("content", "later_s"), [("longer than it was", 0), ("A MOMENT", 3)])
def test_another_file_of_that_name_is_not_taken_for_one_that_is_gone(
    source: Path, tmp_path: Path, content: str, later_s: int
) -> None:
    seen = look(source)
    source.unlink()
    other = written(tmp_path / "clips" / NAME, content)
    os.utime(other, ns=(seen.modified_ns, seen.modified_ns + later_s * 10**9))

    with pytest.raises(CannotPlace, match="gone"):
        place(source, tmp_path / "clips", NAME, seen=seen)

    assert files(tmp_path) == {"clips/anna/clip.mp4": content}


def test_a_rename_without_links_is_never_over_another_file(tmp_path: Path) -> None:
    source, target = written(tmp_path / "replay.mp4"), written(tmp_path / "clip.mp4", "another")

    with pytest.raises(FileExistsError):
        DISK.rename(source, target)

    assert files(tmp_path) == {"replay.mp4": "a moment", "clip.mp4": "another"}


def test_a_rename_without_links_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DISK.rename(tmp_path / "missing", tmp_path / "clip.mp4")

    assert files(tmp_path) == {}


def test_a_file_written_again_while_it_is_copied_is_told(source: Path, tmp_path: Path) -> None:
    def copy(whole: Path, target: Path) -> None:
        DISK.copy(whole, target)
        written(whole, "longer than it was")

    with pytest.raises(CannotPlace, match="written again"):
        place(source, tmp_path / "clips", NAME, seen=look(source), disk=Disk(link=link_within_a_folder, copy=copy))

    assert list(files(tmp_path).values()) == ["longer than it was"]


@pytest.mark.parametrize("name", ["../clip.mp4", "a/../../clip.mp4", "/clip.mp4", "", ".", "a\0.mp4", ".."])
def test_a_name_that_leads_out_of_the_folder_is_refused(source: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotPlace, match="leads out of") as caught:
        place(source, tmp_path / "clips", name, seen=look(source))

    assert (caught.value.reason, caught.value.is_retryable) == (Reason.ESCAPES, False)
    assert list(files(tmp_path)) == ["obs/Replay 2026-01-05 10-00-00.mp4"]


@pytest.mark.parametrize("to", ["../elsewhere", "../missing", "..", "/"])
@pytest.mark.parametrize("link", ["anna", "ANNA"])
def test_a_folder_that_is_a_link_out_of_the_folder_is_refused(source: Path, tmp_path: Path, to: str, link: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / link).symlink_to(to)

    with pytest.raises(CannotPlace) as caught:
        place(source, tmp_path / "clips", NAME, seen=look(source))

    assert caught.value.reason is Reason.ESCAPES
    assert source.exists()
    assert not (tmp_path / "missing").exists()


def test_clips_may_lie_behind_a_link(source: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "clips").symlink_to("elsewhere")

    assert place(source, tmp_path / "clips", NAME, seen=look(source)) == tmp_path / "clips" / NAME


def test_a_folder_that_is_a_link_within_the_folder_is_followed(source: Path, tmp_path: Path) -> None:
    (tmp_path / "clips" / "zoe").mkdir(parents=True)
    (tmp_path / "clips" / "anna").symlink_to("zoe")

    place(source, tmp_path / "clips", NAME, seen=look(source))

    assert (tmp_path / "clips" / "zoe" / "clip.mp4").read_text() == "a moment"


@pytest.mark.parametrize("to", ["clip.mp4", "../../obs/Replay 2026-01-05 10-00-00.mp4", "nowhere"])
def test_a_link_in_the_way_is_no_clip(source: Path, tmp_path: Path, to: str) -> None:
    (tmp_path / "clips" / "anna").mkdir(parents=True)
    (tmp_path / "clips" / NAME).symlink_to(to)

    path = place(source, tmp_path / "clips", NAME, seen=look(source))

    assert path == tmp_path / "clips" / "anna" / "clip-2.mp4"
    assert not path.is_symlink()


def test_a_file_where_a_folder_would_be_is_told(source: Path, tmp_path: Path) -> None:
    written(tmp_path / "clips" / "anna")

    with pytest.raises(CannotPlace) as caught:
        place(source, tmp_path / "clips", NAME, seen=look(source))

    assert caught.value.reason is Reason.NAME


def test_a_folder_that_links_to_itself_is_told(source: Path, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "anna").symlink_to("anna")

    with pytest.raises(CannotPlace) as caught:
        place(source, tmp_path / "clips", NAME, seen=look(source))

    assert caught.value.reason is Reason.NAME


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_only_regular_files_are_looked_at(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    path.mkdir() if kind == "folder" else path.symlink_to("/etc/passwd")

    with pytest.raises(CannotPlace, match="no regular file"):
        look(path)


@pytest.mark.parametrize(
    ("before", "after", "settled"),
    [
        (Look(10, 1), Look(10, 1), True),
        (Look(10, 1), Look(11, 1), False),
        (Look(10, 1), Look(10, 2), False),
        (Look(0, 1), Look(0, 1), False),
    ],
)
def test_a_file_is_settled_once_nobody_writes(before: Look, after: Look, *, settled: bool) -> None:
    assert is_settled(before, after) is settled


def test_a_file_that_grows_is_not_settled(source: Path) -> None:
    before = look(source)
    with source.open("a") as file:
        file.write("more")

    assert not is_settled(before, look(source))
    assert is_settled(look(source), look(source))


def test_tries_are_ever_further_apart_for_a_dozen_seconds() -> None:
    assert list(RETRY_DELAYS_S) == sorted(RETRY_DELAYS_S)
    assert (RETRY_DELAYS_S[:3], RETRY_DELAYS_S[-1]) == ((0.1, 0.2, 0.4), 5.0)


def test_a_copy_is_made_between_real_devices(source: Path) -> None:
    other = Path("/dev/shm")  # a device of its own, on most machines
    if not other.is_dir() or other.stat().st_dev == source.stat().st_dev:
        pytest.skip("no second device")
    seen = look(source)

    with TemporaryDirectory(dir=other) as folder:
        path = place(source, Path(folder), NAME, seen=seen)

        assert files(Path(folder)) == {NAME: "a moment"}
        assert look(path) == seen
    assert not source.exists()


NAMES = st.sampled_from(["a.mp4", "A.mp4", "a-2.mp4", "é.mp4", "e\u0301.mp4", "É/a.mp4", "e\u0301/A.mp4", "é/a.mp4"])


@settings(max_examples=50)
@given(names=st.lists(NAMES, max_size=8), kind=st.sampled_from(list(DISKS)))
def test_however_clips_are_called_each_is_kept_under_a_name_of_its_own(names: list[str], kind: str) -> None:
    with TemporaryDirectory() as folder:
        clips = Path(folder, "clips")
        for index, name in enumerate(names):
            source = written(Path(folder, "obs", "replay.mp4"), f"moment {index}")
            place(source, clips, name, seen=look(source), disk=DISKS[kind])
        kept = files(clips)

    assert sorted(kept.values()) == [f"moment {index}" for index in range(len(names))]
    assert len({collision_key(name) for name in kept}) == len(names)
