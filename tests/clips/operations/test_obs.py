from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.clips.rows import at, fresh, make_clip, make_obs, make_team, on_air
from tests.factories import NOW, make_membership
from vigie.clips import operations, queries
from vigie.clips.models import ClipState, ObsInstance, ObsState
from vigie.clips.operations import ObsForm
from vigie.clips.pathmaps import BadMapping
from vigie.events import Acted, ObsChanged
from vigie.people.models import Membership
from vigie.runtime import bus
from vigie.runtime.models import Lease
from vigie.runtime.sealing import unseal

pytestmark = pytest.mark.django_db

FORM = ObsForm("studio", "192.0.2.7", 4456, "C:/Replays -> /mnt/replays", password="hunter2")


@pytest.fixture
def ada() -> Membership:
    return make_membership("supervisor", workspace=make_team())


def told_of(obs: ObsInstance, *states: tuple[str, str]) -> list[ObsChanged]:
    return [ObsChanged(obs.workspace_id, obs.pk, state, reason) for state, reason in states]


@pytest.fixture
def news() -> Iterator[list[ObsChanged]]:
    told: list[ObsChanged] = []
    bus.react(ObsChanged, told.append)
    yield told
    bus.unreact(ObsChanged, told.append)


def test_an_obs_is_added_with_its_password_sealed(ada: Membership, acts: list[Acted], news: list[ObsChanged]) -> None:
    obs = operations.save_obs(FORM, actor=ada, now=NOW)

    assert (obs.name, obs.host, obs.port, obs.path_map, obs.starts_buffer, obs.is_used) == (
        "studio",
        "192.0.2.7",
        4456,
        "C:/Replays -> /mnt/replays",
        True,
        True,
    )
    assert (obs.state, obs.changed_at, obs.added_by) == (ObsState.CONNECTING, NOW, ada.user)
    assert "hunter2" not in obs.sealed_password
    assert unseal(obs.sealed_password) == "hunter2"
    assert [act.verb for act in acts] == ["obs.added"]
    assert "hunter2" not in str(acts)
    assert news == told_of(obs, (ObsState.CONNECTING, ""))


@pytest.mark.parametrize(("password", "kept"), [(None, "hunter2"), ("", ""), ("other", "other")])
def test_a_password_that_is_not_typed_stays(password: str | None, kept: str, ada: Membership) -> None:
    obs = operations.save_obs(FORM, actor=ada, now=NOW)

    operations.save_obs(ObsForm("b", "h", 1, password=password), actor=ada, now=NOW, obs=obs)

    assert (unseal(obs.sealed_password) if obs.sealed_password else "") == kept
    assert ObsInstance.objects.count() == 1


def test_a_changed_obs_is_connected_with_at_once(ada: Membership, acts: list[Acted]) -> None:
    obs = make_obs(ada.workspace, state=ObsState.REFUSED, reason="wrong password", checked_at=NOW)
    Lease.objects.create(resource=f"obs:{obs.pk}", due_at=NOW + timedelta(hours=1))
    assert queries.obs_in_use() == []

    operations.save_obs(ObsForm("b", "h", 1), actor=ada, now=NOW + timedelta(seconds=1), obs=obs)

    assert queries.obs_in_use() == [obs.pk]
    assert Lease.objects.get().due_at is None
    assert (obs.state, obs.reason) == (ObsState.CONNECTING, "")
    assert [act.verb for act in acts] == ["obs.changed"]


def test_an_obs_that_is_not_used_is_left_alone(ada: Membership) -> None:
    obs = operations.save_obs(ObsForm("b", "h", 1, is_used=False), actor=ada, now=NOW)

    assert (obs.state, queries.obs_in_use()) == (ObsState.OFF, [])


def test_a_removed_obs_leaves_its_clips(ada: Membership, acts: list[Acted], news: list[ObsChanged]) -> None:
    obs = operations.save_obs(FORM, actor=ada, now=NOW)
    clip = make_clip(on_air(ada.workspace), obs=obs)

    operations.remove_obs(obs, actor=ada, now=NOW)

    assert (obs.removed_at, obs.is_used, obs.sealed_password) == (NOW, False, "")
    assert list(queries.obs_for(ada)) == []
    assert (clip.obs, clip.state) == (obs, ClipState.VERIFIED)
    assert [act.verb for act in acts] == ["obs.added", "obs.removed"]
    assert news[-1:] == told_of(obs, (ObsState.OFF, ""))


def test_how_an_obs_does_is_told_where_it_changed(ada: Membership, news: list[ObsChanged]) -> None:
    obs = make_obs(ada.workspace, state=ObsState.CONNECTING)

    for state, reason in (("away", "x" * 400), ("away", "x" * 400), ("ready", ""), ("ready", "")):
        operations.note_obs(obs, state, reason, "29.0.2" if state == "ready" else None, now=NOW)

    assert news == told_of(obs, ("away", "x" * 400), ("ready", ""))
    found = ObsInstance.objects.get()
    assert (found.state, found.version, found.checked_at) == (ObsState.READY, "29.0.2", NOW)


def test_what_is_known_of_it_before_it_was_changed_counts_for_nothing(ada: Membership, news: list[ObsChanged]) -> None:
    obs = make_obs(ada.workspace)
    stale = ObsInstance.objects.get()
    operations.save_obs(ObsForm("b", "h", 1), actor=ada, now=NOW + timedelta(seconds=1), obs=obs)
    news.clear()

    operations.note_obs(stale, ObsState.REFUSED, "wrong password", None, now=NOW)

    assert (ObsInstance.objects.get().state, news) == (ObsState.CONNECTING, [])


def test_what_is_known_of_it_before_it_was_removed_counts_for_nothing(ada: Membership) -> None:
    obs = make_obs(ada.workspace)
    stale = ObsInstance.objects.get()
    operations.remove_obs(obs, actor=ada, now=NOW + timedelta(seconds=1))

    operations.note_obs(stale, ObsState.READY, "", None, now=NOW)

    assert ObsInstance.objects.get().state == ObsState.OFF


def test_folders_that_make_no_sense_change_nothing(ada: Membership, acts: list[Acted]) -> None:
    with pytest.raises(BadMapping):
        operations.save_obs(ObsForm("b", "h", 1, "C:/Replays"), actor=ada, now=NOW)

    assert (ObsInstance.objects.count(), acts) == (0, [])


def test_where_a_replay_was_written_is_noted_and_when_it_ends(ada: Membership) -> None:
    live = on_air(ada.workspace)
    told, found = (make_clip(live, ClipState.SAVING, look=[1, 2]) for _ in range(2))

    operations.note_written(told, "C:/Replays/1.mp4", now=at(live, 81))
    operations.note_written(found, "C:/Replays/2.mp4", now=None)

    assert [(row.original, row.to_s, row.look) for row in map(fresh, (told, found))] == [
        ("C:/Replays/1.mp4", 81.0, []),
        ("C:/Replays/2.mp4", 70.0, []),
    ]
    assert (told.original, told.to_s, told.look) == ("C:/Replays/1.mp4", 81.0, [])


def test_what_is_not_being_saved_was_written_nowhere(ada: Membership) -> None:
    clip = make_clip(on_air(ada.workspace))

    operations.note_written(clip, "C:/Replays/1.mp4", now=NOW)

    assert fresh(clip).original == ""


def test_a_path_too_long_to_lead_anywhere_is_cut(ada: Membership) -> None:
    clip = make_clip(on_air(ada.workspace), ClipState.SAVING)

    operations.note_written(clip, "/" + "a" * 2000, now=NOW)

    assert len(fresh(clip).original) == 1000
