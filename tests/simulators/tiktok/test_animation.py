from collections.abc import Iterator
from itertools import count
from queue import Queue

import pytest

from vigie.simulators.tiktok.accounts import Account, State
from vigie.simulators.tiktok.animation import Animation
from vigie.simulators.tiktok.faults import Fault, Faults
from vigie.simulators.tiktok.frames import Frame
from vigie.simulators.tiktok.room import Room


class Ear:
    """A connection that keeps what it is offered."""

    def __init__(self) -> None:
        self.frames: Queue[Frame] = Queue()

    def offer(self, frame: Frame) -> None:
        self.frames.put(frame)

    def strike(self, fault: Fault) -> None:
        raise AssertionError(fault)

    def texts(self, wanted: int) -> list[bytes]:
        """Return what the first messages say, once there are enough."""
        heard: list[bytes] = []
        while len(heard) < wanted:
            heard.extend(message.payload.split(b"webp", 1)[-1] for message in self.frames.get(timeout=10).messages)
        return heard[:wanted]


@pytest.fixture
def animations() -> Iterator["list[Animation]"]:
    """Return a list; what is put there is stopped."""
    made: list[Animation] = []
    yield made
    for animation in made:
        animation.stop()


def played(animations: list[Animation], *, seed: int, state: State = State.LIVE, pace: float = 100) -> tuple[Room, Ear]:
    room = Room(Account("alice", 11, 101, state), everywhere=Faults(), ids=count(1), now_ms=lambda: 0)
    ear = Ear()
    room.enter(ear, 0)
    animations.append(Animation(seed))
    animations[-1].set_pace(room, pace)
    return room, ear


def test_the_same_seed_plays_the_same_live(animations: list[Animation]) -> None:
    texts = [played(animations, seed=seed)[1].texts(40) for seed in (1, 1, 2)]

    assert texts[0] == texts[1] != texts[2]


def test_only_lives_that_are_on_go_on(animations: list[Animation]) -> None:
    paused, silent = played(animations, seed=1, state=State.PAUSED)
    animations[0].set_pace(other := Room(Account("bob", 12, 102), everywhere=Faults(), ids=count(1), now_ms=int), 100)
    ear = Ear()
    other.enter(ear, 0)
    ear.texts(20)

    assert silent.frames.empty()
    paused.change(state=State.LIVE)
    silent.texts(1)


def test_nothing_happens_any_more_once_it_is_stopped(animations: list[Animation]) -> None:
    room, ear = played(animations, seed=1)
    ear.texts(1)
    animations[0].stop()
    while not ear.frames.empty():
        ear.frames.get()
    animations[0].set_pace(room, 50)

    assert not animations[0]._thread.is_alive()


def test_an_animation_that_never_began_can_be_stopped() -> None:
    Animation(1).stop()
