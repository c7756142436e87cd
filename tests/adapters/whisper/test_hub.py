import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from vigie.adapters.whisper.hub import HuggingFaceHub
from vigie.ports import ModelHub, PortError
from vigie.simulators.hub import HubServer, Repository

WEIGHTS = bytes(range(256)) * 2000
FILES = {
    "model.bin": WEIGHTS,
    "config.json": b"{}",
    "tokenizer.json": b'{"model": {}}',
    "vocabulary.txt": b"one\ntwo\n",
    "README.md": b"# not wanted",
}
BASE = Repository("Systran/faster-whisper-base", FILES)
WANTED = {name: body for name, body in FILES.items() if name != "README.md"}
TOTAL = sum(map(len, WANTED.values()))


@pytest.fixture
def server() -> Iterator[HubServer]:
    with HubServer(BASE, Repository("someone/empty", {"README.md": b"nothing"})) as server:
        yield server


def nobody(_there: int, _total: int) -> None:
    """Look at no progress."""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_model_is_fetched_whole_and_nothing_else(server: HubServer, tmp_path: Path) -> None:
    hub: ModelHub = HuggingFaceHub(server.url)

    hub.fetch(BASE.name, tmp_path, nobody)

    assert contents(tmp_path) == WANTED


def test_progress_grows_to_the_whole(server: HubServer, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, lambda there, total: told.append((there, total)))

    assert told[-1] == (TOTAL, TOTAL)
    assert [there for there, _ in told] == sorted(there for there, _ in told)
    assert {total for _, total in told} == {TOTAL}


def test_what_is_there_is_not_fetched_again(server: HubServer, tmp_path: Path) -> None:
    HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, nobody)
    server.requests.clear()

    HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, nobody)

    assert server.requests == [f"GET /api/models/{BASE.name}"]


def test_a_transfer_that_breaks_goes_on_where_it_stopped(tmp_path: Path) -> None:
    large = Repository("Systran/faster-whisper-small", FILES | {"model.bin": WEIGHTS * 24})
    with HubServer(large) as server:
        server.cut(11_000_000)

        HuggingFaceHub(server.url).fetch(large.name, tmp_path, nobody)

    assert (tmp_path / "model.bin").read_bytes() == WEIGHTS * 24
    assert server.requests[-1].endswith(f"from {10 * 1024 * 1024}")


def test_another_attempt_goes_on_where_the_first_was_killed(server: HubServer, tmp_path: Path) -> None:
    class Killed(Exception):
        """Somebody pressed Ctrl-C."""

    def press(there: int, _total: int) -> None:
        if there > 50_000:
            raise Killed

    server.cut(200_000)
    with pytest.raises(Killed):
        HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, press)
    (part,) = tmp_path.glob("model.bin.*.part")
    part.write_bytes(WEIGHTS[:123_456])
    server.requests.clear()

    HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, nobody)

    assert contents(tmp_path) == WANTED
    assert next(request for request in server.requests if "/store/" in request).endswith("from 123456")


@pytest.mark.parametrize("file", ["model.bin"])
def test_a_damaged_file_is_refused_and_not_kept(server: HubServer, tmp_path: Path, file: str) -> None:
    server.spoil(file)

    with pytest.raises(PortError, match="came damaged") as caught:
        HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, nobody)

    assert caught.value.retryable
    assert file not in contents(tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_a_model_that_does_not_exist_says_so(server: HubServer, tmp_path: Path) -> None:
    with pytest.raises(PortError, match="no model Systran/nothing at http") as caught:
        HuggingFaceHub(server.url).fetch("Systran/nothing", tmp_path, nobody)

    assert caught.value.permanent


def test_a_repository_without_a_model_says_so(server: HubServer, tmp_path: Path) -> None:
    with pytest.raises(PortError, match=r"model\.bin is missing") as caught:
        HuggingFaceHub(server.url).fetch("someone/empty", tmp_path, nobody)

    assert caught.value.permanent


@pytest.mark.parametrize(("status", "retryable"), [(403, False), (429, True), (503, True)])
def test_a_refusal_says_whether_to_try_again(
    server: HubServer, tmp_path: Path, status: int, *, retryable: bool
) -> None:
    server.refuse(*[status] * 8)

    with pytest.raises(PortError, match=f"status {status}") as caught:
        HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, nobody)

    assert (caught.value.retryable, caught.value.permanent) == (retryable, not retryable)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a b", "a/b/c", "../etc", "x" * 200, "--"])
def test_what_cannot_be_a_name_is_refused_before_anything_is_asked(
    server: HubServer, tmp_path: Path, name: str
) -> None:
    with pytest.raises(PortError, match="cannot be the name of a model") as caught:
        HuggingFaceHub(server.url).fetch(name, tmp_path, nobody)

    assert caught.value.permanent
    assert server.requests == []


def test_no_network_is_one_line(tmp_path: Path) -> None:
    with HubServer() as gone:
        address = gone.url

    with pytest.raises(PortError, match=r"cannot be reached .* try again") as caught:
        HuggingFaceHub(address).fetch(BASE.name, tmp_path, nobody)

    assert caught.value.retryable
    assert "\n" not in str(caught.value)


def test_no_room_is_told_before_anything_is_fetched(
    server: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1_000})())

    with pytest.raises(PortError, match=r"1 MB are needed in .*, 0 MB are free") as caught:
        HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, nobody)

    assert caught.value.permanent
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_is_one_line(server: HubServer, tmp_path: Path) -> None:
    def fill(_there: int, _total: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(PortError, match=r"cannot be kept: .*No space left") as caught:
        HuggingFaceHub(server.url).fetch(BASE.name, tmp_path, fill)

    assert caught.value.permanent
