"""Pulls of simulated HLS, and what came of them."""

import asyncio
from itertools import pairwise

import pytest

from tests.adapters.web.origin import Origin
from tests.chirps import told_s
from vigie.adapters.web.client import WebMedia
from vigie.events import AudioReceived, MediaItem
from vigie.ports import MediaLocation, PortError, Reach

DEADLINE_S = 20
FAST = WebMedia(Reach.DISK, speed=50)


async def pulled(origin: Origin, *, from_pts_s: float | None = None, was_live: bool = False) -> list[MediaItem]:
    location = MediaLocation(f"{origin.url}/index.m3u8", "hls", is_live=True)
    async with asyncio.timeout(DEADLINE_S):
        return [item async for item in FAST.stream(location, from_pts_s=from_pts_s, was_live=was_live)]


def sound_of(items: list[MediaItem]) -> list[AudioReceived]:
    return [item for item in items if isinstance(item, AudioReceived)]


def told(items: list[MediaItem]) -> list[float]:
    return told_s(b"".join(item.pcm for item in sound_of(items)))


def holes(items: list[MediaItem]) -> list[tuple[float, float]]:
    pts = [(item.pts_s, item.pts_s + len(item.pcm) / 32_000) for item in sound_of(items)]
    return [(round(before[1], 1), round(after[0], 1)) for before, after in pairwise(pts) if after[0] - before[1] > 0.1]


def seconds(first: float, last: float) -> list[float]:
    return pytest.approx([first + 0.05 + n / 10 for n in range(round((last - first) * 10))], abs=0.06)  # type: ignore[return-value]


async def troubled(origin: Origin) -> tuple[list[MediaItem], PortError]:
    items: list[MediaItem] = []
    location = MediaLocation(f"{origin.url}/index.m3u8?sig=secret", "hls", is_live=True)
    try:
        async with asyncio.timeout(DEADLINE_S):
            async for item in FAST.stream(location):
                items.append(item)  # noqa: PERF401 -- kept when the stream breaks
    except PortError as trouble:
        return items, trouble
    pytest.fail("nothing went wrong")
