import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.risk.changes import Line, Mark, changes

TEN = "\n".join(f"line {n}" for n in range(1, 11))


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("", "", []),
        ("a\nb", "a\nb\n", []),
        ("", "a", [Line(Mark.ADDED, 1, "a")]),
        ("a", "", [Line(Mark.REMOVED, 1, "a")]),
        ("a\nb", "a\nc", [Line(Mark.SAME, 1, "a"), Line(Mark.REMOVED, 2, "b"), Line(Mark.ADDED, 2, "c")]),
    ],
)
def test_changes_are_lines_removed_then_added(old: str, new: str, lines: list[Line]) -> None:
    assert changes(old, new) == lines


def test_what_did_not_change_is_left_out_but_for_what_stands_around() -> None:
    new = TEN.replace("line 1\n", "first\n").replace("line 10", "last")

    marks = [line.mark.value for line in changes(TEN, new)]

    assert marks == ["removed", "added", "same", "same", "left_out", "same", "same", "removed", "added"]


def test_lines_have_the_number_they_have_in_their_text() -> None:
    numbers = [(line.mark.value, line.number) for line in changes(TEN, "new\n" + TEN.replace("line 9\n", ""))]

    assert numbers == [
        ("added", 1),
        ("same", 2),
        ("same", 3),
        ("left_out", None),
        ("same", 8),
        ("same", 9),
        ("removed", 9),
        ("same", 10),
    ]


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_every_change_is_shown(old: list[str], new: list[str]) -> None:
    lines = changes("\n".join(old), "\n".join(new))
    added = [line.text for line in lines if line.mark is Mark.ADDED]
    removed = [line.text for line in lines if line.mark is Mark.REMOVED]

    assert len(new) - len(added) == len(old) - len(removed)
    assert bool(lines) is (old != new)
