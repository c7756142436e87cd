"""The encoded media that a pull brings beside the sound: real files through the real adapter, decoded again."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from tests.adapters.web.films import PICTURES_A_SECOND, TS_PACKET, Make, damaged, joined_flv, write_film
from tests.adapters.web.replay import as_mp4, batches_of, packets_of, replayed
from tests.chirps import write_media
from vigie.adapters.web.client import WebMedia
from vigie.events import (
    AudioReceived,
    KeyframeReceived,
    Kind,
    MediaItem,
    PacketsReceived,
)
from vigie.ports import Reach

DEADLINE_S = 60
LENGTH_S = 8
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
LARGE, SMALL = (96, 160), (64, 112)


@pytest.fixture(autouse=True)
async def deadline() -> AsyncIterator[None]:
    async with asyncio.timeout(DEADLINE_S):
        yield


async def items_of(path: Path, *, with_packets: bool = True, from_pts_s: float | None = None) -> list[MediaItem]:
    media = WebMedia(Reach.DISK)
    location = await media.resolve(str(path), with_packets=with_packets)
    return [item async for item in media.stream(location, from_pts_s=from_pts_s)]


def assert_in_order(items: list[MediaItem]) -> None:
    """Assert that packets of a kind follow each other in time, and lie beside their sound."""
    for kind in Kind:
        packets = packets_of(items, kind)
        assert all(before.dts_s < after.dts_s for before, after in pairwise(packets))
        assert all(packet.dts_s <= packet.pts_s < packet.dts_s + 4.0 for packet in packets)
    copied_s = 0.0
    for item in items:
        if isinstance(item, PacketsReceived):
            ends_s = [packet.pts_s + packet.duration_s for packet in item.packets if packet.kind is Kind.SOUND]
            copied_s = max([copied_s, *ends_s])
        if isinstance(item, AudioReceived):
            assert copied_s >= item.pts_s + len(item.pcm) / 32_000 - 0.1


# ── what comes ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize(
    ("name", "options"),
    [("film.mp4", {}), ("film.mp4", FRAGMENTED), ("film.flv", {}), ("film.ts", {}), ("film.mkv", {})],
)
async def test_a_film_comes_whole_and_each_picture_at_its_time(
    tmp_path: Path, name: str, options: dict[str, str], b_frames: int
) -> None:
    film = write_film(tmp_path / name, LENGTH_S, options=options, make=Make(b_frames=b_frames, a_second=10))

    items = await items_of(film)
    found = replayed(batches_of(items))

    assert found.errors == 0
    assert found.sizes == [(160, 90)]
    assert len(found.pictures) == 10 * LENGTH_S
    assert [second for _, second in found.pictures] == pytest.approx([at_s for at_s, _ in found.pictures], abs=0.7)
    assert found.sound_s == pytest.approx(LENGTH_S, abs=0.1)
    assert_in_order(items)


@pytest.mark.parametrize("name", ["film.mp4", "film.flv", "film.ts", "film.mkv"])
async def test_what_comes_fits_into_mp4_without_a_decoder(tmp_path: Path, name: str) -> None:
    film = write_film(tmp_path / name, LENGTH_S, make=Make(b_frames=2, a_second=10))

    found = as_mp4(batches_of(await items_of(film)))

    assert found.sizes == [(160, 90)]
    assert len(found.pictures) == 10 * LENGTH_S
    assert found.sound_s == pytest.approx(LENGTH_S, abs=0.1)


@pytest.mark.parametrize("name", ["film.flv", "film.ts"])
async def test_the_form_of_packets_is_one_whatever_they_were_wrapped_in(tmp_path: Path, name: str) -> None:
    items = await items_of(write_film(tmp_path / name, 4))

    pictures, sounds = packets_of(items, Kind.PICTURE), packets_of(items, Kind.SOUND)
    encodings = {each.kind: each for each in batches_of(items)[-1].encodings}
    assert all(packet.data.startswith((b"\0\0\1", b"\0\0\0\1")) for packet in pictures)
    assert all(b"\0\0\1\x67" in packet.data for packet in pictures if packet.is_keyframe)
    assert b"\0\0\1\x67" in encodings[Kind.PICTURE].extradata
    assert all(packet.data.startswith(b"\xff\xf1") for packet in sounds)
    assert (encodings[Kind.SOUND].codec, encodings[Kind.SOUND].extradata) == ("aac", b"")
    assert (encodings[Kind.SOUND].rate, encodings[Kind.SOUND].layout) == (48_000, "mono")


async def test_packets_come_in_batches_of_a_quarter_of_a_second(tmp_path: Path) -> None:
    batches = batches_of(await items_of(write_film(tmp_path / "film.flv", LENGTH_S, make=Make(a_second=25))))

    lengths = [batch.packets[-1].dts_s - batch.packets[0].dts_s for batch in batches[:-1]]
    assert 3 * LENGTH_S <= len(batches) <= 5 * LENGTH_S
    assert max(lengths) < 0.5
    assert sum(map(len, (batch.packets for batch in batches))) / len(batches) > 10


async def test_packets_take_nothing_from_the_sound_and_the_pictures_of_the_wall(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", 30)

    with_packets, without = await items_of(film), await items_of(film, with_packets=False)

    others = (PacketsReceived, KeyframeReceived)
    assert [each for each in with_packets if not isinstance(each, others)] == [
        each for each in without if not isinstance(each, others)
    ]
    assert len([each for each in with_packets if isinstance(each, KeyframeReceived)]) == 2
    assert not batches_of(without)


async def test_a_recording_is_taken_up_with_a_keyframe(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", LENGTH_S)

    items = await items_of(film, from_pts_s=5.0)

    found = replayed(batches_of(items))
    assert packets_of(items, Kind.PICTURE)[0].is_keyframe
    assert found.errors == 0
    assert found.pictures[0] == pytest.approx((4.0, 4.0), abs=0.3)


@pytest.mark.parametrize(("codec", "name"), [("libx265", "film.mp4"), ("libx265", "film.ts"), ("libvpx", "film.webm")])
async def test_other_codecs_come_too(tmp_path: Path, codec: str, name: str) -> None:
    film = write_film(tmp_path / name.replace("webm", "mkv"), 4, make=Make(codec))

    found = replayed(batches_of(await items_of(film)))

    assert (found.errors, found.sizes, len(found.pictures)) == (0, [(160, 90)], 4 * PICTURES_A_SECOND)


# ── what changes ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["flv", "ts"])
async def test_another_size_in_mid_stream_is_another_encoding(tmp_path: Path, kind: str) -> None:
    parts = [
        write_film(tmp_path / f"{number}.{kind}", 4, size=size, make=Make(b_frames=1))
        for number, size in enumerate((LARGE, SMALL, LARGE))
    ]
    joined = tmp_path / f"joined.{kind}"
    if kind == "flv":
        joined_flv(joined, *parts)
    else:
        joined.write_bytes(b"".join(part.read_bytes() for part in parts))

    batches = batches_of(await items_of(joined))

    found = replayed(batches)
    told = [each for batch in batches for each in batch.encodings if each.kind is Kind.PICTURE]
    changes = [after for before, after in pairwise([None, *told]) if before != after]
    assert found.errors == 0
    assert found.sizes == [LARGE, SMALL, LARGE]
    assert [(each.width, each.height) for each in changes if each] == [LARGE, SMALL, LARGE]
    assert len(found.pictures) == 3 * 4 * PICTURES_A_SECOND


async def test_all_packets_of_a_batch_are_of_its_encodings(tmp_path: Path) -> None:
    parts = [write_film(tmp_path / f"{size[0]}.flv", 4, size=size) for size in (LARGE, SMALL)]

    for batch in batches_of(await items_of(joined_flv(tmp_path / "joined.flv", *parts))):
        encodings = {each.kind: each for each in batch.encodings}
        size = next((each.width, each.height) for each in batch.encodings if each.kind is Kind.PICTURE)
        assert len(encodings) == len(batch.encodings)
        assert {packet.kind for packet in batch.packets} <= set(encodings)
        assert set(replayed([batch]).sizes[-1:]) <= {size}


# ── trouble ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["talk.m4a", "talk.aac", "talk.ogg", "talk.wav", "talk.flac"])
async def test_sound_without_pictures_comes_alone(tmp_path: Path, name: str) -> None:
    items = await items_of(write_media(tmp_path / name, 4.0))

    assert {packet.kind for packet in packets_of(items)} == {Kind.SOUND}
    assert replayed(batches_of(items)).sound_s == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize("name", ["film.flv", "film.ts", "film.mp4", "film.mkv"])
async def test_damaged_pictures_leave_the_sound_alone(tmp_path: Path, name: str) -> None:
    film = damaged(write_film(tmp_path / name, LENGTH_S), Random(7))

    items = await items_of(film)

    plain = [item for item in await items_of(film, with_packets=False) if isinstance(item, AudioReceived)]
    assert [item for item in items if isinstance(item, AudioReceived)] == plain
    assert sum(len(item.pcm) for item in plain) / 32_000 == pytest.approx(LENGTH_S, abs=0.1)
    assert replayed(batches_of(items)).sound_s == pytest.approx(LENGTH_S, abs=0.1)


async def test_pictures_go_on_with_the_next_keyframe_after_garbage(tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.ts", 12)
    data = bytearray(film.read_bytes())
    middle = len(data) // 2 // TS_PACKET * TS_PACKET
    data[middle : middle + 6 * TS_PACKET] = Random(3).randbytes(6 * TS_PACKET)
    film.write_bytes(data)

    items = await items_of(film)

    found = replayed(batches_of(items))
    heard_s = sum(len(item.pcm) for item in items if isinstance(item, AudioReceived)) / 32_000
    assert heard_s == pytest.approx(12.0, abs=0.7)
    assert len(found.pictures) >= 12 * PICTURES_A_SECOND - 2 * 2 * PICTURES_A_SECOND
    assert found.pictures[-1][0] == pytest.approx(11.5, abs=0.2)
