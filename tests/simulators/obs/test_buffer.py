"""The traps of a replay buffer, without a network."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from vigie.simulators.obs.buffer import ReplayBuffer
from vigie.simulators.obs.faults import Fault, Faults, Kind
from vigie.simulators.obs.film import replay
from vigie.simulators.obs.settings import Settings

DEADLINE_S = 20.0
NOTHING_MORE_S = 0.2
FOREVER_S = 600.0


class Bench:
    """A replay buffer, a clock that stands, and what it tells."""

    def __init__(self, folder: Path) -> None:
        self.at = datetime(2026, 3, 9, 20, 15, 0, tzinfo=UTC)
        self.told = Queue[tuple[str, Mapping[str, Any]]]()
        self.drops = 0
        self.settings = Settings(write_s=0.02)
        self.faults = Faults()
        self.buffer = ReplayBuffer(self.settings, self.faults, folder=folder, now=lambda: self.at)
        self.buffer.tell = lambda kind, data: self.told.put((kind, data))
        self.buffer.drop = self._drop

    def save(self) -> None:
        self.locked(self.buffer.save)

    def saved(self) -> str:
        """Return the path that is told next."""
        kind, data = self.told.get(timeout=DEADLINE_S)
        assert kind == "ReplayBufferSaved"
        return str(data["savedReplayPath"])

    def is_told_no_more(self) -> bool:
        try:
            self.told.get(timeout=NOTHING_MORE_S)
        except Empty:
            return True
        return False

    def locked(self, act: Callable[[], object]) -> None:
        with self.buffer.lock:
            act()

    def _drop(self) -> None:
        self.drops += 1
        self.told.put(("dropped", {}))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.locked(bench.buffer.forget)


def test_a_replay_is_written_and_then_told(bench: Bench, tmp_path: Path) -> None:
    bench.save()
    path = bench.saved()

    assert path == str(tmp_path / "Replay 2026-03-09 20-15-00.mp4") == bench.buffer.last_path
    assert Path(path).read_bytes() == replay(1)


def test_two_saves_before_the_first_is_written_are_one(bench: Bench) -> None:
    bench.save()
    bench.save()
    bench.saved()

    assert bench.is_told_no_more()
    assert len(bench.buffer.written) == 1


def test_of_two_in_the_same_second_the_later_takes_the_place(bench: Bench) -> None:
    told = list[str]()
    for _ in range(2):
        bench.save()
        told.append(bench.saved())

    assert told[0] == told[1]
    assert bench.buffer.written == [Path(told[0])] * 2
    assert Path(told[0]).read_bytes() == replay(2)


def test_a_second_later_there_is_another_file(bench: Bench, tmp_path: Path) -> None:
    for _ in range(2):
        bench.save()
        bench.saved()
        bench.at += timedelta(seconds=1)

    assert len(list(tmp_path.iterdir())) == 2


def test_any_save_can_take_the_place_of_the_one_before(bench: Bench, tmp_path: Path) -> None:
    bench.save()
    first = bench.saved()
    bench.at += timedelta(hours=1)
    bench.faults.add(Fault(Kind.SAME))
    bench.save()

    assert bench.saved() == first
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("folder", ["C:/Users/Zoé/Videos", "C:\\Users\\Zoé\\Videos", "/home/zoe/"])
def test_a_path_is_told_as_its_machine_spells_it(bench: Bench, tmp_path: Path, folder: str) -> None:
    bench.settings.told_folder = folder
    bench.save()

    assert bench.saved() == f"{folder.rstrip('/')}/Replay 2026-03-09 20-15-00.mp4"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("kind", "files"), [(Kind.SILENT, 1), (Kind.LATE, 1), (Kind.DROP, 1), (Kind.UNWRITTEN, 0)])
def test_a_save_goes_wrong(bench: Bench, tmp_path: Path, kind: Kind, files: int) -> None:
    bench.faults.add(Fault(kind, delay_s=FOREVER_S if kind is Kind.LATE else 0.0))
    bench.save()
    if kind is Kind.UNWRITTEN:
        bench.saved()
    elif kind is Kind.DROP:
        assert bench.told.get(timeout=DEADLINE_S) == ("dropped", {})
    assert bench.is_told_no_more()

    assert len(list(tmp_path.iterdir())) == files
    bench.save()
    assert bench.saved()


def test_a_late_replay_is_told_in_the_end(bench: Bench) -> None:
    bench.faults.add(Fault(Kind.LATE, delay_s=0.05))
    bench.save()

    assert Path(bench.saved()).is_file()


def test_a_crash_ends_what_is_under_way_and_the_next_start_begins_anew(bench: Bench, tmp_path: Path) -> None:
    bench.settings.write_s = FOREVER_S
    bench.save()
    bench.locked(lambda: bench.buffer.turn(is_active=False))
    bench.locked(bench.buffer.forget)

    bench.settings.write_s = 0.0
    bench.save()
    kinds = [bench.told.get(timeout=DEADLINE_S)[0] for _ in range(3)]

    assert kinds == ["ReplayBufferStateChanged", "ReplayBufferStateChanged", "ReplayBufferSaved"]
    assert bench.buffer.is_active
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("is_active", [True, False])
def test_turning_it_is_told_in_two_steps(bench: Bench, *, is_active: bool) -> None:
    bench.locked(lambda: bench.buffer.turn(is_active=is_active))

    states = [bench.told.get(timeout=DEADLINE_S)[1]["outputState"].rpartition("_")[2] for _ in range(2)]
    assert states == (["STARTING", "STARTED"] if is_active else ["STOPPING", "STOPPED"])
    assert bench.buffer.is_active is is_active
