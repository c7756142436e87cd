import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tests.adapters.mp4.reels import QUIET, SMALL, TALL, filmed, lasting, later, only, pcm, troubles
from vigie.adapters.mp4.client import Mp4Files
from vigie.adapters.mp4.placing import placed
from vigie.clips.ring import Ring
from vigie.events import Kind
from vigie.ports import PlacedPackets, PortError, Reel, VideoFacts, VideoFiles

FILES: VideoFiles = Mp4Files()
LIMITED = """
import resource, sys
from pathlib import Path
from tests.adapters.mp4.reels import filmed
from vigie.adapters.mp4.client import Mp4Files
from vigie.ports import PortError
reels = [filmed()] * int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    Mp4Files().write(reels, Path(sys.argv[1]))
except PortError as error:
    print(error, error.retryable, error.permanent)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4"


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def codec(path: Path) -> str:
    with av.open(path) as container:
        return container.streams.video[0].codec_context.name


# ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_reel_is_copied(path: Path) -> None:
    reel = later(filmed(codec="libx265", wrapped="mpegts", options=QUIET), 90.0)

    FILES.write([reel], path)

    assert names(path) == ["clip.mp4"]
    assert codec(path) == "hevc"
    assert lasting(6.0, FILES.probe(path)) == VideoFacts(6.0, *TALL, has_sound=True, errors=0)


def test_several_reels_are_encoded(path: Path) -> None:
    FILES.write([filmed(2, size=SMALL), Reel((), ()), later(filmed(2), 2.0)], path)

    assert codec(path) == "h264"
    assert lasting(4.0, FILES.probe(path)) == VideoFacts(4.0, *TALL, has_sound=True, errors=0)
    assert names(path) == ["clip.mp4"]


def test_a_cut_inside_a_stream_that_changes_is_a_copy_and_across_it_is_encoded(path: Path) -> None:
    """720x1280 -> 544x960 -> 720x1280, as where guests come and go."""
    tall, small = filmed(6, size=(720, 1280)), filmed(6, size=(544, 960))
    ring = Ring(90.0, 10**8)
    for number, reel in enumerate([tall, small, tall]):
        ring.add(PlacedPackets(6.0 * number, reel.encodings, reel.packets))
    cuts = {"first": (2.5, 5.0), "second": (8.5, 11.0), "third": (14.5, 17.0), "across": (2.5, 17.0)}

    for name, (from_s, to_s) in cuts.items():
        FILES.write(ring.cut(from_s, to_s), path.with_stem(name))

    found = {name: FILES.probe(path.with_stem(name)) for name in cuts}
    assert [(it.width, it.height, it.errors) for it in found.values()] == [
        *((720, 1280, 0), (544, 960, 0), (720, 1280, 0), (720, 1280, 0)),
    ]
    assert [it.duration_s for it in found.values()] == pytest.approx([3.1, 3.1, 3.1, 15.1], abs=0.11)
    assert [troubles(path.with_stem(name)) for name in cuts] == [""] * 4


def test_an_interruption_inside_a_reel_is_filled_with_silence(path: Path) -> None:
    """Chromium would play the sound after it too early."""
    whole = filmed(6, codec="libx265", wrapped="mpegts", options=QUIET)
    rest = tuple(packet for packet in whole.packets if not 2.0 <= packet.pts_s < 4.0)

    FILES.write([Reel(whole.encodings, rest)], path)

    sound = np.frombuffer(pcm(path), "<i2").astype(np.float64)
    assert codec(path) == "h264"
    assert lasting(6.0, FILES.probe(path)) == VideoFacts(6.0, *TALL, has_sound=True, errors=0)
    assert np.abs(sound[int(2.2 * 16_000) : int(3.8 * 16_000)]).max() < 50
    assert np.abs(sound[int(4.2 * 16_000) :]).max() > 5000


def test_what_mp4_does_not_hold_is_encoded(path: Path) -> None:
    FILES.write([filmed(2, codec="flv", options={})], path)

    assert codec(path) == "h264"
    assert lasting(2.0, FILES.probe(path)) == VideoFacts(2.0, *TALL, has_sound=True, errors=0)


def test_a_file_that_exists_is_kept(path: Path) -> None:
    path.write_bytes(b"kept")

    with pytest.raises(FileExistsError):
        FILES.write([filmed(2)], path)

    assert (path.read_bytes(), names(path)) == (b"kept", ["clip.mp4"])


@pytest.mark.parametrize("reels", [[], [Reel((), ())]])
def test_nothing_makes_no_video(reels: list[Reel], path: Path) -> None:
    with pytest.raises(PortError, match=r"clip\.mp4: nothing to write") as caught:
        FILES.write(reels, path)

    assert caught.value.permanent
    assert names(path) == []


@pytest.mark.parametrize("count", [1, 2])
def test_nonsense_makes_no_video(count: int, path: Path) -> None:
    reel = filmed(2, codec="flv", options={})
    nonsense = Reel(reel.encodings, tuple(replace(it, data=b"\x00") for it in reel.packets))

    with pytest.raises(PortError, match=r"clip\.mp4: these packets make no video") as caught:
        FILES.write([nonsense] * count, path)

    assert (caught.value.permanent, caught.value.retryable) == (True, False)
    assert names(path) == []


@pytest.mark.parametrize("at_s", [1e300, -1e300, float("inf"), float("nan")])
@pytest.mark.parametrize("kind", list(Kind))
def test_times_that_make_no_sense_make_no_video(at_s: float, kind: Kind, path: Path) -> None:
    reel = only(filmed(1), kind)
    nonsense = Reel(reel.encodings, (reel.packets[0], replace(reel.packets[1], pts_s=at_s, dts_s=at_s)))

    with pytest.raises(PortError, match=r"clip\.mp4: these packets make no video"):
        FILES.write([nonsense], path)

    assert names(path) == []


# ── disks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 2])
def test_a_full_disk_is_told_and_nothing_is_left(count: int, path: Path) -> None:
    path.with_name("clip.mp4.part").symlink_to("/dev/full")

    with pytest.raises(PortError, match=r"^clip\.mp4 cannot be written: the disk is full\.$") as caught:
        FILES.write([filmed(2)] * count, path)

    assert (caught.value.retryable, caught.value.permanent) == (True, False)
    assert names(path) == []


@pytest.mark.parametrize("count", [1, 2])
def test_a_disk_that_takes_no_more_is_told_and_nothing_is_left(count: int, path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(count)], capture_output=True, text=True, check=False
    )

    assert ended.stdout == "clip.mp4 cannot be written: the disk takes no file of that size. True False\n", ended.stderr
    assert names(path) == []


def test_a_folder_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(PortError, match="its folder does not exist") as caught:
        FILES.write([filmed(2)], path.parent / "gone" / path.name)

    assert caught.value.retryable


def test_a_folder_that_cannot_be_written_to_is_told() -> None:
    with pytest.raises(PortError, match=r"clip\.mp4 cannot be written") as caught:
        FILES.write([filmed(2)], Path("/proc/self/fdinfo/clip.mp4"))

    assert caught.value.retryable


def test_two_do_not_write_the_same_file(path: Path) -> None:
    with placed(path) as part:
        part.write_bytes(b"whole")
        with pytest.raises(PortError, match="another process is writing it") as caught:
            FILES.write([filmed(2)], path)

    assert caught.value.retryable
    assert path.read_bytes() == b"whole"


# ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("body", [b"", b"no film at all", bytes(5000)])
def test_what_is_no_film_is_told(body: bytes, path: Path) -> None:
    path.write_bytes(body)

    for reading in (FILES.probe, lambda it: FILES.poster(it, 0.0)):
        with pytest.raises(PortError, match=r"clip\.mp4: no video that can be played") as caught:
            reading(path)
        assert caught.value.permanent


def test_a_file_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(PortError, match=r"clip\.mp4: no such file"):
        FILES.probe(path)


def test_a_folder_is_no_film(path: Path) -> None:
    with pytest.raises(PortError, match=path.parent.name):
        FILES.probe(path.parent)


def test_sound_alone_has_no_poster(path: Path) -> None:
    FILES.write([only(filmed(1), Kind.SOUND)], path)

    with pytest.raises(PortError, match="no video that can be played"):
        FILES.poster(path, 0.0)
