from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from tests.clips.rows import editor, fresh, make_clip, on_air
from tests.factories import NOW, make_membership
from vigie.clips import operations, queries
from vigie.clips.models import Clip, ClipState, ShareLink
from vigie.clips.operations import BadExpiry, NoFile, NoSuchLink
from vigie.clips.operations.sharing import LONGEST
from vigie.events import Acted

pytestmark = pytest.mark.django_db

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def clip() -> Clip:
    return make_clip(on_air())


def shared(clip: Clip, expires_at: datetime = TOMORROW) -> tuple[ShareLink, str]:
    return operations.share_clip(clip, expires_at=expires_at, actor=editor(clip), now=NOW)


def test_whoever_has_the_link_sees_the_clip(clip: Clip, acts: list[Acted]) -> None:
    link, token = shared(clip)

    assert len(token) == 43
    assert (link.token_hash, link.made_at, link.expires_at) == (sha256(token.encode()).hexdigest(), NOW, TOMORROW)
    for turn in (1, 2):
        assert operations.open_link(token, now=NOW).clip == clip
        assert ShareLink.objects.get().opened == turn
    assert [(act.verb, act.actor_id is None, act.payload["link"]) for act in acts] == [
        ("clip.shared", False, link.pk),
        ("clip.opened", True, link.pk),
        ("clip.opened", True, link.pk),
    ]


def test_no_token_is_kept_anywhere(clip: Clip, acts: list[Acted]) -> None:
    _, token = shared(clip)

    assert token not in str(list(ShareLink.objects.values()))
    assert token not in str(acts)


def test_two_links_have_two_tokens(clip: Clip) -> None:
    assert shared(clip)[1] != shared(clip)[1]


def test_what_a_page_reads_of_it_counts_nothing(clip: Clip, acts: list[Acted]) -> None:
    link, token = shared(clip)
    acts.clear()

    assert operations.find_link(token, now=NOW) == link
    assert (ShareLink.objects.get().opened, acts) == (0, [])


@pytest.mark.parametrize("expires_at", [NOW, NOW - timedelta(days=1), NOW + LONGEST + timedelta(seconds=1)])
def test_a_link_lasts_for_ninety_days_at_most(expires_at: datetime, clip: Clip) -> None:
    with pytest.raises(BadExpiry):
        shared(clip, expires_at)

    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("expires_at", [NOW + timedelta(seconds=1), NOW + LONGEST])
def test_a_link_may_be_that_short_or_long(expires_at: datetime, clip: Clip) -> None:
    assert shared(clip, expires_at)[0].expires_at == expires_at


def test_a_link_leads_nowhere_once_it_is_over(clip: Clip) -> None:
    _, token = shared(clip)

    operations.find_link(token, now=TOMORROW - timedelta(seconds=1))
    with pytest.raises(NoSuchLink):
        operations.open_link(token, now=TOMORROW)
    assert ShareLink.objects.get().opened == 0


def test_a_link_that_was_revoked_leads_nowhere(clip: Clip, acts: list[Acted]) -> None:
    link, token = shared(clip)

    operations.revoke_link(link, actor=editor(clip), now=NOW)

    with pytest.raises(NoSuchLink):
        operations.open_link(token, now=NOW)
    with pytest.raises(NoSuchLink):
        operations.revoke_link(link, actor=editor(clip), now=NOW)
    assert [act.verb for act in acts] == ["clip.shared", "clip.unshared"]


def test_the_link_of_a_deleted_clip_leads_nowhere_until_it_is_back(clip: Clip) -> None:
    _, token = shared(clip)
    operations.remove_clip(clip, actor=editor(clip), now=NOW)

    with pytest.raises(NoSuchLink):
        operations.open_link(token, now=NOW)
    operations.restore_clip(clip, actor=editor(clip), now=NOW)

    assert operations.open_link(token, now=NOW).opened == 1


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "\0", "é" * 43])
def test_a_made_up_token_is_none(token: str, clip: Clip) -> None:
    shared(clip)

    with pytest.raises(NoSuchLink):
        operations.open_link(token, now=NOW)


def test_a_hash_is_no_token(clip: Clip) -> None:
    link, _ = shared(clip)

    with pytest.raises(NoSuchLink):
        operations.open_link(link.token_hash, now=NOW)


@pytest.mark.parametrize("state", [ClipState.REQUESTED, ClipState.SAVING, ClipState.SAVED, ClipState.FAILED])
def test_what_has_no_file_is_not_shared(state: str) -> None:
    clip = make_clip(on_air(), state)

    with pytest.raises(NoFile):
        shared(clip)


def test_a_team_sees_its_links_that_lead_somewhere_newest_first(clip: Clip) -> None:
    ada = editor(clip)
    first, _ = shared(clip)
    second, _ = shared(clip)
    over, _ = shared(clip, NOW + timedelta(hours=1))
    revoked, _ = shared(clip)
    operations.revoke_link(revoked, actor=ada, now=NOW)
    shared(make_clip(on_air()))

    assert list(queries.links_for(ada, over.expires_at)) == [second, first]
    assert list(queries.links_for(make_membership(), NOW)) == []


def test_who_looked_and_who_took_a_clip_away_is_accounted_for(clip: Clip, acts: list[Acted]) -> None:
    ada = editor(clip)

    operations.record_view(clip, actor=ada)
    operations.record_download(clip, actor=ada)
    operations.record_download(fresh(clip), actor=ada)

    assert [(act.verb, act.actor_id) for act in acts] == [
        ("clip.seen", ada.user_id),
        ("clip.downloaded", ada.user_id),
        ("clip.downloaded", ada.user_id),
    ]
    assert (clip.downloaded, fresh(clip).downloaded) == (1, 2)
