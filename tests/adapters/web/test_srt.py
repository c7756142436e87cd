"""SRT from a real server: Debian's ffmpeg, which also receives."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

import pytest

from tests.adapters.web.films import write_film
from tests.adapters.web.replay import batches_of, replayed
from tests.chirps import told_s, write_media
from tests.programs import needed
from vigie.adapters.web import srt
from vigie.adapters.web.client import WebMedia
from vigie.events import AudioReceived, MediaItem, MediaOpened
from vigie.ports import PortError, Reach

DEADLINE_S = 60


def free_address() -> str:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return f"srt://127.0.0.1:{probe.getsockname()[1]}"


@contextmanager
def sending(media: Path) -> Iterator[str]:
    """Send a file at the pace of a live to whoever connects; yield where."""
    address = free_address()
    command = [
        needed("ffmpeg"),
        "-nostdin",
        "-loglevel",
        "quiet",
        "-re",
        "-i",
        str(media),
        "-c",
        "copy",
        "-f",
        "mpegts",
    ]
    with Popen([*command, f"{address}?mode=listener"], stdout=DEVNULL) as server:
        yield address
        server.kill()


async def heard(address: str, *, with_packets: bool = False) -> tuple[list[MediaItem], PortError]:
    """Return what a source sends until it ends, and why it ended. Asks again until the server listens."""
    media, items = WebMedia(Reach.NETWORK), list[MediaItem]()
    async with asyncio.timeout(DEADLINE_S):
        while True:
            try:
                async for item in media.stream(await media.resolve(address, with_packets=with_packets)):
                    items.append(item)
            except PortError as error:
                if items:
                    return items, error


async def test_srt_is_heard_to_its_end(tmp_path: Path) -> None:
    with sending(write_media(tmp_path / "chirp.ts", 4.0)) as address:
        items, trouble = await heard(address)
    pcm = b"".join(item.pcm for item in items if isinstance(item, AudioReceived))
    told = told_s(pcm)[2:-2]

    assert items[0] == MediaOpened("srt", is_live=True, has_audio=True)
    assert told == pytest.approx([told[0] + number / 10 for number in range(len(told))], abs=0.08)
    assert len(pcm) / 32_000 > 3.0
    assert (str(trouble), trouble.retryable) == (f"{address}: the stream was closed.", True)


async def test_srt_of_nobody_is_asked_again() -> None:
    needed("ffmpeg")
    media = WebMedia(Reach.NETWORK)

    with pytest.raises(PortError, match=r"srt://127\.0\.0\.1:9: cannot be reached") as caught:
        async for _ in media.stream(await media.resolve("srt://127.0.0.1:9")):
            pass

    assert caught.value.retryable


async def test_srt_that_nobody_calls_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    needed("ffmpeg")
    monkeypatch.setattr(srt, "CALLED_WITHIN_S", 0.5)
    media = WebMedia(Reach.NETWORK)

    with pytest.raises(PortError, match="cannot be reached"):  # and not "no data for 10 s", when it would be killed
        async for _ in media.stream(await media.resolve(f"{free_address()}?mode=listener")):
            pass


async def test_srt_ends_though_more_came_than_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flood = tmp_path / "ffmpeg"
    flood.write_text("#!/bin/sh\nexec cat /dev/zero\n", encoding="utf-8")
    flood.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    media = WebMedia(Reach.NETWORK)

    async with asyncio.timeout(DEADLINE_S):
        with pytest.raises(PortError, match="not media"):
            async for _ in media.stream(await media.resolve("srt://127.0.0.1:9")):
                pass


async def test_srt_without_the_program_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    media = WebMedia(Reach.NETWORK)

    with pytest.raises(PortError, match="SRT needs the program ffmpeg, which is not on this machine") as caught:
        async for _ in media.stream(await media.resolve("srt://127.0.0.1:9")):
            pass

    assert caught.value.permanent


async def test_srt_goes_no_further_than_it_may() -> None:
    media = WebMedia(Reach.INTERNET)

    with pytest.raises(PortError, match="a private address"):
        async for _ in media.stream(await media.resolve("srt://127.0.0.1:9")):
            pass


async def test_srt_brings_its_packets(tmp_path: Path) -> None:
    with sending(write_film(tmp_path / "film.ts", 4)) as address:
        items, _ = await heard(address, with_packets=True)

    found = replayed(batches_of(items))
    assert (found.errors, found.sizes) == (0, [(160, 90)])
    assert found.sound_s > 2.0
