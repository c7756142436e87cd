r"""Paths of an OBS on another machine: found under the folders that somebody mapped, and nowhere else."""

from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.clips import pathmaps
from vigie.clips.pathmaps import BadMapping, CannotMap, Flaw, local_path, parse_mapping

MAPPINGS = parse_mapping(
    r"""
    C:\Users\Anna\Videos -> /mnt/anna
    c:/users/anna/videos/replays/ -> /mnt/replays
    D:\ -> /mnt/d

    \\nas\clips -> /mnt/nas
    /home/anna/Videos -> /mnt/linux
    """
)


@pytest.mark.parametrize(
    ("reported", "path"),
    [
        ("C:/Users/Anna/Videos/Replay 1.mp4", "/mnt/anna/Replay 1.mp4"),
        (r"C:\Users\Anna\Videos\Replay 1.mp4", "/mnt/anna/Replay 1.mp4"),
        (r"c:\USERS\anna/videos\2026\Été.MP4", "/mnt/anna/2026/Été.MP4"),
        ("C:/Users/Anna/Videos/Replays/a.mp4", "/mnt/replays/a.mp4"),
        ("C:/Users/Anna/Videos/Replays2/a.mp4", "/mnt/anna/Replays2/a.mp4"),
        ("d:/a.mp4", "/mnt/d/a.mp4"),
        (r"\\NAS\Clips\a.mp4", "/mnt/nas/a.mp4"),
        ("//nas/clips/a.mp4", "/mnt/nas/a.mp4"),
        ("/home/anna/Videos/a.mp4", "/mnt/linux/a.mp4"),
        ("/home/anna/Videos/./x//a.mp4", "/mnt/linux/x/a.mp4"),
        (r"/home/anna/Videos/a\..\b.mp4", r"/mnt/linux/a\..\b.mp4"),
        ("/home/anna/videos/a.mp4", "/home/anna/videos/a.mp4"),
        ("/srv/replays/a.mp4", "/srv/replays/a.mp4"),
    ],
)
def test_a_file_is_found_under_the_longest_folder_that_is_mapped(reported: str, path: str) -> None:
    assert str(local_path(reported, MAPPINGS)) == path


@pytest.mark.parametrize(
    "reported",
    [
        "",
        "a.mp4",
        "./a.mp4",
        "C:a.mp4",
        r"\Users\Anna\Videos\a.mp4",
        "E:/a.mp4",
        "C:/Users/Bob/a.mp4",
        "//other/clips/a.mp4",
        "//nas",
        "C:/Users/Anna/Videos/../../Bob/a.mp4",
        r"D:\..\a.mp4",
        "/home/anna/Videos/../../../etc/passwd",
        "/srv/../etc/passwd",
        "/home/anna/Videos/a\0.mp4",
    ],
)
def test_a_path_that_is_nowhere_here_is_told_in_one_line(reported: str) -> None:
    with pytest.raises(CannotMap, match="OBS tells of") as caught:
        local_path(reported, MAPPINGS)

    assert repr(reported) in str(caught.value)
    assert str(caught.value).isprintable()


def test_without_mappings_this_machine_is_meant() -> None:
    assert local_path("/srv/replays/a.mp4") == Path("/srv/replays/a.mp4")


@pytest.mark.parametrize(
    ("part", "is_kept"), [("a.mp4", True), ("a\\b.mp4", False), ("a\\..\\..\\b.mp4", False), ("C:b.mp4", False)]
)
def test_a_name_that_is_a_path_on_windows_is_not_kept_there(part: str, *, is_kept: bool) -> None:
    assert pathmaps._is_kept(PureWindowsPath("D:/clips"), PurePosixPath(part)) is is_kept


PARTS = st.sampled_from(["..", ".", "a", "B.mp4", ".. ", "C:", "c:\\x", "a\\..\\..\\b", ""]) | st.text(max_size=5)


@given(
    prefix=st.sampled_from(["C:/Users/Anna/Videos", "D:", "//nas/clips", "/home/anna/Videos"]),
    parts=st.lists(PARTS, max_size=6),
    slash=st.sampled_from(["/", "\\"]),
)
def test_no_path_leaves_the_folder_it_is_mapped_to(prefix: str, parts: list[str], slash: str) -> None:
    reported = slash.join([prefix, *parts])

    with suppress(CannotMap):
        path = local_path(reported, MAPPINGS)

        assert path.is_absolute()
        assert ".." not in path.parts
        assert "\0" not in str(path)
        assert path.is_relative_to("/mnt") or slash == "\\"


@pytest.mark.parametrize(
    ("text", "flaw", "line"),
    [
        ("C:/Videos", Flaw.ARROW, 1),
        ("\nC:/Videos = /mnt", Flaw.ARROW, 2),
        (" -> /mnt", Flaw.THERE, 1),
        ("Videos -> /mnt", Flaw.THERE, 1),
        ("C: -> /mnt", Flaw.THERE, 1),
        ("//nas -> /mnt", Flaw.THERE, 1),
        (r"C:\Videos\..\Bob -> /mnt", Flaw.THERE, 1),
        ("/a -> /b\n/c ->", Flaw.HERE, 2),
        ("/a -> replays", Flaw.HERE, 1),
        ("/a -> C:/Videos", Flaw.HERE, 1),
        ("/a -> /mnt/../etc", Flaw.HERE, 1),
        ("/a -> /mnt\0", Flaw.HERE, 1),
        ("C:/Videos -> /a\nC:\\VIDEOS\\ -> /b", Flaw.TWICE, 2),
    ],
)
def test_a_line_that_maps_nothing_says_which_and_why(text: str, flaw: Flaw, line: int) -> None:
    with pytest.raises(BadMapping, match=f"Line {line}: ") as caught:
        parse_mapping(text)

    assert (caught.value.flaw, caught.value.line) == (flaw, line)


@pytest.mark.parametrize("text", ["", "  \n\n"])
def test_no_lines_map_nothing(text: str) -> None:
    assert parse_mapping(text) == ()


@given(text=st.text() | st.lists(st.sampled_from(["C:/a", "/b", "->", "\n", "..", " "])).map("".join))
def test_lines_are_read_or_refused(text: str) -> None:
    with suppress(BadMapping):
        mappings = parse_mapping(text)

        assert [mapping.here for mapping in mappings if not mapping.here.is_absolute()] == []
        assert len(mappings) <= text.count("->")
