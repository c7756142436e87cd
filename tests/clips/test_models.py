import pytest
from django.db import IntegrityError, transaction

from tests.clips.rows import make_clip, make_firing, make_obs, on_air
from tests.factories import NOW
from vigie.clips.models import Clip, ClipSettings, ClipState, ObsInstance, Origin
from vigie.people.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "values",
    [
        {"to_s": 1.0, "from_s": 2.0},
        {"state": "lost"},
        {"state": ClipState.VERIFIED, "name": ""},
    ],
)
def test_the_database_keeps_clips_that_can_be(values: dict[str, object]) -> None:
    make_clip()

    with pytest.raises(IntegrityError), transaction.atomic():
        Clip.objects.update(**values)


@pytest.mark.parametrize("values", [{"port": 0}, {"port": 70_000}, {"state": "broken"}])
def test_the_database_keeps_obs_that_can_be(values: dict[str, object]) -> None:
    make_obs(on_air().channel.workspace)

    with pytest.raises(IntegrityError), transaction.atomic():
        ObsInstance.objects.update(**values)


@pytest.mark.parametrize("values", [{"keep_days": 0}, {"keep_gigabytes": 0.0}, {"keep_gigabytes": -1.0}])
def test_the_database_keeps_limits_that_can_be(values: dict[str, object]) -> None:
    ClipSettings.objects.create(workspace=on_air().channel.workspace)

    with pytest.raises(IntegrityError), transaction.atomic():
        ClipSettings.objects.update(**values)


def test_a_firing_has_one_clip_and_one_replay_an_obs() -> None:
    live = on_air()
    firing, obs = make_firing(live), make_obs(live.channel.workspace)
    for which in (None, obs):
        clip = make_clip(live, firing=firing, obs=which)
        clip.pk, clip.seq, clip._state.adding = None, 99, True
        with pytest.raises(IntegrityError), transaction.atomic():
            clip.save(force_insert=True)


def test_numbers_are_given_once_in_a_team() -> None:
    clip = make_clip()
    clip.pk, clip._state.adding = None, True

    with pytest.raises(IntegrityError), transaction.atomic():
        clip.save(force_insert=True)


@pytest.mark.parametrize(
    ("fields", "has_file"),
    [
        ({"state": ClipState.REQUESTED}, 0),
        ({"state": ClipState.SAVED}, 0),
        ({"state": ClipState.RENAMED}, 1),
        ({"state": ClipState.VERIFIED}, 1),
        ({"state": ClipState.FAILED, "name": "a.mp4"}, 0),
        ({"state": ClipState.VERIFIED, "removed_at": NOW}, 0),
    ],
)
def test_a_clip_can_be_played_once_it_has_its_name(fields: dict[str, str], has_file: int) -> None:
    assert make_clip(**fields).has_file is bool(has_file)  # type: ignore[arg-type]


def test_the_name_of_a_file_is_the_last_part_of_its_path() -> None:
    assert make_clip(name="2026/goals/a.mp4").file_name == "a.mp4"
    assert make_clip(state=ClipState.REQUESTED).file_name == ""


def test_clips_outlive_what_they_are_about() -> None:
    live = on_air()
    obs = make_obs(live.channel.workspace)
    make_clip(live, firing=make_firing(live), obs=obs)
    obs.delete()
    live.channel.delete()

    found = Clip.objects.get()
    assert (found.live, found.channel, found.firing, found.obs, found.origin) == (None, None, None, None, Origin.OBS)
    Workspace.objects.all().delete()
    assert not Clip.objects.exists()
    assert str(found) == f"{found.seq}: verified"
