"""The spool: nothing written is ever lost, and nothing can be changed later without a trace."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.factories import make_live, make_ref
from vigie.events import SAMPLE_RATE
from vigie.ports import PlacedAudio, PortError
from vigie.speech import spool
from vigie.speech.models import AudioSegment
from vigie.speech.spool import Spool
from vigie.watch.models import Live

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ports")]


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    spool.forget_decoded()
    yield
    spool.forget_decoded()


@pytest.fixture
def live() -> Live:
    return make_live()


def pcm(level: int, seconds: float) -> bytes:
    return level.to_bytes(2, "little", signed=True) * round(seconds * SAMPLE_RATE)


def write(keeper: Spool, sound: bytes, *, epoch: int = 0, start_s: float = 0.0, offset_s: float | None = None) -> None:
    placed = PlacedAudio(epoch, round(start_s * SAMPLE_RATE), start_s if offset_s is None else offset_s, sound)
    if not keeper.takes(placed):
        keeper.turn(placed)
    keeper.write(sound)


def crash(keeper: Spool) -> None:
    """End as `kill -9` does: the system closes the file, nobody seals it."""
    assert keeper._file is not None
    keeper._file.close()


def segments(live: Live) -> list[tuple[int, int, float, bool]]:
    rows = AudioSegment.objects.filter(live=live).order_by("index")
    return [(row.index, row.epoch, row.samples / SAMPLE_RATE, bool(row.sha256)) for row in rows]


@contextmanager
def files_no_longer_than(size_bytes: int) -> Iterator[None]:
    """A disk that is nearly full: the system takes a part of what is written, then nothing."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_disk_that_fills_up_is_told_and_what_was_kept_stays_whole(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(100, 2))

    with files_no_longer_than(2 * 32_000 + 333), pytest.raises(PortError, match="cannot be kept") as caught:
        keeper.write(pcm(200, 2))
    write(keeper, pcm(300, 1), epoch=1, offset_s=6)
    keeper.seal()

    assert caught.value.retryable
    assert spool.read(live.pk, 0, 2).pcm == pcm(100, 2)
    assert spool.read(live.pk, 6, 7).pcm == pcm(300, 1)
    assert spool.first_fault(live.pk) is None


def test_a_folder_that_cannot_be_written_is_told(live: Live, tmp_path: Path) -> None:
    (tmp_path / "audio").write_text("in the way")

    with pytest.raises(PortError, match="cannot be kept"):
        write(Spool(make_ref(live)), pcm(100, 1))
    (tmp_path / "audio").unlink()
    keeper = Spool(make_ref(live))
    write(keeper, pcm(100, 1))
    keeper.seal()

    assert [row for row in segments(live) if row[3]][-1][2] == 1.0


def test_sound_that_cannot_be_sealed_is_told_and_sealed_later(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(100, 2))
    path = spool.flac_path(AudioSegment.objects.get())
    path.mkdir()

    with pytest.raises(PortError, match="cannot be kept") as caught:
        keeper.seal()
    path.rmdir()
    keeper.seal()

    assert caught.value.retryable
    assert segments(live) == [(0, 0, 2.0, True)]
    assert spool.read(live.pk, 0, 2).pcm == pcm(100, 2)


def test_spool_reads_back_exactly_what_was_written_open_or_sealed(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(100, 2) + pcm(200, 2))

    while_open = spool.read(live.pk, 1, 3)
    keeper.seal()

    assert while_open.pcm == pcm(100, 1) + pcm(200, 1)
    assert spool.read(live.pk, 1, 3) == while_open
    assert spool.read_samples(live.pk, 0, SAMPLE_RATE, 3 * SAMPLE_RATE) == while_open.pcm
    assert [path.suffix for path in spool.flac_path(AudioSegment.objects.get()).parent.iterdir()] == [".flac"]


def test_spool_turns_to_a_new_segment_after_a_minute_and_at_a_new_epoch(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(1, 60))
    write(keeper, pcm(2, 5), start_s=60)
    write(keeper, pcm(3, 2), epoch=1, offset_s=70)
    keeper.seal()

    assert segments(live) == [(0, 0, 60.0, True), (1, 0, 5.0, True), (2, 1, 2.0, True)]
    assert spool.read_samples(live.pk, 0, 59 * SAMPLE_RATE, 61 * SAMPLE_RATE) == pcm(1, 1) + pcm(2, 1)
    assert spool.read_samples(live.pk, 1, 0, SAMPLE_RATE) == pcm(3, 1)


def test_read_tells_what_is_missing(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(1, 2))
    write(keeper, pcm(2, 2), epoch=1, offset_s=5)
    crash(keeper)

    sound = spool.read(live.pk, 1, 8)

    assert sound.pcm == pcm(1, 1) + pcm(0, 3) + pcm(2, 2) + pcm(0, 1)
    assert sound.missing == ((1.0, 4.0), (6.0, 7.0))


def test_kept_until_counts_what_a_crash_left_open(live: Live) -> None:
    assert spool.kept_until(live.pk) is None
    keeper = Spool(make_ref(live))
    write(keeper, pcm(1, 2), epoch=3, offset_s=10)

    assert spool.kept_until(live.pk) == (3, 12.0)
    keeper.seal()
    assert spool.kept_until(live.pk) == (3, 12.0)


def test_recover_seals_what_a_crash_left_open(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(7, 3))
    crash(keeper)

    spool.recover(make_ref(live))
    spool.recover(make_ref(live))

    assert segments(live) == [(0, 0, 3.0, True)]
    assert spool.read(live.pk, 0, 3).pcm == pcm(7, 3)


def test_recover_goes_on_where_a_crash_struck_between_the_file_and_its_row(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(7, 3))
    raw = spool.raw_path(AudioSegment.objects.get()).read_bytes()
    keeper.seal()
    sealed = AudioSegment.objects.get()
    spool.raw_path(sealed).write_bytes(raw)
    AudioSegment.objects.update(sha256="", chain_hash="", samples=0)

    spool.recover(make_ref(live))

    assert AudioSegment.objects.get().sha256 == sealed.sha256
    assert not spool.raw_path(sealed).exists()


def test_recover_drops_a_segment_that_never_got_sound_and_half_a_sample(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(1, 1) + b"\x00")
    crash(keeper)
    spool.recover(make_ref(live))
    keeper = Spool(make_ref(live))
    write(keeper, b"", epoch=1, offset_s=1)
    crash(keeper)

    spool.recover(make_ref(live))

    assert segments(live) == [(0, 0, 1.0, True)]


@pytest.mark.parametrize("attack", ["change", "remove", "swap", "row"])
def test_first_fault_finds_sound_that_is_not_what_was_captured(live: Live, attack: str) -> None:
    keeper = Spool(make_ref(live))
    for n in range(3):
        write(keeper, pcm(n + 1, 1), epoch=n, offset_s=n)
    keeper.seal()
    assert spool.first_fault(live.pk) is None
    paths = [spool.flac_path(row) for row in AudioSegment.objects.order_by("index")]

    match attack:
        case "change":
            paths[1].write_bytes(paths[1].read_bytes() + b"x")
        case "remove":
            paths[1].unlink()
        case "swap":
            first, second = paths[1].read_bytes(), paths[2].read_bytes()
            paths[1].write_bytes(second)
            paths[2].write_bytes(first)
        case "row":
            AudioSegment.objects.filter(index=1).update(offset_s=7)

    fault = spool.first_fault(live.pk)
    assert fault is not None
    assert fault.place.index == 1


def test_a_reader_goes_on_when_a_segment_is_sealed_under_it(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(7, 3))
    as_it_was = AudioSegment.objects.get()
    keeper.seal()

    assert spool._length(as_it_was) == 3 * SAMPLE_RATE
    assert spool._samples(as_it_was) == pcm(7, 3)


@pytest.mark.parametrize("attack", ["damage", "remove"])
def test_read_tells_that_a_damaged_or_lost_segment_is_missing(live: Live, attack: str) -> None:
    keeper = Spool(make_ref(live))
    for n in range(3):
        write(keeper, pcm(n + 1, 1), epoch=n, offset_s=n)
    keeper.seal()
    path = spool.flac_path(AudioSegment.objects.get(index=1))
    path.write_bytes(path.read_bytes()[:50]) if attack == "damage" else path.unlink()

    sound = spool.read(live.pk, 0, 3)

    assert sound.pcm == pcm(1, 1) + pcm(0, 1) + pcm(3, 1)
    assert sound.missing == ((1.0, 2.0),)
    assert spool.read_samples(live.pk, 1, 0, SAMPLE_RATE) == b""


def test_recover_takes_the_sound_from_the_flac_where_the_power_failed_after_the_raw_file_went(live: Live) -> None:
    keeper = Spool(make_ref(live))
    write(keeper, pcm(7, 3))
    keeper.seal()
    sealed = AudioSegment.objects.get()
    AudioSegment.objects.update(sha256="", chain_hash="", samples=0)

    spool.recover(make_ref(live))

    assert AudioSegment.objects.get().chain_hash == sealed.chain_hash
    assert spool.read(live.pk, 0, 3).pcm == pcm(7, 3)
