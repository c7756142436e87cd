import asyncio
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.clips.rows import editor, make_clip, make_obs, make_team, on_air
from tests.factories import NOW, make_membership, make_user
from vigie.clips import consumers
from vigie.clips.models import Clip, ClipState, ObsState
from vigie.events import ClipChanged, ObsChanged
from vigie.people.models import Preset
from vigie.runtime import push
from vigie.runtime.push import Item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pusher() -> Iterator[None]:
    loop = asyncio.new_event_loop()  # it never runs: nothing is sent
    push.attach(loop)
    yield
    push.detach()
    loop.close()
    cache.clear()


@pytest.fixture
def clip() -> Clip:
    return make_clip(on_air(make_team()))


def changed(clip: Clip) -> ClipChanged:
    return ClipChanged(clip.workspace_id, clip.live_id, clip.pk, clip.state)


def look(clip: Clip) -> None:
    push.note_followed([f"clips:{clip.workspace_id}"])


def pushed() -> list[tuple[str, Item]]:
    assert push._pusher is not None
    return [(topic, item["en"]) for topic, items in push._pusher._waiting.items() for item in items]


@pytest.mark.parametrize("role", ["analyst", "moderator", "supervisor", "auditor", "administrator"])
def test_members_who_see_clips_follow_them(clip: Clip, role: str) -> None:
    assert consumers.may_follow_clips(editor(clip, role).user, clip.workspace_id)


def test_others_do_not_follow_clips(clip: Clip) -> None:
    clip.workspace.preset = Preset.PUBLIC_BODY
    clip.workspace.save()

    assert not consumers.may_follow_clips(make_user(), clip.workspace_id)
    assert not consumers.may_follow_clips(make_membership().user, clip.workspace_id)
    assert not consumers.may_follow_clips(editor(clip, "administrator").user, clip.workspace_id)


def test_nothing_is_rendered_where_nobody_looks(clip: Clip) -> None:
    consumers.show_clip(changed(clip))

    assert pushed() == []


def test_a_clip_that_comes_further_changes_in_its_place(clip: Clip) -> None:
    look(clip)

    consumers.show_clip(changed(clip))

    assert {topic for topic, _ in pushed()} == {f"clips:{clip.workspace_id}"}
    [card, standing] = [item for _, item in pushed()]
    assert (card["target"], card["swap"]) == (f"clip-{clip.pk}", "replace")
    assert f'href="/w/{clip.workspace.slug}/clips/{clip.pk}/"' in card["html"]
    assert (standing["target"], standing["swap"]) == (f"standing-{clip.pk}", "replace")
    assert "Watch it" in standing["html"]


def test_a_new_clip_moves_nothing_and_is_told_in_a_line(clip: Clip) -> None:
    clip.state = ClipState.REQUESTED
    look(clip)

    consumers.show_clip(changed(clip))

    first = pushed()[0][1]
    assert (first["target"], first["swap"]) == ("clips-news", "append")
    assert first["html"].strip() == f'<i id="clip-new-{clip.pk}" hidden></i>'


def test_a_deleted_clip_greys_in_its_place(clip: Clip) -> None:
    Clip.objects.filter(pk=clip.pk).update(removed_at=NOW, removal="person")
    look(clip)

    consumers.show_clip(changed(clip))

    assert "is-gone" in pushed()[0][1]["html"]
    assert "Deleted" in pushed()[0][1]["html"]


def test_a_clip_that_is_gone_altogether_is_not_told(clip: Clip) -> None:
    look(clip)
    told = changed(clip)
    clip.delete()

    consumers.show_clip(told)

    assert pushed() == []


# ── OBS ──


@pytest.mark.parametrize(("role", "may"), [("supervisor", True), ("administrator", True), ("moderator", False)])
def test_only_who_manages_obs_follows_them(role: str, *, may: bool) -> None:
    obs = make_obs(make_team())
    member = make_membership(role, workspace=obs.workspace)

    assert consumers.may_follow_obs(member.user, obs.workspace_id) == may
    assert not consumers.may_follow_obs(make_user(), obs.workspace_id)


def test_how_an_obs_does_is_shown_in_its_place() -> None:
    obs = make_obs(make_team(), state=ObsState.AWAY, reason="OBS at h:1: it was closed.")
    event = ObsChanged(obs.workspace_id, obs.pk, obs.state, obs.reason)

    consumers.show_obs(event)
    assert pushed() == []  # nobody looks
    push.note_followed([f"obs:{obs.workspace_id}"])
    consumers.show_obs(event)

    [(topic, item)] = pushed()
    assert (topic, item["target"], item["swap"]) == (f"obs:{obs.workspace_id}", f"obs-standing-{obs.pk}", "replace")
    assert "not reached" in item["html"]
    assert "it was closed." in item["html"]


def test_an_obs_that_is_gone_is_not_shown() -> None:
    team = make_team()
    push.note_followed([f"obs:{team.pk}"])

    consumers.show_obs(ObsChanged(team.pk, 4711, "ready", ""))

    assert pushed() == []
