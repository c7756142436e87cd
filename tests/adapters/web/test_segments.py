import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tests.adapters.web.origin import Answer, serving
from vigie.adapters.web import segments
from vigie.adapters.web.fetch import Fetcher
from vigie.adapters.web.playlist import Key, MediaPlaylist, Part, Segment
from vigie.adapters.web.renditions import Renditions
from vigie.adapters.web.segments import Segments
from vigie.ports import PortError, Reach

MEDIA = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n0.ts\n"
MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia.m3u8\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "RETRY_S", 0.0)


async def test_playlists_are_told_apart() -> None:
    answers = {"/live.m3u8": PlainTextResponse(MASTER), "/media.m3u8": PlainTextResponse(MEDIA)}
    with serving(answers) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            master = await Segments(fetcher).playlist(f"{origin.url}/live.m3u8")
            media = await Segments(fetcher).window(f"{origin.url}/media.m3u8")

    assert master == Renditions(f"{origin.url}/media.m3u8")
    assert media == MediaPlaylist((Segment(0, Part(f"{origin.url}/0.ts"), 2.0),), 2.0, is_complete=False)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!doctype html>", "not an HLS playlist"),
        ("", "not an HLS playlist"),
        (MASTER, "a playlist of playlists"),
        ('#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://1"\n#EXTINF:2,\n0.ts\n', "protected by SAMPLE-AES"),
    ],
)
async def test_another_thing_than_a_playlist_is_refused(body: str, words: str) -> None:
    with serving({"/media.m3u8": PlainTextResponse(body)}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            with pytest.raises(PortError, match=words) as caught:
                await Segments(fetcher).window(f"{origin.url}/media.m3u8?sig=secret")

    assert caught.value.permanent
    assert "secret" not in str(caught.value)


async def test_a_segment_that_fails_is_asked_for_three_times() -> None:
    statuses = iter([503, 503, 200])

    def flaky(_: Request) -> Response:
        return Response(b"media", next(statuses))

    with serving({"/0.ts": flaky}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            assert await Segments(fetcher).body(Segment(0, Part(f"{origin.url}/0.ts"), 2.0)) == b"media"

    assert len(origin.requests) == 3


@pytest.mark.parametrize(("status", "requests"), [(503, 3), (403, 1)])
async def test_a_segment_that_goes_on_failing_is_given_up(status: int, requests: int) -> None:
    with serving({"/0.ts": PlainTextResponse("", status)}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            with pytest.raises(PortError, match=f"HTTP {status}"):
                await Segments(fetcher).body(Segment(0, Part(f"{origin.url}/0.ts"), 2.0))

    assert len(origin.requests) == requests


async def test_headers_and_keys_are_asked_for_once() -> None:
    with serving({"/init.mp4": Response(b"header"), "/key": Response(b"0123456789abcdef")}) as origin:
        segment = Segment(0, Part(f"{origin.url}/init.mp4"), 2.0, init=Part(f"{origin.url}/init.mp4"))
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            known = Segments(fetcher)
            assert [await known.header(segment) for _ in range(3)] == [b"header"] * 3

    assert len(origin.requests) == 1


async def test_of_keys_that_change_only_the_last_are_kept() -> None:
    keys: dict[str, Answer] = {f"/key{number}": Response(b"0123456789abcdef") for number in range(20)}
    with serving(keys) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            known = Segments(fetcher)
            for path in [*keys, "/key19", "/key0"]:
                await known.header(Segment(0, Part("unused"), 2.0, init=Part(origin.url + path)))

    assert [path for path, _ in origin.requests] == [*keys, "/key0"]
    assert len(known._kept) == segments.MOST_KEPT


async def test_a_segment_that_asks_to_come_back_much_later_is_left() -> None:
    busy = PlainTextResponse("", 429, headers={"Retry-After": "600"})
    with serving({"/0.ts": busy}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            with pytest.raises(PortError) as caught:
                await Segments(fetcher).body(Segment(0, Part(f"{origin.url}/0.ts"), 2.0))

    assert caught.value.retry_after_s == 600.0
    assert len(origin.requests) == 1


async def test_a_long_playlist_is_read_beside_the_loop() -> None:
    lines = "".join(f"#EXTINF:2,\n{number}.ts\n" for number in range(5000))
    with serving({"/media.m3u8": PlainTextResponse(f"#EXTM3U\n{lines}")}) as origin:
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            assert len((await Segments(fetcher).window(f"{origin.url}/media.m3u8")).segments) == 5000


async def test_a_segment_that_does_not_decrypt_is_trouble() -> None:
    with serving({"/0.ts": Response(bytes(16)), "/key": Response(b"0123456789abcdef")}) as origin:
        segment = Segment(0, Part(f"{origin.url}/0.ts"), 2.0, key=Key(f"{origin.url}/key", None))
        async with Fetcher({}, Reach.NETWORK) as fetcher:
            with pytest.raises(PortError, match="does not decrypt"):
                await Segments(fetcher).body(segment)
