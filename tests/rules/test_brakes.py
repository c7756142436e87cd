"""Why a rule holds back, in words."""

import pytest

from vigie.rules.brakes import Brake, Held
from vigie.rules.kinds import Scope


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (Held(Brake.HISTORY), "history: it happened before Vigie was connected"),
        (Held(Brake.EXCEPT, {"which": "user"}), "exception: user"),
        (Held(Brake.QUORUM, {"people": 1, "needed": 3}), "quorum: 1 of 3"),
        (Held(Brake.SCHEDULE), "schedule: the rule is not in force at that time"),
        (
            Held(Brake.COOLDOWN, {"ago": "57 s", "scope": Scope.CHANNEL}),
            "cooldown: it acted 57 s ago for the same channel",
        ),
        (Held(Brake.HOURLY_CAP, {"cap": 60}), "hourly cap: it acted 60 times within the hour"),
    ],
)
def test_held_says_why(held: Held, words: str) -> None:
    assert str(held) == words


def test_every_brake_is_in_the_table_above() -> None:
    assert len(Brake) == 6
