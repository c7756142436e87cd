"""Links that let anybody see a clip: made, shown once, revoked."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.clips.pages import a_clip, address, post, shown
from tests.clips.rows import make_clip
from tests.factories import NOW
from vigie.clips.models import Clip, ShareLink
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip(live: Live) -> Clip:
    return a_clip(live)


def made_link(client: Client, member: Membership, clip: Clip, days: str = "7") -> str:
    """Return the address of a new link."""
    page = client.post(address("clip-share", member, clip.pk), {"days": days}, follow=True).content.decode()
    [link] = re.findall(r'value="(http://testserver/c/[\w-]+/)"', page)
    return str(link)


def test_a_link_is_shown_once(client: Client, supervisor: Membership, clip: Clip) -> None:
    link = made_link(client, supervisor, clip)

    page = shown(client, "clip", supervisor, clip.pk)
    assert link not in page
    assert "Links to this clip" in page
    assert "opened 0 times" in page
    assert ShareLink.objects.get().expires_at - clock.now() < timedelta(days=7)


def test_a_link_is_kept_nowhere_as_it_is(client: Client, supervisor: Membership, clip: Clip) -> None:
    client.post(address("clip-share", supervisor, clip.pk), {"days": "7"})

    assert "/c/" not in str(client.session["clips.issued_link"])


def test_a_link_that_was_made_is_shown_on_its_own_clip_alone(
    client: Client, supervisor: Membership, live: Live, clip: Clip
) -> None:
    client.post(address("clip-share", supervisor, clip.pk), {"days": "7"})

    assert "issued-link" not in shown(client, "clip", supervisor, a_clip(live).pk)
    assert "issued-link" in shown(client, "clip", supervisor, clip.pk)


@pytest.mark.parametrize("days", ["0", "-1", "9999", "x", ""])
def test_a_link_for_ever_is_not_made(client: Client, supervisor: Membership, clip: Clip, days: str) -> None:
    answer = client.post(address("clip-share", supervisor, clip.pk), {"days": days})

    assert (answer.status_code, ShareLink.objects.count()) == (400, 0)


def test_no_link_leads_to_a_clip_without_a_file(client: Client, supervisor: Membership, live: Live) -> None:
    clip = make_clip(live, "requested")

    assert post(client, "clip-share", supervisor, clip.pk, days="7") == ["C-1 has no file."]


def test_a_link_is_revoked_once(client: Client, supervisor: Membership, clip: Clip) -> None:
    made_link(client, supervisor, clip)
    link = ShareLink.objects.get()

    first = post(client, "clip-link-revoke", supervisor, link.pk)
    again = post(client, "clip-link-revoke", supervisor, link.pk)

    assert (first, again) == (["The link leads nowhere from now on."], ["This link led nowhere already."])
    assert "revoked" in shown(client, "clip", supervisor, clip.pk)


def test_a_link_that_is_over_says_so(client: Client, supervisor: Membership, clip: Clip) -> None:
    ShareLink.objects.create(clip=clip, token_hash="x", made_at=NOW, expires_at=NOW)

    assert "expired" in shown(client, "clip", supervisor, clip.pk)
