import pytest

from vigie.simulators.tiktok.accounts import Account
from vigie.simulators.tiktok.faults import Fault, Kind
from vigie.simulators.tiktok.rooms import Rooms


@pytest.fixture
def rooms() -> Rooms:
    rooms = Rooms(1, now_ms=lambda: 0)
    rooms.add(Account("alice", 11, 101))
    rooms.add(Account("bob", 12, 102, old_handle="robert"))
    return rooms


def test_a_room_is_found_by_what_its_account_is_called(rooms: Rooms) -> None:
    alice, bob = rooms.all()

    assert rooms["alice"] is rooms.named("Alice") is rooms.numbered("11") is rooms.of_live("101") is alice
    assert rooms.once_named("Robert") is bob
    assert rooms.named("robert") is rooms.numbered("99") is rooms.of_live("") is rooms.once_named("alice") is None
    with pytest.raises(KeyError, match="nobody"):
        rooms["nobody"]


def test_nobody_was_once_called_nothing(rooms: Rooms) -> None:
    assert rooms.once_named("") is None


def test_what_an_account_lacks_is_made_up(rooms: Rooms) -> None:
    account = rooms.add(Account("carol")).account

    assert account.nickname == "carol"
    assert account.user_id > 10**18
    assert account.room_id not in {0, rooms.next_live()}


def test_two_servers_make_up_different_ids() -> None:
    first, second = (Rooms(seed, now_ms=lambda: 0).add(Account("carol")).account for seed in (1, 2))

    assert first.user_id != second.user_id
    assert first.room_id != second.room_id


def test_a_handle_is_given_once(rooms: Rooms) -> None:
    with pytest.raises(ValueError, match="@ALICE is taken"):
        rooms.add(Account("ALICE"))


def test_faults_of_all_are_mended_together(rooms: Rooms) -> None:
    rooms.break_all(Fault(Kind.PLAIN))
    rooms["alice"].strike(Fault(Kind.DUPLICATE))
    rooms["bob"].strike(Fault(Kind.DUPLICATE))
    rooms.mend("bob")
    assert [room.faults.all() for room in rooms.all()] == [[Fault(Kind.DUPLICATE)], []]

    rooms.mend("*")
    assert [it.all() for it in (rooms.faults, *(room.faults for room in rooms.all()))] == [[], [], []]


@pytest.mark.parametrize(("fault", "kept"), [(Fault(Kind.CLOSE), 0), (Fault(Kind.CLOSE, times=2), 1)])
def test_connections_that_break_everywhere_leave_a_fault_only_for_later_ones(
    rooms: Rooms, fault: Fault, kept: int
) -> None:
    rooms.break_all(fault)

    assert len(rooms.faults.all()) == kept
    assert [room.faults.all() for room in rooms.all()] == [[], []]
