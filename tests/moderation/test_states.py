from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vigie.moderation import states
from vigie.moderation.states import (
    ACTION_TAKEN,
    DISMISSED,
    MOVES,
    PENDING,
    REVIEWED,
    AlreadyDecided,
    CannotUndo,
    Made,
    NoSuchMove,
    NotYourDecision,
    Refused,
    Standing,
    TooLateToUndo,
    moved,
    undone,
)

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
ALLOWED = {
    (PENDING, REVIEWED),
    (PENDING, ACTION_TAKEN),
    (PENDING, DISMISSED),
    (REVIEWED, PENDING),
    (ACTION_TAKEN, PENDING),
    (DISMISSED, PENDING),
}


@pytest.mark.parametrize(("state", "to"), sorted(ALLOWED))
def test_an_allowed_move_changes_the_state_and_the_version(state: str, to: str) -> None:
    assert moved(Standing(state, 3), to, seen=3) == Standing(to, 4)


@pytest.mark.parametrize(("state", "to"), sorted(set(product(MOVES, MOVES)) - ALLOWED))
def test_every_other_move_is_refused(state: str, to: str) -> None:
    with pytest.raises(NoSuchMove, match=f"from '{state}' to '{to}'"):
        moved(Standing(state, 3), to, seen=3)


@pytest.mark.parametrize("to", ["", "escalated", "PENDING"])
def test_an_unknown_state_is_refused(to: str) -> None:
    with pytest.raises(NoSuchMove):
        moved(Standing(PENDING, 1), to, seen=1)


@pytest.mark.parametrize("seen", [0, 1, 3])
@pytest.mark.parametrize("state", sorted(MOVES))
def test_a_decision_on_another_version_is_refused_with_both(state: str, seen: int) -> None:
    with pytest.raises(AlreadyDecided) as refusal:
        moved(Standing(state, 2), DISMISSED, seen=seen)

    assert (refusal.value.seen, refusal.value.current) == (seen, 2)
    assert str(refusal.value) == "Somebody else changed this alert meanwhile. Look at it again, then decide."


@pytest.mark.parametrize("after_s", [0, 1, 10])
def test_a_decision_can_be_taken_back_for_ten_seconds(after_s: int) -> None:
    now = NOW + timedelta(seconds=after_s)

    assert undone(Standing(DISMISSED, 2), Made(7, NOW), former=PENDING, by=7, now=now) == Standing(PENDING, 3)


@pytest.mark.parametrize(
    ("made", "by", "after_s", "refusal"),
    [
        (Made(8, NOW), 7, 1, NotYourDecision),
        (Made(8, NOW), 7, 60, NotYourDecision),
        (Made(7, NOW), 7, 10.001, TooLateToUndo),
        (Made(7, NOW), 7, 3600, TooLateToUndo),
    ],
)
def test_nothing_else_can_be_taken_back(made: Made, by: int, after_s: float, refusal: type[CannotUndo]) -> None:
    with pytest.raises(CannotUndo) as raised:
        undone(Standing(DISMISSED, 2), made, former=PENDING, by=by, now=NOW + timedelta(seconds=after_s))

    assert type(raised.value) is refusal


class AlertLife(RuleBasedStateMachine):
    """Whatever people try: the version counts the changes, and only the table's states are reached."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing(PENDING, 1)
        self.made: list[tuple[Made, str]] = []
        self.now = NOW
        self.changes = 0

    @rule(to=st.sampled_from(sorted(MOVES)), seen=st.integers(0, 6), by=st.integers(1, 2))
    def decide(self, to: str, seen: int, by: int) -> None:
        before = self.standing
        try:
            self.standing = moved(before, to, seen=seen)
        except Refused:
            assert seen != before.version or to not in MOVES[before.state]
        else:
            assert to in MOVES[before.state]
            self.made.append((Made(by, self.now), before.state))
            self.changes += 1

    @rule(by=st.integers(1, 2))
    @precondition(lambda self: self.made)
    def undo(self, by: int) -> None:
        made, former = self.made[-1]
        try:
            self.standing = undone(self.standing, made, former=former, by=by, now=self.now)
        except CannotUndo:
            assert made.by != by or self.now - made.at > states.UNDO
        else:
            self.made.pop()
            self.changes += 1

    @rule(seconds=st.integers(0, 15))
    @precondition(lambda self: self.made)
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def version_counts_the_changes(self) -> None:
        assert self.standing.version == 1 + self.changes
        assert self.standing.state in MOVES


TestAlertLife = AlertLife.TestCase
