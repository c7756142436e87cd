import sys
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from tests.adapters.web.origin import Origin, serving
from vigie.adapters.web.resolve import STREAM_SCHEMES, file_location, resolve
from vigie.ports import MediaLocation, PortError, Reach
from vigie.watch.addresses import SCHEMES


async def refused(source: str) -> PortError:
    with pytest.raises(PortError) as caught:
        await resolve(source, Reach.DISK)
    return caught.value


@pytest.mark.parametrize("form", ["{}", "file://{}"])
async def test_a_file_is_a_recording(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a talk.wav"
    path.write_bytes(b"RIFF")

    assert await resolve(form.format(path), Reach.DISK) == MediaLocation(
        str(path), "file", is_live=False, title="a talk.wav"
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.wav", "no such file"),
        ("empty.wav/talk.wav", "no such file"),
        ("folder", "not a file"),
        ("empty.wav", "empty file"),
        ("x" * 5000, r"^\S{200}: cannot be read \(File name too long\)\.$"),
        ("a\0b.wav", r"cannot be read \(embedded null byte\)"),
    ],
)
def test_a_file_that_cannot_be_heard_says_why(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.wav").touch()

    with pytest.raises(PortError, match=words) as caught:
        file_location(tmp_path / name, Reach.DISK)

    assert caught.value.permanent


@pytest.mark.parametrize(
    ("source", "protocol"),
    [
        ("rtmp://host/app/key", "rtmp"),
        ("RTMPS://host/1", "rtmps"),
        ("srt://host:9000?mode=caller", "srt"),
        ("https://host/live/index.m3u8?sig=1", "hls"),
        ("https://host/live.flv?sig=1", "http"),
        ("https://host/talk.MP3", "http"),
    ],
)
async def test_a_direct_address_is_a_live_without_being_asked(source: str, protocol: str) -> None:
    assert await resolve(source, Reach.DISK) == MediaLocation(source, protocol, is_live=True)


@pytest.mark.parametrize("source", ["gopher://host/1", "rtsp://host/1", "concat://a|b", "http://["])
async def test_other_addresses_are_refused(source: str) -> None:
    assert (await refused(source)).permanent


def test_pages_and_programs_take_the_same_kinds_of_address() -> None:
    assert {"http", "https", *STREAM_SCHEMES} == set(SCHEMES)


def media(origin: Origin, path: str, protocol: str, *, is_live: bool) -> MediaLocation:
    return MediaLocation(origin.url + path, protocol, is_live=is_live)


async def test_an_answer_without_length_is_a_live_one_with_length_a_recording() -> None:
    answers = {
        "/live": StreamingResponse(iter([b"FLV"]), media_type="video/x-flv"),
        "/talk": Response(b"ID3", media_type="audio/mpeg"),
    }
    with serving(answers) as origin:
        assert await resolve(origin.url + "/live", Reach.DISK) == media(origin, "/live", "http", is_live=True)
        assert await resolve(origin.url + "/talk", Reach.DISK) == media(origin, "/talk", "http", is_live=False)


async def test_a_playlist_without_the_usual_name_is_found_by_its_type() -> None:
    answers = {
        "/live": RedirectResponse("/there/index"),
        "/there/index": Response(b"#EXTM3U", media_type="application/vnd.apple.mpegurl"),
    }
    with serving(answers) as origin:
        assert await resolve(origin.url + "/live", Reach.DISK) == media(origin, "/there/index", "hls", is_live=True)


@pytest.mark.parametrize("source", ["/etc/hostname", "file:///etc/hostname", "gone.wav"])
async def test_a_file_is_out_of_reach_of_a_page(source: str) -> None:
    with pytest.raises(PortError, match="not an address") as caught:
        await resolve(source, Reach.NETWORK)

    assert caught.value.permanent


async def test_a_page_that_nobody_knows_is_refused() -> None:
    with serving({"/about": HTMLResponse("<p>hello</p>")}) as origin:
        error = await refused(origin.url + "/about")

    assert error.permanent
    assert "a web page without a live" in str(error)


async def test_without_its_extra_a_page_says_what_to_install_and_media_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "streamlink", None)
    with serving({"/about": HTMLResponse("<p>hello</p>"), "/talk": Response(b"ID3")}) as origin:
        error = await refused(origin.url + "/about")

        assert str(error) == f"{origin.url}/about: a web page, and streamlink is missing: pip install 'vigie[web]'."
        assert error.permanent
        assert await resolve(origin.url + "/talk", Reach.DISK) == media(origin, "/talk", "http", is_live=False)


async def test_a_dead_address_says_so() -> None:
    with serving({"/busy": PlainTextResponse("", 503)}) as origin:
        gone, busy = await refused(origin.url + "/gone"), await refused(origin.url + "/busy")

    assert (gone.permanent, busy.permanent, busy.retryable) == (True, False, True)
    assert "HTTP 404" in str(gone)
