import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from tests.chirps import told_s, write_media, write_wav
from vigie.adapters.web import decode
from vigie.adapters.web.containers import open_file
from vigie.adapters.web.decode import Decoding, Stretch, declared_length_s
from vigie.adapters.web.pipes import Outlet
from vigie.events import AudioReceived, MediaItem, MediaOpened
from vigie.ports import PortError

DEADLINE_S = 10
LIVE = Stretch("flv", "it", is_live=True, shift_s=0.0)
RECORDING = Stretch("file", "it", is_live=False)


@pytest.fixture(autouse=True)
async def deadline() -> AsyncIterator[None]:
    async with asyncio.timeout(DEADLINE_S):
        yield


class Reader:
    """Reads an outlet until told to stop."""

    def __init__(self) -> None:
        self.outlet = Outlet()
        self.items: list[MediaItem] = []

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.outlet.put(None)
        await self._task

    async def _read(self) -> None:
        while item := await self.outlet.get():
            self.items.append(item)

    @property
    def sound(self) -> list[AudioReceived]:
        return [item for item in self.items if isinstance(item, AudioReceived)]

    @property
    def told(self) -> list[float]:
        return told_s(b"".join(item.pcm for item in self.sound))


async def decoded(stretch: Stretch, path: Path) -> Reader:
    async with Reader() as reader, Decoding(reader.outlet, stretch, lambda: open_file(path)):
        pass
    return reader


async def test_what_is_written_is_heard(tmp_path: Path) -> None:
    body = write_media(tmp_path / "chirp.flv", 3.0, pictures=True).read_bytes()
    async with Reader() as reader, Decoding(reader.outlet, LIVE) as decoding:
        for start in range(0, len(body), 5000):
            await decoding.write(body[start : start + 5000])

    assert reader.items[0] == MediaOpened("flv", is_live=True, has_audio=True)
    assert reader.told[1:28] == pytest.approx([0.15 + n / 10 for n in range(27)], abs=0.06)


async def test_a_recording_is_told_from_its_own_beginning(tmp_path: Path) -> None:
    reader = await decoded(RECORDING, write_media(tmp_path / "chirp.ts", 3.0, pictures=True))

    assert reader.items[0] == MediaOpened("file", is_live=False, has_audio=True)
    assert reader.sound[0].pts_s == pytest.approx(0.0, abs=0.05)


async def test_a_recording_is_taken_up_in_the_middle(tmp_path: Path) -> None:
    reader = await decoded(replace(RECORDING, resume_s=6.0), write_media(tmp_path / "chirp.mp4", 9.0))

    first = reader.sound[0]
    assert 5.0 < first.pts_s <= 6.0
    assert told_s(first.pcm)[1] == pytest.approx(first.pts_s + 0.15, abs=0.08)


@pytest.mark.parametrize(
    ("suffix", "length_s"), [("wav", 2.0), ("flac", 2.0), ("mp4", 2.0), ("mkv", None), ("flv", None), ("aac", None)]
)
def test_the_length_is_what_the_file_declares(tmp_path: Path, suffix: str, length_s: float | None) -> None:
    with open_file(write_media(tmp_path / f"chirp.{suffix}", 2.0)) as container:
        assert declared_length_s(container.streams.audio[0]) == pytest.approx(length_s, abs=0.05)


async def test_pictures_without_sound_are_told(tmp_path: Path) -> None:
    reader = await decoded(RECORDING, write_media(tmp_path / "a.mp4", 1.0, pictures=True, sound=False))

    assert reader.items == [MediaOpened("file", is_live=False, has_audio=False)]


async def test_a_live_without_sound_is_looked_at_again(tmp_path: Path) -> None:
    body = write_media(tmp_path / "a.flv", 2.0, pictures=True, sound=False).read_bytes()
    with pytest.raises(PortError, match="no sound") as caught:
        async with Reader() as reader, Decoding(reader.outlet, LIVE) as decoding:
            await decoding.write(body)

    assert reader.items == [MediaOpened("flv", is_live=True, has_audio=False)]
    assert (caught.value.retryable, caught.value.retry_after_s) == (True, decode.LOOK_AGAIN_S)


async def test_garbage_is_refused_while_it_is_written() -> None:
    async def write_garbage() -> None:
        async with Reader() as reader, Decoding(reader.outlet, LIVE) as decoding:
            while True:
                await decoding.write(b"\x13\x37" * 5000)

    with pytest.raises(PortError, match="not media") as caught:
        await write_garbage()

    assert caught.value.permanent


async def test_trouble_on_the_way_lets_what_came_be_heard_and_passes(tmp_path: Path) -> None:
    body = write_media(tmp_path / "chirp.flv", 3.0).read_bytes()
    reader = Reader()

    async def write_half() -> None:
        async with reader, Decoding(reader.outlet, LIVE) as decoding:
            await decoding.write(body[: len(body) // 2])
            raise PortError("broke", retryable=True)

    with pytest.raises(PortError, match="broke"):
        await write_half()
    assert 10 < len(reader.told) < 17


async def test_a_cancelled_decoding_is_gone_at_once(tmp_path: Path) -> None:
    body = write_media(tmp_path / "chirp.flv", 30.0).read_bytes()
    outlet = Outlet()

    async def decode_unread() -> None:
        async with Decoding(outlet, LIVE) as decoding:
            while True:
                await decoding.write(body)

    task = asyncio.create_task(decode_unread())
    await outlet.get()
    outlet.close()
    task.cancel()
    async with asyncio.timeout(1.0):
        await asyncio.wait([task])

    assert task.cancelled()
    for thread in threading.enumerate():
        if thread.name.startswith("decoder"):
            await asyncio.to_thread(thread.join)


async def test_a_long_file_waits_for_its_reader(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "long.wav", 60.0)
    outlet = Outlet()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_decode_file(outlet, path))
        first = [await outlet.get() for _ in range(3)]
        assert not task.done()
        outlet.close()

    assert isinstance(first[-1], AudioReceived)


async def _decode_file(outlet: Outlet, path: Path) -> None:
    async with Decoding(outlet, RECORDING, lambda: open_file(path)):
        pass
