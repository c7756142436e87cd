import asyncio
from pathlib import Path

import pytest
from django.core.signals import request_finished
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from vigie.runtime.ranges import CHUNK_BYTES, Part, PartResponse, Unsatisfiable, parse, ranged

pytestmark = pytest.mark.django_db  # the end of a response looks after the connections of its thread
CONTENT = bytes(range(100))


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", Part(0, 99)),
        ("bytes=0-0", Part(0, 0)),
        ("bytes=10-19", Part(10, 19)),
        ("bytes=10-1000", Part(10, 99)),
        ("bytes=99-", Part(99, 99)),
        ("bytes=-1", Part(99, 99)),
        ("bytes=-1000", Part(0, 99)),
        ("  Bytes = 5-6 ", Part(5, 6)),
    ],
)
def test_one_part_is_found(header: str, part: Part) -> None:
    assert parse(header, 100) == part


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=9-3",
        "bytes=--3",
        "bytes=1-2,5-6",
        "bytes=1-2, 5-",
        "items=0-5",
        "bytes=0-5-7",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_what_is_malformed_or_manifold_gets_the_whole(header: str) -> None:
    assert parse(header, 100) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=100-", 100), ("bytes=500-600", 100), ("bytes=-0", 100), ("bytes=0-", 0)]
)
def test_a_part_after_the_end_cannot_be_given(header: str, size: int) -> None:
    with pytest.raises(Unsatisfiable):
        parse(header, size)


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,4}-\d{0,4}", fullmatch=True), st.integers(0, 3000))
def test_a_part_always_lies_inside(header: str, size: int) -> None:
    try:
        part = parse(header, size)
    except Unsatisfiable:
        return
    assert part is None or 0 <= part.first <= part.last < size


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sound.flac"
    path.write_bytes(CONTENT)
    return path


def request(method: str = "GET", **headers: str) -> HttpRequest:
    return RequestFactory().generic(
        method, "/", headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


def answer(asked: HttpRequest, path: Path) -> HttpResponseBase:
    return ranged(asked, path, content_type="audio/flac", etag="v1")


def body(response: HttpResponseBase) -> bytes:
    content = response.getvalue() if isinstance(response, StreamingHttpResponse) else b""
    response.close()
    return content


def test_the_whole_is_sent_when_nothing_else_is_asked(file: Path) -> None:
    response = answer(request(), file)

    assert (response.status_code, body(response)) == (200, CONTENT)
    assert dict(response.headers) == {
        "Content-Type": "audio/flac",
        "Content-Length": "100",
        "Accept-Ranges": "bytes",
        "ETag": '"v1"',
        "Content-Encoding": "identity",
    }


def test_a_part_is_sent_with_its_place(file: Path) -> None:
    response = answer(request(Range="bytes=10-19"), file)

    assert (response.status_code, body(response)) == (206, CONTENT[10:20])
    assert response["Content-Range"] == "bytes 10-19/100"
    assert response["Content-Length"] == "10"


def test_a_part_after_the_end_is_refused_with_the_size(file: Path) -> None:
    response = answer(request(Range="bytes=100-"), file)

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


def test_what_the_reader_has_is_not_sent_again(file: Path) -> None:
    response = answer(request(If_None_Match='"v1"', Range="bytes=0-5"), file)

    assert (response.status_code, response["ETag"]) == (304, '"v1"')


def test_a_failed_precondition_is_told(file: Path) -> None:
    assert answer(request(If_Match='"v0"'), file).status_code == 412


@pytest.mark.parametrize(("known", "status"), [('"v1"', 206), ('"v0"', 200), ("Mon, 05 Jan 2026 10:00:00 GMT", 200)])
def test_a_part_of_another_version_is_never_sent(file: Path, known: str, status: int) -> None:
    response = answer(request(Range="bytes=0-5", If_Range=known), file)

    assert (response.status_code, len(body(response))) == (status, 6 if status == 206 else 100)


def test_range_is_for_get_alone(file: Path) -> None:
    response = answer(request("HEAD", Range="bytes=0-5"), file)

    assert (response.status_code, response["Content-Length"], body(response)) == (200, "100", b"")


def test_an_empty_file_is_sent_whole(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    response = answer(request(), tmp_path / "empty")

    assert (response.status_code, response["Content-Length"], body(response)) == (200, "0", b"")


def test_a_missing_file_is_the_caller_s_business(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        answer(request(), tmp_path / "none")


def test_a_large_part_comes_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(CHUNK_BYTES + 7))
    response = PartResponse(path, Part(1, CHUNK_BYTES + 5), status=206, content_type="audio/flac")

    assert [len(chunk) for chunk in response] == [CHUNK_BYTES, 5]
    response.close()


async def test_on_a_loop_it_is_read_beside_it(file: Path) -> None:
    response = await asyncio.to_thread(answer, request(Range="bytes=40-49"), file)
    assert isinstance(response, PartResponse)

    assert b"".join([chunk async for chunk in response]) == CONTENT[40:50]
    response.close()


def test_the_file_is_closed_whatever_else_fails_at_the_end(file: Path) -> None:
    def fail(**_: object) -> None:
        raise ValueError

    response = answer(request(), file)
    assert isinstance(response, PartResponse)
    request_finished.connect(fail)
    try:
        with pytest.raises(ValueError):  # noqa: PT011 -- raised three lines above
            response.close()
    finally:
        request_finished.disconnect(fail)

    assert response._file.closed
