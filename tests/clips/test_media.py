from collections.abc import Mapping

import pytest
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from tests.clips.rows import JPEG, make_clip, on_air
from tests.factories import NOW
from vigie.clips import folders, media
from vigie.clips.models import Clip, Poster

pytestmark = pytest.mark.django_db

FILM = bytes(n % 251 for n in range(1000))


def asked(method: str = "GET", headers: Mapping[str, str] | None = None) -> HttpRequest:
    return RequestFactory().generic(method, "/", headers=dict(headers or {}))


def body(response: HttpResponseBase) -> bytes:
    content = response.getvalue() if isinstance(response, StreamingHttpResponse) else b""
    response.close()
    return content


@pytest.fixture
def clip() -> Clip:
    return make_clip(content=FILM)


def test_a_film_comes_whole_and_may_be_asked_for_in_parts(clip: Clip) -> None:
    response = media.film(asked(), clip)

    assert (response.status_code, body(response)) == (200, FILM)
    assert response["Content-Type"] == "video/mp4"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{clip.sha256}"'
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("headers", "status", "content_range", "content"),
    [
        ({"Range": "bytes=0-1"}, 206, "bytes 0-1/1000", FILM[:2]),
        ({"Range": "bytes=990-"}, 206, "bytes 990-999/1000", FILM[990:]),
        ({"Range": "bytes=-10"}, 206, "bytes 990-999/1000", FILM[990:]),
        ({"Range": "bytes=1000-"}, 416, "bytes */1000", b""),
        ({"Range": "bytes=0-1", "If-Range": f'"{"0" * 64}"'}, 206, "bytes 0-1/1000", FILM[:2]),
        ({"Range": "bytes=0-1", "If-Range": '"another"'}, 200, "", FILM),
        ({"Range": "lines=0-1"}, 200, "", FILM),
        ({"If-None-Match": f'"{"0" * 64}"'}, 304, "", b""),
    ],
)
def test_a_player_seeks_by_parts(
    clip: Clip, headers: Mapping[str, str], status: int, content_range: str, content: bytes
) -> None:
    response = media.film(asked(headers=headers), clip)

    assert (response.status_code, response.get("Content-Range", ""), body(response)) == (status, content_range, content)


def test_a_film_is_asked_about_without_being_read(clip: Clip) -> None:
    response = media.film(asked("HEAD"), clip)

    assert (response.status_code, response["Content-Length"], body(response)) == (200, "1000", b"")


@pytest.mark.parametrize("state", ["requested", "saving", "saved", "failed"])
def test_a_clip_without_a_file_has_no_film(state: str) -> None:
    with pytest.raises(Http404):
        media.film(asked(), make_clip(state=state))


def test_a_deleted_clip_has_no_film(clip: Clip) -> None:
    clip.removed_at = NOW

    with pytest.raises(Http404):
        media.film(asked(), clip)


def test_a_file_that_is_gone_is_not_found(clip: Clip) -> None:
    folders.path_of(clip).unlink()

    with pytest.raises(Http404):
        media.film(asked(), clip)


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "..", "."])
def test_no_name_leads_out_of_the_folder(clip: Clip, name: str) -> None:
    (folders.root().parent / "secret").write_bytes(b"secret")
    clip.name = name

    with pytest.raises(Http404):
        media.film(asked(), clip)


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("anna_clip.mp4", 'attachment; filename="anna_clip.mp4"'),
        ("a/b/c.mp4", 'attachment; filename="c.mp4"'),
        ('say "hi".mp4', r'attachment; filename="say \"hi\".mp4"'),
        ("été 語.mp4", "attachment; filename*=utf-8''%C3%A9t%C3%A9%20%E8%AA%9E.mp4"),
    ],
)
def test_a_download_has_the_name_of_its_file(clip: Clip, name: str, disposition: str) -> None:
    folder = folders.folder_of(clip.workspace_id)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    folders.path_of(clip).rename(folder / name)
    clip.name = name

    response = media.download(asked(), clip)

    assert (response["Content-Disposition"], body(response)) == (disposition, FILM)


def test_a_poster_is_kept_by_the_browser_until_it_is_another(clip: Clip) -> None:
    Poster.objects.create(clip=clip, jpeg=JPEG)

    response = media.poster(asked(), clip)

    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "private, no-cache")
    assert response.content == JPEG  # type: ignore[attr-defined]
    assert media.poster(asked(headers={"If-None-Match": response["ETag"]}), clip).status_code == 304


def test_a_clip_without_a_poster_has_none() -> None:
    with pytest.raises(Http404):
        media.poster(asked(), make_clip(on_air(), "requested"))
