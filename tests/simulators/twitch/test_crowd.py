import random
from queue import Queue

import pytest

from vigie.simulators.twitch.crowd import LINES, NAMES, Crowd


def test_a_crowd_writes_everyday_lines_until_it_is_told_to_stop() -> None:
    said: Queue[tuple[str, str]] = Queue()
    crowd = Crowd(lambda chatter, text: said.put((chatter, text)), 60_000, rng=random.Random(1))

    crowd.start()
    heard = [said.get(timeout=5) for _ in range(20)]
    crowd.stop()

    assert {chatter for chatter, _ in heard} <= set(NAMES)
    assert {text for _, text in heard} <= set(LINES)


def test_the_same_chance_makes_the_same_lines() -> None:
    crowds = [Crowd(lambda *_: None, 30, rng=random.Random(5)) for _ in range(2)]

    assert [crowds[0].line() for _ in range(5)] == [crowds[1].line() for _ in range(5)]


def test_a_crowd_may_have_other_names() -> None:
    crowd = Crowd(lambda *_: None, 30, rng=random.Random(5), names=["ana"])

    assert {crowd.line()[0] for _ in range(5)} == {"ana"}


def test_a_crowd_has_a_pace() -> None:
    with pytest.raises(ValueError, match="pace"):
        Crowd(lambda *_: None, 0, rng=random.Random(1))
