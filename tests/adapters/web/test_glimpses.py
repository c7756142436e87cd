import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from tests.adapters.web.films import told_second, write_film
from tests.adapters.web.origin import Answer, serving, silence
from tests.adapters.web.vod import body_of, encrypted, text_of
from vigie.adapters.web import glimpses, segments
from vigie.adapters.web.fetch import Fetcher
from vigie.adapters.web.glimpses import BEGINNING_BYTES, REST_S, Glimpses
from vigie.adapters.web.mpegclock import MpegClock
from vigie.adapters.web.pictures import EVERY_S
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.playlist import Part, Segment
from vigie.adapters.web.renditions import Renditions
from vigie.adapters.web.segments import Segments
from vigie.adapters.web.subtitles import Origin as Beginning
from vigie.events import KeyframeReceived
from vigie.ports import Reach

DEADLINE_S = 20
SEGMENTS, PLAYED = 8, 3
END = "#EXT-X-ENDLIST"


@pytest.fixture(autouse=True)
async def deadline(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(segments, "RETRY_S", 0.0)
    async with asyncio.timeout(DEADLINE_S):
        yield


def film(folder: Path, *, size: tuple[int, int] = (160, 90), kind: str = "mpegts") -> dict[str, Answer]:
    """Return the window of a live: segments of 2 s, each beginning with a keyframe."""
    options = {"hls_time": "2", "hls_list_size": "0", "hls_segment_type": kind}
    write_film(folder / "index.m3u8", 2 * SEGMENTS, size=size, options=options)
    answers: dict[str, Answer] = {f"/{path.name}": Response(path.read_bytes()) for path in folder.iterdir()}
    return on_air(answers)


def on_air(answers: dict[str, Answer]) -> dict[str, Answer]:
    return {**answers, "/index.m3u8": PlainTextResponse(text_of(answers).replace(END, ""))}


async def looked(
    answers: Mapping[str, Answer], played_s: tuple[float, ...] = (2.0,), *, origin_s: float = 0.0, number: int = PLAYED
) -> tuple[list[KeyframeReceived], list[tuple[str, dict[str, str]]]]:
    """Return the pictures that come when so much was played, and what was asked for."""
    outlet, found = Outlet(), list[KeyframeReceived]()
    with serving(answers) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher, asyncio.TaskGroup() as group:
            reading = group.create_task(_read(outlet, found))
            renditions = Renditions("unused", pictures_url=f"{origin.url}/index.m3u8")
            glimpse = Glimpses(Segments(fetcher), outlet, renditions, Beginning(origin_s, MpegClock()))
            for seconds in played_s:
                await glimpse.follow(Segment(number, Part("unused"), 2.0), seconds)
            await outlet.put(None)
            await reading
    return found, origin.requests


async def _read(outlet: Outlet, found: list[KeyframeReceived]) -> None:
    while item := await outlet.get():
        assert isinstance(item, KeyframeReceived)
        found.append(item)


# ── what comes ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["mpegts", "fmp4"])
async def test_a_picture_of_the_moment_that_is_played_comes(tmp_path: Path, kind: str) -> None:
    [picture], _ = await looked(film(tmp_path, kind=kind))

    assert told_second(picture.jpeg) == pytest.approx(2.0 * PLAYED, abs=0.5)
    assert picture.pts_s == pytest.approx(2.0 * PLAYED, abs=1.5)


async def test_renditions_that_are_numbered_apart_show_what_is_near_the_edge(tmp_path: Path) -> None:
    [picture], _ = await looked(film(tmp_path), number=1_000)

    assert told_second(picture.jpeg) == pytest.approx(2.0 * (SEGMENTS - 3), abs=0.5)


async def test_a_segment_whose_sound_did_not_come_is_not_looked_at(tmp_path: Path) -> None:
    found, requests = await looked(film(tmp_path), (0.0, 2.0, 2.0 + EVERY_S, 2.0 + EVERY_S))

    assert (len(found), len(requests)) == (2, 4)


async def test_it_is_dated_by_the_clock_of_the_sound(tmp_path: Path) -> None:
    [picture], _ = await looked(film(tmp_path), origin_s=7.0)

    assert picture.pts_s == pytest.approx(told_second(picture.jpeg) - 7.0, abs=1.9)


async def test_one_segment_is_asked_for_and_only_its_beginning(tmp_path: Path) -> None:
    _, requests = await looked(film(tmp_path))

    assert [path for path, _ in requests] == ["/index.m3u8", f"/index{PLAYED}.ts"]
    assert requests[1][1]["range"] == f"bytes=0-{BEGINNING_BYTES - 1}"


async def test_the_beginning_of_a_large_segment_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = film(tmp_path, size=(640, 360))
    monkeypatch.setattr(glimpses, "BEGINNING_BYTES", len(body_of(answers[f"/index{PLAYED}.ts"])) // 2)

    found, _ = await looked(answers)

    assert len(found) == 1


async def test_an_encrypted_live_is_looked_at(tmp_path: Path) -> None:
    answers = on_air(encrypted(film(tmp_path)))

    found, requests = await looked(answers)

    assert len(found) == 1
    assert "/key" in [path for path, _ in requests]


async def test_a_picture_comes_every_20_s_of_what_is_played(tmp_path: Path) -> None:
    found, requests = await looked(film(tmp_path), (2.0, 4.0, 2.0 + EVERY_S - 0.1, 2.0 + EVERY_S, 30.0))

    assert len(found) == 2
    assert len(requests) == 4


# ── what does not ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_recording_is_not_looked_at(tmp_path: Path) -> None:
    answers = film(tmp_path)
    complete = PlainTextResponse(text_of(answers) + END)

    found, requests = await looked({**answers, "/index.m3u8": complete})

    assert (found, len(requests)) == ([], 1)


async def test_pictures_that_come_with_the_sound_are_not_asked_for() -> None:
    async with Fetcher({}, Reach.NETWORK) as fetcher:
        beside = Glimpses(Segments(fetcher), Outlet(), Renditions("unused"), Beginning(0.0, MpegClock()))
        await beside.follow(Segment(0, Part("unused"), 2.0), 100.0)


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("gone", 404),
        PlainTextResponse("not now", 503),
        PlainTextResponse("<html>"),
        PlainTextResponse("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nother.m3u8\n"),
    ],
)
async def test_after_trouble_it_rests(answer: Response) -> None:
    found, requests = await looked({"/index.m3u8": answer}, (1.0, EVERY_S, REST_S - 1.0))

    assert found == []
    assert 1 <= len(requests) <= segments.TRIES


async def test_what_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glimpses, "ANSWER_S", 0.1)
    with silence() as mute:
        found, requests = await looked({"/index.m3u8": RedirectResponse(mute)}, (1.0, 1.0 + EVERY_S))

    assert (found, len(requests)) == ([], 1)


@pytest.mark.parametrize("body", [b"", b"garbage" * 1_000])
async def test_a_segment_that_is_no_picture_is_passed_over(tmp_path: Path, body: bytes) -> None:
    answers = {**film(tmp_path), f"/index{PLAYED}.ts": Response(body)}

    assert (await looked(answers))[0] == []
