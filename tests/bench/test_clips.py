"""The figures of the benchmark of clips, and that both ways make files that play."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import av
import pytest

from bench.capture import Cost
from bench.clips import (
    CLIPS,
    Clipped,
    Kept,
    Meter,
    clipped,
    clips,
    concatenate,
    kept,
    segments,
    timed,
    write_film,
)
from tests.adapters.mp4.reels import filmed
from tests.programs import needed
from vigie.adapters.mp4.client import Mp4Files
from vigie.clips.ring import Ring
from vigie.events import Kind, PacketsReceived
from vigie.ports import PlacedPackets

OURS = Kept(Cost(20.0, 2.0, 200.0, 30.0), Clipped(20.0, 15.0, 30.5, 0), late_s=0.6)
SOUND_ALONE = Kept(Cost(20.0, 1.5, 200.0, 10.0))
THEIRS = Kept(Cost(20.0, 1.0, 200.0, 25.0), Clipped(200.0, 150.0, 30.0, 1), disk_mb=23.456)


def told(results: Sequence[object]) -> list[tuple[object, ...]]:
    return [tuple(getattr(it, name) for name in ("metric", "unit", "value", "peer_value")) for it in results]


def test_keeping_is_told_beside_the_peer() -> None:
    needed("ffmpeg")
    results = list(kept(OURS, SOUND_ALONE, THEIRS, streams=10))

    assert told(results) == [
        ("cpu_ms_per_stream_s", "ms", 10.0, 5.0),
        ("mb_per_stream", "MB", 30.0, 25.0),
        ("cpu_ms_per_stream_s_packets", "ms", 2.5, 5.0),
    ]
    assert results[1].details == {"streams": 10, "seconds": 20.0, "received": 1.0, "peer_disk_mb": 23.5}
    assert results[0].peer.endswith("-c copy -f hls, one process a stream")


def test_keeping_is_told_alone_where_there_is_no_peer() -> None:
    assert told(list(kept(OURS, None, None, streams=10))) == [
        ("cpu_ms_per_stream_s", "ms", 10.0, None),
        ("mb_per_stream", "MB", 30.0, None),
    ]


@pytest.mark.parametrize("has_peer", [True, False])
def test_files_are_told(*, has_peer: bool) -> None:
    if has_peer:
        needed("ffmpeg")
    results = list(clipped(OURS, THEIRS if has_peer else None))

    assert told(results) == [
        ("clip_ms", "ms", 20.0, 200.0 if has_peer else None),
        ("clip_cpu_ms", "ms", 15.0, 150.0 if has_peer else None),
        ("clip_late_s", "s", 0.6, None),
    ]
    assert results[0].details["errors"] == 0
    assert results[0].details.get("peer_errors") == (1 if has_peer else None)


def test_the_film_is_what_a_phone_sends(tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4", length_s=2)

    facts = Mp4Files().probe(tmp_path / "film.mp4")
    assert (facts.width, facts.height, facts.has_sound, facts.errors) == (720, 1280, True, 0)
    assert 1.5e6 < (tmp_path / "film.mp4").stat().st_size * 8 / 2 < 3e6
    with av.open(tmp_path / "film.mp4") as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert (len(keys), sum(keys)) == (60, 1)


async def test_a_meter_keeps_what_it_receives_and_knows_the_edge() -> None:
    meter, reel = Meter(), filmed(4)

    meter.receive(PacketsReceived(reel.encodings, reel.packets))
    meter.hear(0.5)

    async with asyncio.timeout(1.0):
        await meter.until(lambda: meter.heard_s > 0)
    assert meter.ring.span is not None
    assert meter.ring.span[1] == pytest.approx(4.0, abs=0.1)
    assert meter.edge_s + asyncio.get_running_loop().time() == pytest.approx(4.0, abs=0.5)


def test_files_are_made_of_a_ring(tmp_path: Path) -> None:
    reel, ring = filmed(6), Ring(90.0, 10**9)
    ring.add(PlacedPackets(0.0, reel.encodings, reel.packets))

    made = clips(ring, tmp_path)

    assert made.errors == 0
    assert made.duration_s == pytest.approx(6.0, abs=0.1)
    assert len(list(tmp_path.glob("ours*.mp4"))) == CLIPS
    assert made.ms > 0


def test_files_are_made_of_segments(tmp_path: Path) -> None:
    needed("ffmpeg")
    (tmp_path / "live.m3u8").write_text("#EXTM3U\n#EXTINF:2,\n1.ts\n#EXTINF:2,\n2.ts\n", encoding="utf-8")
    for number in (1, 2):
        _write_segment(tmp_path / f"{number}.ts", number)

    made = timed(lambda path: concatenate(tmp_path, path), tmp_path, "theirs")

    assert segments(tmp_path) == ["1.ts", "2.ts"]
    assert made.errors == 0
    assert made.duration_s == pytest.approx(4.0, abs=0.2)


def test_a_folder_without_a_playlist_has_no_segments(tmp_path: Path) -> None:
    assert segments(tmp_path) == []


def _write_segment(path: Path, number: int) -> None:
    """Write 2 s of pictures and sound as MPEG-TS, at its place."""
    reel = filmed(2)
    Mp4Files().write([reel], path.with_suffix(".mp4"))
    with av.open(path.with_suffix(".mp4")) as source, av.open(path, "w", format="mpegts") as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                assert packet.pts is not None
                ticks = round(2 * number / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    assert {encoding.kind for encoding in reel.encodings} == set(Kind)
