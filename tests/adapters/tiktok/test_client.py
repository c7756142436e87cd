"""The ports of TikTok: what they share, and that they cost nothing before they are used."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from tests.adapters.gates import FreeGate
from tests.adapters.tiktok.simulated import adapter, asked_for, room_of
from vigie.ports import ChatSource, Handle, LiveProbe, MediaSource
from vigie.simulators.tiktok.accounts import Account
from vigie.simulators.tiktok.server import TikTokServer

IMPORT = """
import sys
import vigie.adapters.tiktok.client
from vigie.adapters.tiktok.settings import TikTokSettings
from vigie.adapters.web.client import WebMedia
vigie.adapters.tiktok.client.TikTok(TikTokSettings(), None, WebMedia())
print(*sorted({"TikTokLive", "google.protobuf", "websockets", "betterproto2"} & set(sys.modules)))
"""


@pytest.fixture
def server() -> Iterator[TikTokServer]:
    with TikTokServer() as server:
        server.add(Account("alba", room_id=71))
        yield server


def test_vendor_libraries_are_read_on_first_use_only() -> None:
    told = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == ""


async def test_three_ports_share_one_budget(server: TikTokServer) -> None:
    gate = FreeGate()

    async with adapter(server, gate) as tiktok:
        probe: LiveProbe = tiktok.probe
        chat: ChatSource = tiktok.chat
        media: MediaSource = tiktok.media
        await probe.probe([Handle("alba")])
        await media.resolve("alba")
        async with aclosing(chat.chat(room_of(server, "alba"))) as reading:
            await anext(reading)

    assert gate.keys == ["tiktok", "tiktok", "tiktok", "tiktok.sign"]
    assert asked_for(server) == ["user_room", "user_room", "info", "sign", "push"]


async def test_two_adapters_do_not_know_each_other(server: TikTokServer) -> None:
    with TikTokServer(seed=2) as other:
        other.add(Account("alba", room_id=81))
        async with adapter(server) as ours, adapter(other) as theirs:
            (here,), (there,) = await ours.probe.probe([Handle("alba")]), await theirs.probe.probe([Handle("alba")])

    assert (here.room_id, there.room_id) == ("71", "81")
