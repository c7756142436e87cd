import asyncio
from collections.abc import Mapping

from starlette.responses import PlainTextResponse

from tests.adapters.web.origin import Answer, serving
from vigie.adapters.web.fetch import Fetcher
from vigie.adapters.web.mpegclock import MpegClock
from vigie.adapters.web.pipes import Outlet
from vigie.adapters.web.renditions import Renditions
from vigie.adapters.web.segments import Segments
from vigie.adapters.web.subtitles import Origin, Subtitles
from vigie.events import CaptionReceived, MediaItem
from vigie.ports import Reach

DEADLINE_S = 10


def cue(number: int) -> str:
    return f"00:00:{2 * number:02}.000 --> 00:00:{2 * number + 1:02}.000\nline {number}\n"


def rendition(numbers: range, *, end: str = "") -> dict[str, Answer]:
    """A playlist of captions, each segment repeating the cue before its own."""
    files = {f"/{n}.vtt": PlainTextResponse(f"WEBVTT\n\n{cue(max(n - 1, 0))}\n{cue(n)}") for n in numbers}
    lines = "".join(f"#EXTINF:2,\n{number}.vtt\n" for number in numbers)
    head = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:{numbers[0]}\n"
    return {**files, "/words.m3u8": PlainTextResponse(head + lines + end)}


async def followed(
    windows: list[Mapping[str, Answer]], played_s: list[float], *, origin_s: float = 0.0
) -> list[list[MediaItem | None]]:
    """What each look at the captions brings, the windows being those of the moment."""
    brought = []
    with serving({}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            outlet = Outlet()
            renditions = Renditions("unused", f"{origin.url}/words.m3u8", "fr")
            subtitles = Subtitles(Segments(fetcher), outlet, renditions, Origin(origin_s, MpegClock()))
            for window, seconds in zip(windows, played_s, strict=True):
                origin.answers.clear()
                origin.answers.update(window)
                async with asyncio.timeout(DEADLINE_S):
                    brought.append(await _all_of(subtitles, outlet, seconds))
    return brought


async def _all_of(subtitles: Subtitles, outlet: Outlet, seconds: float) -> list[MediaItem | None]:
    found = []
    async with asyncio.TaskGroup() as group:
        following = group.create_task(subtitles.follow(seconds))
        following.add_done_callback(lambda _: group.create_task(outlet.put(None)))
        while item := await outlet.get():
            found.append(item)
    return list(found)


def lines(*numbers: int, origin_s: float = 0.0) -> list[CaptionReceived]:
    return [CaptionReceived(2.0 * n - origin_s, 2.0 * n + 1 - origin_s, f"line {n}", "fr") for n in numbers]


async def test_captions_of_a_live_are_told_once_as_they_come() -> None:
    assert await followed([rendition(range(3)), rendition(range(1, 5))], [2.0, 4.0]) == [lines(0, 1, 2), lines(3, 4)]


async def test_captions_of_a_recording_keep_pace_with_its_sound() -> None:
    window = rendition(range(4), end="#EXT-X-ENDLIST")

    assert await followed([window] * 3, [2.0, 2.0, 99.0]) == [lines(0, 1), [], lines(2, 3)]


async def test_times_are_told_from_the_origin() -> None:
    assert await followed([rendition(range(2))], [0.0], origin_s=10.0) == [lines(0, 1, origin_s=10.0)]


async def test_captions_that_cannot_be_had_stop_nothing() -> None:
    broken = {**rendition(range(2)), "/1.vtt": PlainTextResponse("", 404)}

    assert await followed([{}, broken, rendition(range(3))], [2.0] * 3) == [[], lines(0), lines(1, 2)]


async def test_a_live_without_captions_has_none() -> None:
    async with Fetcher({}, Reach.NETWORK) as fetcher:
        await Subtitles(Segments(fetcher), Outlet(), Renditions("unused"), Origin(0.0, MpegClock())).follow(1.0)
