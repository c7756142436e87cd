from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from vigie.simulators.tiktok.accounts import Account, State
from vigie.simulators.tiktok.faults import Fault, Faults, Kind
from vigie.simulators.tiktok.frames import Frame, RawFrame
from vigie.simulators.tiktok.happenings import Comment, Like, MessageKind, ViewerCount, viewer
from vigie.simulators.tiktok.room import REMEMBERED, Room

SOMEBODY = viewer(1)


class Ear:
    """A connection that keeps what it is offered."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.struck: list[Fault] = []

    def offer(self, frame: Frame) -> None:
        self.frames.append(frame)

    def strike(self, fault: Fault) -> None:
        self.struck.append(fault)

    @property
    def heard(self) -> list[list[int]]:
        return [[message.message_id for message in frame.messages] for frame in self.frames]


@pytest.fixture
def everywhere() -> Faults:
    return Faults()


@pytest.fixture
def room(everywhere: Faults) -> Room:
    """Return a room whose messages count from 1, at second 1."""
    return Room(Account("alice", 11, 101), everywhere=everywhere, ids=count(1), now_ms=lambda: 1000)


@pytest.fixture
def ear(room: Room) -> Ear:
    """Return a connection to it."""
    ear = Ear()
    room.enter(ear, 0)
    return ear


def say(room: Room, *texts: str) -> list[int]:
    return room.publish([Comment(SOMEBODY, text) for text in texts])


def test_what_happens_at_once_is_one_frame_for_all(room: Room, ear: Ear) -> None:
    other = Ear()
    room.enter(other, 0)

    assert say(room, "un", "deux") == [1, 2]
    assert ear.heard == other.heard == [[1, 2]]
    assert ear.frames[0] is other.frames[0]


def test_connections_can_be_waited_for(room: Room, ear: Ear) -> None:
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(room.wait_for, 2, 10)
        room.enter(Ear(), 0)
        waiting.result(10)

    room.wait_for(2, 0)
    with pytest.raises(TimeoutError, match="@alice has 2 connections, not 5"):
        room.wait_for(5, 0)


def test_ids_can_be_chosen(room: Room, ear: Ear) -> None:
    assert room.publish([Comment(SOMEBODY, "un"), Comment(SOMEBODY, "deux")], message_id=70) == [70, 71]
    assert say(room, "trois") == [1]


def test_who_left_hears_nothing(room: Room, ear: Ear) -> None:
    room.leave(ear)
    say(room, "un")

    assert (ear.frames, room.connections) == ([], 0)


@pytest.mark.parametrize(("history", "heard"), [(0, []), (2, [[3, 4]]), (9, [[1, 2, 3, 4]])])
def test_who_comes_hears_the_last_comments(room: Room, history: int, heard: list[list[int]]) -> None:
    for text in ("un", "deux", "trois", "quatre"):
        say(room, text)
    ear = Ear()
    room.enter(ear, history)

    assert ear.heard == heard
    assert all(frame.is_history for frame in ear.frames)


def test_a_replay_brings_all_that_is_remembered_and_does_not_say_so(room: Room) -> None:
    for _ in range(REMEMBERED + 5):
        say(room, "encore")
    room.strike(Fault(Kind.REPLAY, times=1))
    ear = Ear()
    room.enter(ear, 6)

    assert ear.heard == [list(range(6, REMEMBERED + 6))]
    assert not ear.frames[0].is_history


def test_who_comes_to_an_ended_live_is_told(room: Room) -> None:
    room.change(state=State.OFFLINE)
    ear = Ear()
    room.enter(ear, 6)

    assert [message.kind for frame in ear.frames for message in frame.messages] == [MessageKind.CONTROL]


def test_another_live_starts_from_nothing(room: Room, ear: Ear) -> None:
    say(room, "un")
    room.publish([ViewerCount(40), Like(SOMEBODY, 3)])
    room.begin(102)
    later = Ear()
    room.enter(later, 6)

    assert (room.account.room_id, room.viewers, room.likes, later.frames) == (102, 0, 0, [])
    assert [fault.code for fault in ear.struck] == [1000]


def test_counts_are_remembered(room: Room) -> None:
    room.publish([ViewerCount(40, 90), Like(SOMEBODY, 3), Like(SOMEBODY, 2, 100)])

    assert (room.viewers, room.likes) == (40, 100)


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        (Kind.PLAIN, [[1]]),
        (Kind.UNKNOWN, [[1, 2]]),
        (Kind.BROKEN, [[1, 2]]),
        (Kind.DUPLICATE, [[1], [1]]),
        (Kind.CORRUPT, [[], [1]]),
        (Kind.GARBAGE, [[], [1]]),
    ],
)
def test_frames_go_wrong_once(room: Room, ear: Ear, kind: Kind, heard: list[list[int]]) -> None:
    room.strike(Fault(kind, times=1))
    say(room, "un")
    (later,) = say(room, "deux")

    assert ear.heard == [*heard, [later]]
    assert isinstance(ear.frames[0], RawFrame) is (heard[0] == [])


def test_a_fault_of_frames_waits_for_somebody_to_hear_it(room: Room) -> None:
    room.strike(Fault(Kind.DUPLICATE, times=1))
    say(room, "un")

    assert room.faults.all() == [Fault(Kind.DUPLICATE, times=1)]


def test_a_fault_of_answers_is_left_for_them(room: Room, ear: Ear) -> None:
    room.strike(Fault(Kind.REFUSE, times=1))
    (message_id,) = say(room, "un")

    assert (ear.heard, ear.struck) == ([[message_id]], [])
    assert room.faults.all() == [Fault(Kind.REFUSE, times=1)]


def test_what_goes_wrong_everywhere_goes_wrong_here(room: Room, ear: Ear, everywhere: Faults) -> None:
    everywhere.add(Fault(Kind.DUPLICATE, times=1))
    say(room, "un")

    assert ear.heard == [[1], [1]]


@pytest.mark.parametrize("kind", [Kind.CLOSE, Kind.RESET, Kind.STALL])
@pytest.mark.parametrize("times", [0, 1])
def test_open_connections_break_at_once_and_so_many_of_the_next(room: Room, ear: Ear, kind: Kind, times: int) -> None:
    fault = Fault(kind, times=times)
    room.strike(fault)
    later = [Ear(), Ear()]
    for it in later:
        room.enter(it, 0)

    assert ear.struck == [fault]
    assert [it.struck for it in later] == [[fault] * times, []]
