from typing import Any

import pytest

from vigie.simulators.twitch.faults import Fault, Kind


@pytest.mark.parametrize(
    ("path", "touches"),
    [("helix/chat", True), ("helix/chat/chatters", True), ("helix/users", False), ("oauth2/token", False)],
)
def test_a_fault_touches_what_begins_with_its_path(path: str, *, touches: bool) -> None:
    assert Fault(Kind.CUT, "helix/chat").touches(path, "") is touches
    assert Fault(Kind.CUT).touches(path, "")


@pytest.mark.parametrize(("query", "touches"), [("first=1000", False), ("first=1000&after=abc", True)])
def test_a_cursor_expires_only_where_there_is_one(query: str, *, touches: bool) -> None:
    assert Fault(Kind.CURSOR).touches("helix/chat/chatters", query) is touches


@pytest.mark.parametrize("wrong", [{"times": -1}, {"skip": -1}, {"delay_s": -1.0}, {"kind": Kind.SLOW}])
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"empty|slow"):
        Fault(**{"kind": Kind.EMPTY, **wrong})
