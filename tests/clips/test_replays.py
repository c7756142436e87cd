import os
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from pytest_django.fixtures import Settings

from tests.clips.rows import fresh, make_clip
from vigie.clips import folders, replays
from vigie.clips.models import Clip, ClipState
from vigie.clips.pathmaps import CannotMap
from vigie.clips.placing import CannotPlace, Look, Reason
from vigie.runtime import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def original(folder: Path) -> Path:
    path = folder / "Replay 1.mp4"
    path.write_bytes(b"a replay")
    return path


@pytest.fixture
def clip(original: Path) -> Clip:
    """A clip that OBS wrote."""
    return make_clip(state=ClipState.SAVING, original=str(original))


def taken(clip: Clip) -> Look:
    return async_to_sync(replays.take)(clip, "")


def test_a_file_is_brought_and_its_look_kept_with_the_row(clip: Clip, original: Path) -> None:
    seen = taken(clip)

    assert folders.incoming(clip).read_bytes() == b"a replay"
    assert not original.exists()
    assert fresh(clip).look == [seen.size_bytes, seen.modified_ns] == clip.look


def test_what_an_earlier_try_left_gives_way(clip: Clip) -> None:
    folders.incoming(clip).parent.mkdir(parents=True)
    folders.incoming(clip).write_bytes(b"half of ano")

    taken(clip)

    assert [path.read_bytes() for path in folders.incoming(clip).parent.iterdir()] == [b"a replay"]


def test_a_file_that_was_brought_before_a_crash_is_found_there(clip: Clip, original: Path) -> None:
    seen = taken(clip)

    assert taken(clip) == seen
    assert folders.incoming(clip).read_bytes() == b"a replay"

    original.write_bytes(b"the next one")
    assert taken(clip) == seen
    assert original.read_bytes() == b"the next one"


def test_a_file_that_another_program_wrote_to_meanwhile_is_not_taken(clip: Clip, original: Path) -> None:
    clip.look = [8, 1]

    with pytest.raises(CannotPlace) as caught:
        taken(clip)

    assert (caught.value.reason, original.read_bytes()) == (Reason.CHANGED, b"a replay")


@pytest.mark.parametrize("content", [b"", None], ids=["empty", "no file"])
def test_what_is_no_file_yet_is_not_taken(
    clip: Clip, original: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays, "SETTLE_S", 0.001)
    original.unlink()
    if content is not None:
        original.write_bytes(content)

    with pytest.raises(CannotPlace) as caught:
        taken(clip)

    assert caught.value.reason == (Reason.GONE if content is None else Reason.CHANGED)


def test_a_link_to_a_file_elsewhere_leads_nowhere(clip: Clip, original: Path, data_dir: Path) -> None:
    secret = data_dir / "secret.mp4"
    secret.write_bytes(b"of somebody else")
    original.unlink()
    original.symlink_to(secret)

    with pytest.raises(CannotMap):
        taken(clip)

    assert secret.exists()


@pytest.mark.parametrize(
    ("age", "is_new"),
    [(timedelta(seconds=-1), True), (timedelta(seconds=4), True), (timedelta(seconds=6), False)],
    ids=["after", "as good as after", "before"],
)
def test_a_replay_that_was_written_since_is_known_by_its_date(original: Path, age: timedelta, *, is_new: bool) -> None:
    since = clock.now()
    written = (since - age).timestamp()
    os.utime(original, (written, written))

    assert replays.was_written(str(original), "", since) == is_new


@pytest.mark.parametrize("reported", ["replay.mp4", "C:/Replay.mp4", "/nowhere/replay.mp4", "/etc/hostname"])
def test_what_is_no_replay_here_was_not_written(reported: str, folder: Path) -> None:
    assert not replays.was_written(reported, "", clock.now() - timedelta(days=10_000))


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("/mnt/replays/a.mp4", True),
        ("/mnt/replays/2026/a.MKV", True),
        ("/mnt/replays/a.txt", False),
        ("/mnt/replays", False),
        ("/mnt/replays-of-others/a.mp4", False),
        ("/mnt/replays/vigie/clips/1/a.mp4", False),
        ("/srv/replays/a.flv", True),
        ("/a.mp4", False),
    ],
)
def test_only_videos_of_the_folders_for_them_may_be_replays(settings: Settings, path: str, *, is_one: bool) -> None:
    settings.DATA_DIR = Path("/mnt/replays/vigie")
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"replay_folders": " /mnt/replays, /srv/replays/ ,"})

    assert folders.may_be_replay(Path(path)) == is_one


def test_replays_lie_in_the_home_folder_unless_an_operator_says_where(settings: Settings) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"replay_folders": ""})

    assert folders.may_be_replay(Path.home() / "Videos" / "Replay 1.mp4")
    assert not folders.may_be_replay(Path("/mnt/Replay 1.mp4"))
