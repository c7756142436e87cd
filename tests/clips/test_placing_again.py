"""A file whose placing crashed: the same call finishes it, and the clip is there once and whole."""

import errno
from contextlib import suppress
from pathlib import Path

import pytest

from tests.clips.disks import DISKS, Crash, crashing, files, link_within_a_folder, refusing, written
from vigie.clips.placing import Disk, look, place

NAME = "anna/clip.mp4"


@pytest.fixture(params=DISKS)
def disk(request: pytest.FixtureRequest) -> Disk:
    return DISKS[request.param]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "obs" / "Replay 2026-01-05 10-00-00.mp4")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(7))
@pytest.mark.parametrize("taken", [[], ["clip.mp4"]], ids=["free", "taken"])
def test_after_a_crash_at_any_point_the_same_call_finishes(
    source: Path, tmp_path: Path, disk: Disk, *, at: int, after: bool, taken: list[str]
) -> None:
    folder = tmp_path / "clips" / "anna"
    for name in taken:
        written(folder / name, "another")
    seen = look(source)

    with suppress(Crash):
        place(source, tmp_path / "clips", NAME, seen=seen, disk=crashing(disk, at, after=after))
    paths = [place(source, tmp_path / "clips", NAME, seen=seen, disk=disk) for _ in range(2)]

    wanted = "clip-2.mp4" if taken else "clip.mp4"
    assert paths == [folder / wanted] * 2
    assert files(tmp_path) == {
        **{f"clips/anna/{name}": "another" for name in taken},
        f"clips/anna/{wanted}": "a moment",
    }


def test_a_crash_amid_a_copy_leaves_no_part_of_it(source: Path, tmp_path: Path) -> None:
    def copy(whole: Path, target: Path) -> None:
        target.write_text(whole.read_text()[:3])
        raise Crash

    seen = look(source)
    with pytest.raises(Crash):
        place(source, tmp_path / "clips", NAME, seen=seen, disk=Disk(link=link_within_a_folder, copy=copy))
    assert not (tmp_path / "clips" / NAME).exists()

    place(source, tmp_path / "clips", NAME, seen=seen, disk=DISKS["devices"])

    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment"}


def test_a_crash_amid_a_rename_without_links_costs_a_name(source: Path, tmp_path: Path) -> None:
    def rename(_whole: Path, target: Path) -> None:
        target.touch()
        raise Crash

    seen = look(source)
    with pytest.raises(Crash):
        place(source, tmp_path / "clips", NAME, seen=seen, disk=Disk(link=refusing(errno.EPERM), rename=rename))

    place(source, tmp_path / "clips", NAME, seen=seen, disk=DISKS["no links"])

    assert files(tmp_path) == {"clips/anna/clip.mp4": "", "clips/anna/clip-2.mp4": "a moment"}


def test_the_next_file_of_the_same_path_does_not_touch_a_clip_whose_placing_crashed(
    source: Path, tmp_path: Path
) -> None:
    disk = DISKS["devices"]
    with pytest.raises(Crash):
        place(source, tmp_path / "clips", NAME, seen=look(source), disk=crashing(disk, 3, after=False))
    written(source, "the next moment")

    path = place(source, tmp_path / "clips", NAME, seen=look(source), disk=disk)

    assert path.name == "clip-2.mp4"
    assert files(tmp_path) == {"clips/anna/clip.mp4": "a moment", "clips/anna/clip-2.mp4": "the next moment"}
