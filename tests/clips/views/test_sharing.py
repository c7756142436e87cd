from datetime import timedelta

import pytest
from django.test import Client

from tests.clips.pages import a_clip, body, verbs
from tests.clips.rows import editor, on_air
from vigie.clips import operations
from vigie.clips.models import Clip, ShareLink
from vigie.runtime import clock

pytestmark = pytest.mark.django_db

FILM = bytes(n % 251 for n in range(1000))


@pytest.fixture
def clip() -> Clip:
    return a_clip(on_air(), content=FILM, title="The goal", note="our secret", tags=["internal"], trigger="clip it")


@pytest.fixture
def token(clip: Clip) -> str:
    """A link that works for a day."""
    now = clock.now()
    return operations.share_clip(clip, expires_at=now + timedelta(days=1), actor=editor(clip), now=now)[1]


def test_whoever_has_the_link_sees_the_film_and_its_title_alone(client: Client, clip: Clip, token: str) -> None:
    answer = client.get(f"/c/{token}/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1>The goal</h1>" in page
    assert f'src="/c/{token}/video.mp4"' in page
    assert f'poster="/c/{token}/poster.jpg"' in page
    for secret in (
        clip.workspace.name,
        clip.workspace.slug,
        "moonlit",
        "our secret",
        "internal",
        "clip it",
        "C-1",
        clip.name,
    ):
        assert secret not in page


def test_a_clip_without_a_title_says_nothing_of_itself(client: Client, clip: Clip, token: str) -> None:
    Clip.objects.filter(pk=clip.pk).update(title="")

    assert "<h1>A clip</h1>" in client.get(f"/c/{token}/").content.decode()


def test_the_film_is_sent_in_parts(client: Client, token: str) -> None:
    whole = client.get(f"/c/{token}/video.mp4")
    part = client.get(f"/c/{token}/video.mp4", headers={"Range": "bytes=10-19"})
    beyond = client.get(f"/c/{token}/video.mp4", headers={"Range": "bytes=1000-"})

    assert (whole.status_code, body(whole)) == (200, FILM)
    assert (part.status_code, body(part), part["Content-Range"]) == (206, FILM[10:20], "bytes 10-19/1000")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */1000")
    assert "Content-Disposition" not in whole


def test_its_picture_is_sent(client: Client, token: str) -> None:
    assert client.get(f"/c/{token}/poster.jpg")["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("part", ["", "video.mp4", "poster.jpg"])
def test_nothing_of_it_is_found_by_search_engines_or_told_to_other_sites(client: Client, token: str, part: str) -> None:
    answer = client.get(f"/c/{token}/{part}")

    body(answer)
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == ("private, no-cache" if part else "private, no-store")


def test_openings_are_counted_and_parts_are_not(client: Client, token: str) -> None:
    client.get(f"/c/{token}/")
    client.get(f"/c/{token}/")
    client.head(f"/c/{token}/")
    body(client.get(f"/c/{token}/video.mp4"))

    assert ShareLink.objects.get().opened == 2
    assert verbs("clip.shared") == ["clip.opened", "clip.opened"]


def over(clip: Clip) -> None:
    ShareLink.objects.update(expires_at=clock.now() - timedelta(seconds=1))


def revoked(clip: Clip) -> None:
    ShareLink.objects.update(revoked_at=clock.now())


def deleted(clip: Clip) -> None:
    Clip.objects.update(removed_at=clock.now())


def unknown(clip: Clip) -> None:
    ShareLink.objects.all().delete()


@pytest.mark.parametrize("part", ["", "video.mp4", "poster.jpg"])
@pytest.mark.parametrize("end", [over, revoked, deleted, unknown], ids=lambda end: end.__name__)
def test_a_link_that_leads_nowhere_says_so_and_not_why(
    client: Client, clip: Clip, token: str, end: object, part: str
) -> None:
    assert callable(end)
    end(clip)

    answer = client.get(f"/c/{token}/{part}")

    assert answer.status_code == 410
    page = answer.content.decode()
    assert "This link leads nowhere" in page
    for secret in ("The goal", clip.workspace.slug, "revoked", "expired"):
        assert secret not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "..", "été"])
def test_odd_links_lead_nowhere(client: Client, token: str) -> None:
    assert client.get(f"/c/{token}/").status_code in {404, 410}


def test_nothing_is_changed_through_a_link(client: Client, token: str) -> None:
    assert client.post(f"/c/{token}/").status_code == 405
