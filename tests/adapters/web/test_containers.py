import asyncio
from pathlib import Path

import av
import pytest
from starlette.responses import FileResponse, PlainTextResponse, Response

from tests.adapters.web.origin import free_port, serving
from tests.chirps import write_media
from vigie.adapters.web.containers import first_pts_s, open_address, open_bytes, open_file, open_pipe, port_error
from vigie.adapters.web.pipes import Pipe
from vigie.ports import PortError

TEMPTING = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"


def trouble(path: Path) -> PortError:
    with pytest.raises(av.FFmpegError) as caught, open_file(path):
        pass
    return port_error(caught.value, "it")


def test_media_leads_to_no_other_address(tmp_path: Path) -> None:
    """A playlist in the place of media: FFmpeg, left alone, would ask for what it names."""
    with serving({"/1.ts": Response(b"")}) as origin:
        tempting = TEMPTING.format(f"{origin.url}/1.ts").encode()
        path = tmp_path / "media.ts"
        path.write_bytes(tempting)
        for opened in (lambda: open_bytes(tempting), lambda: open_file(path), lambda: open_address(str(path), {})):
            with pytest.raises(av.FFmpegError):
                opened()

    assert origin.requests == []


async def test_a_pipe_is_read_as_it_is_written(tmp_path: Path) -> None:
    pipe = Pipe()
    for start in range(0, len(body := write_media(tmp_path / "chirp.flv", 2.0).read_bytes()), 1000):
        await pipe.write(body[start : start + 1000])
    pipe.end()

    def names() -> list[str]:
        with open_pipe(pipe) as container:
            return [stream.type for stream in container.streams]

    assert await asyncio.to_thread(names) == ["audio"]


def test_an_address_is_read_with_its_headers_and_can_be_sought_in(tmp_path: Path) -> None:
    """An MP4 whose index lies at its end, as cameras write it."""
    path = write_media(tmp_path / "chirp.mp4", 5.0)
    headers = {"Referer": "https://site.example"}
    with serving({"/a": lambda _: FileResponse(path)}) as origin, open_address(f"{origin.url}/a", headers) as container:
        assert container.streams.audio[0].duration

    assert origin.requests[0][1]["referer"] == "https://site.example"


@pytest.mark.parametrize(
    ("status", "permanent", "retryable"), [(403, True, False), (404, True, False), (503, False, True)]
)
def test_a_refused_address_says_so(status: int, *, permanent: bool, retryable: bool) -> None:
    with serving({"/a": PlainTextResponse("", status)}) as origin, pytest.raises(av.FFmpegError) as caught:
        open_address(f"{origin.url}/a", {})
    error = port_error(caught.value, "it")

    assert (error.permanent, error.retryable) == (permanent, retryable)


def test_an_address_where_nobody_listens_is_asked_again() -> None:
    with pytest.raises(av.FFmpegError) as caught:
        open_address(f"rtmp://127.0.0.1:{free_port()}/app/key", {})

    assert port_error(caught.value, "it").retryable


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not media, or damaged"),
        (b"hello", "not media, or damaged"),
        (b"<!doctype html><p>sorry</p>", "not media, or damaged"),
        (bytes(range(256)) * 400, "not media, or damaged"),
    ],
)
def test_what_is_not_media_says_so(tmp_path: Path, body: bytes, words: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(body)

    assert str(trouble(path)) == f"it: {words}."
    assert trouble(path).permanent


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert str(trouble(tmp_path / "gone.mp4")) == "it: no such file."
    assert trouble(tmp_path).permanent


def test_silence_is_told_and_retried() -> None:
    assert str(port_error(av.error.ExitError(1414092869, "Immediate exit requested"), "it")) == "it: no data for 5 s."


def test_a_segment_says_when_its_sound_begins(tmp_path: Path) -> None:
    body = write_media(tmp_path / "chirp.ts", 2.0, pictures=True).read_bytes()

    assert first_pts_s(body) == pytest.approx(0.0, abs=0.05)
    assert first_pts_s(b"garbage") is None
    assert first_pts_s(write_media(tmp_path / "silent.ts", 2.0, pictures=True, sound=False).read_bytes()) is None
