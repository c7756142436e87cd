"""The whole way from a real RTMP server, Debian's ffmpeg, whose sound tells its own time."""

import asyncio
import socket
from pathlib import Path
from random import Random
from subprocess import Popen
from threading import Thread
from typing import Self

import pytest
from asgiref.sync import sync_to_async

from tests.chirps import told_s, write_media
from tests.factories import make_channel
from tests.programs import needed
from tests.watch.conftest import Provided
from tests.watch.fakes import Memory
from vigie.adapters.web.client import WebMedia
from vigie.ports import Reach
from vigie.watch import watching
from vigie.watch.models import Channel, Gap
from vigie.watch.reconnecting import Patience

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_S = 60


class Studio:
    """Sends 3 s at the pace of a live, breaks off, and goes on with what is said 6 s after the start."""

    def __init__(self, media: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.address = f"rtmp://127.0.0.1:{probe.getsockname()[1]}/live/key"
        self._media = media
        self._server = self._serve(0.0)
        self._next = Thread(target=self._go_on)

    def __enter__(self) -> Self:
        self._next.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()
        self._next.join()
        self._server.kill()
        self._server.wait()

    def _go_on(self) -> None:
        self._server.wait()
        self._server = self._serve(6.0)

    def _serve(self, start_s: float) -> "Popen[bytes]":
        source = ("-re", "-ss", str(start_s), "-t", "3", "-i", self._media, "-c", "copy")
        sent = ("-output_ts_offset", str(start_s), "-f", "flv", "-listen", "1", self.address)
        return Popen([needed("ffmpeg"), "-nostdin", "-loglevel", "quiet", *source, *sent])


async def test_rtmp_is_heard_and_a_cut_of_it_is_a_gap(tmp_path: Path, memory: Memory, provide: Provided) -> None:
    provide(WebMedia(Reach.NETWORK))
    patience = Patience(first_s=0.2, longest_s=0.5, tries=100, refusals=100)
    with Studio(write_media(tmp_path / "chirp.flv", 10.0)) as studio:
        channel = await sync_to_async(make_channel)(address=studio.address)
        await Channel.objects.filter(pk=channel.pk).aupdate(is_watched=True)
        async with asyncio.timeout(DEADLINE_S), asyncio.TaskGroup() as group:
            task = group.create_task(watching.watch_live(channel.pk, patience=patience, rng=Random(1)))
            while not memory.heard or memory.heard[-1].epoch < 1:
                memory.got_sound.clear()
                await memory.got_sound.wait()
            task.cancel()
    told = told_s(b"".join(one.pcm for one in memory.heard if one.epoch == 0))[1:-1]
    [gap] = [gap async for gap in Gap.objects.all()]

    assert told == pytest.approx([told[0] + number / 10 for number in range(len(told))], abs=0.08)
    assert [gap.from_s, gap.to_s] == pytest.approx([3.0, 6.0], abs=0.2)
    assert gap.cause.startswith(studio.address)
