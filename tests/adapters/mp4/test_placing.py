import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vigie.adapters.mp4.placing import placed

KILLED = """
import os, signal, sys
from pathlib import Path
from vigie.adapters.mp4.placing import placed
with placed(Path(sys.argv[1])) as part:
    part.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def linkless(number: int) -> Callable[[Path, Path], None]:
    """Return what links files where there are no links."""

    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def write(path: Path, body: bytes = b"whole", *, linking: Callable[[Path, Path], None] = os.link) -> None:
    with placed(path, linking) as part:
        part.write_bytes(body)


def test_a_file_appears_once_it_is_whole(tmp_path: Path) -> None:
    with placed(tmp_path / "clip.mp4") as part:
        part.write_bytes(b"whole")
        assert names(tmp_path) == ["clip.mp4.part"]

    assert names(tmp_path) == ["clip.mp4"]
    assert (tmp_path / "clip.mp4").read_bytes() == b"whole"


def test_a_file_that_exists_is_kept(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"kept")

    with pytest.raises(FileExistsError, match=r"clip\.mp4"):
        write(tmp_path / "clip.mp4")

    assert names(tmp_path) == ["clip.mp4"]
    assert (tmp_path / "clip.mp4").read_bytes() == b"kept"


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_takes_its_place_where_there_are_no_links(number: int, tmp_path: Path) -> None:
    write(tmp_path / "clip.mp4", linking=linkless(number))

    assert names(tmp_path) == ["clip.mp4"]
    assert (tmp_path / "clip.mp4").read_bytes() == b"whole"


def test_a_disk_that_refuses_a_link_for_another_reason_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "clip.mp4", linking=linkless(errno.ENOSPC))

    assert names(tmp_path) == []


def write_while(path: Path, happens: Callable[[], None], linking: Callable[[Path, Path], None] = os.link) -> None:
    with placed(path, linking) as part:
        part.write_bytes(b"whole")
        happens()


def appear(path: Path) -> None:
    path.write_bytes(b"kept")


def link(path: Path) -> None:
    path.symlink_to("nowhere")


def make_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("linking", [os.link, linkless(errno.EPERM)], ids=["links", "no links"])
@pytest.mark.parametrize("happens", [appear, link, make_folder])
def test_what_appears_meanwhile_is_kept(
    happens: Callable[[Path], None], linking: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"

    with pytest.raises(FileExistsError):
        write_while(path, lambda: happens(path), linking)

    assert names(tmp_path) == ["clip.mp4"]
    assert not path.is_file() or path.read_bytes() == b"kept"


@pytest.mark.parametrize("error", [ValueError("bad"), OSError("full"), KeyboardInterrupt()])
def test_nothing_is_left_of_what_failed(error: BaseException, tmp_path: Path) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)):
        write_while(tmp_path / "clip.mp4", fail)

    assert names(tmp_path) == []


def test_nothing_is_seen_of_what_was_killed_and_it_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert names(tmp_path) == ["clip.mp4.part"]
    write(path)
    assert names(tmp_path) == ["clip.mp4"]
    assert path.read_bytes() == b"whole"


def test_two_do_not_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    with placed(path) as part:
        with pytest.raises(BlockingIOError):
            write(path, b"other")
        part.write_bytes(b"whole")

    assert names(tmp_path) == ["clip.mp4"]
    assert path.read_bytes() == b"whole"
