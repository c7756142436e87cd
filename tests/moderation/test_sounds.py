from pathlib import Path

import numpy as np
import pytest
from pytest_django.fixtures import Settings

from tests.factories import make_live, make_ref
from vigie.adapters.audio.client import FlacCodec
from vigie.events import SAMPLE_RATE
from vigie.moderation import sounds
from vigie.moderation.moment import Window
from vigie.moderation.sounds import Extent
from vigie.ports import PlacedAudio
from vigie.speech.spool import Spool
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db

WINDOW = Window(start_s=1, end_s=4, from_s=2, to_s=3)


@pytest.fixture
def live(settings: Settings, tmp_path: Path) -> Live:
    settings.DATA_DIR = tmp_path
    return make_live()


def tone(seconds: float, level: int = 8192) -> bytes:
    return np.full(round(seconds * SAMPLE_RATE), level, "<i2").tobytes()


def hear(live: Live, *, offset_s: float, pcm: bytes, epoch: int = 0) -> None:
    spool = Spool(make_ref(live))
    spool.turn(PlacedAudio(epoch, 0, offset_s, pcm))
    spool.write(pcm)
    spool.seal()


def played(path: Path) -> list[int]:
    """Return the level in the middle of each half second."""
    samples = np.frombuffer(FlacCodec().decode(path.read_bytes()), "<i2")
    levels: list[int] = samples[SAMPLE_RATE // 4 :: SAMPLE_RATE // 2].tolist()
    return levels


def test_nothing_is_kept_of_a_live_without_sound(live: Live) -> None:
    assert sounds.extent(live.pk, WINDOW) is None
    with pytest.raises(FileNotFoundError, match="No sound of 7"):
        sounds.flac(7, live.pk, WINDOW)


@pytest.mark.parametrize(
    ("kept_s", "extent"),
    [(0.5, None), (1, None), (2.5, Extent(24_000, 48_000)), (4, Extent(48_000, 48_000)), (9, Extent(48_000, 48_000))],
)
def test_the_extent_says_how_much_was_received(live: Live, kept_s: float, extent: Extent | None) -> None:
    hear(live, offset_s=0, pcm=tone(kept_s))

    assert sounds.extent(live.pk, WINDOW) == extent


def test_a_stretch_has_a_file_of_its_own(live: Live) -> None:
    hear(live, offset_s=0, pcm=tone(4))

    path = sounds.flac_of_stretch(live.pk, WINDOW)

    assert path.name == f"live{live.pk}-1.0-48000-48000.flac"
    assert played(path) == [8192] * 6


def test_a_moment_is_silent_where_nothing_was_received(live: Live) -> None:
    hear(live, offset_s=0, pcm=tone(2))
    hear(live, offset_s=3, pcm=tone(0.5, level=-8192), epoch=1)

    path = sounds.flac(7, live.pk, WINDOW)

    assert path.name == "7-40000-48000.flac"
    assert played(path) == [8192, 8192, 0, 0, -8192, 0]


def test_the_file_is_kept_until_more_was_received(live: Live) -> None:
    hear(live, offset_s=0, pcm=tone(2))
    first = sounds.flac(7, live.pk, WINDOW)
    written_at = first.stat().st_mtime_ns
    again = sounds.flac(7, live.pk, WINDOW)
    hear(live, offset_s=2, pcm=tone(2))

    longer = sounds.flac(7, live.pk, WINDOW)

    assert (again, again.stat().st_mtime_ns) == (first, written_at)
    assert played(longer) == [8192] * 6
    assert [path.suffix for path in longer.parent.iterdir()] == [".flac", ".flac"]


def test_the_oldest_files_are_dropped(live: Live) -> None:
    hear(live, offset_s=0, pcm=tone(4))
    folder = sounds.flac(0, live.pk, WINDOW).parent
    for number in range(1, sounds.KEPT + 3):
        (folder / f"{number}-1-1.flac").touch()
    (folder / "gone.flac").symlink_to("what another process dropped meanwhile")

    newest = sounds.flac(9999, live.pk, WINDOW)

    kept = sorted(folder.iterdir())
    assert len(kept) == sounds.KEPT
    assert newest in kept
    assert not (folder / "0-48000-48000.flac").exists()


def test_the_outline_follows_the_sound(live: Live) -> None:
    hear(live, offset_s=0, pcm=tone(2.5))

    outline = sounds.outline(live.pk, WINDOW)

    assert outline.high == [0.25] * 300 + [0.0] * 300
    assert outline.low == outline.high
