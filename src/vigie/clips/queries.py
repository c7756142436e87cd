"""What can be read of clips."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from vigie.clips.models import Clip, ClipSettings, ClipState, ObsInstance, ObsState, Origin
from vigie.people.models import Membership
from vigie.people.presets import CLIPS


def clips_for(membership: Membership) -> QuerySet[Clip]:
    """Return the clips of a workspace, newest first, those that were deleted left out."""
    found = Clip.objects.filter(workspace=membership.workspace_id, removed_at=None)
    return found.select_related("channel", "live", "firing__version__rule", "obs").order_by("-requested_at", "-pk")


def obs_for(membership: Membership) -> QuerySet[ObsInstance]:
    """Return the OBS of a workspace, by name."""
    return ObsInstance.objects.filter(workspace=membership.workspace_id, removed_at=None).order_by("name", "pk")


def settings_of(workspace_id: int) -> ClipSettings:
    """Return how a workspace makes and keeps clips; not saved where it takes what is usual."""
    found = ClipSettings.objects.filter(workspace=workspace_id).first()
    return found or ClipSettings(workspace_id=workspace_id)


def waiting_for_cut(lives: Collection[int]) -> list[Clip]:
    """Return the clips of these lives that are to be cut, oldest first. One read of a small index."""
    return list(waiting().filter(live__in=lives).order_by("to_s", "pk"))


def waiting() -> QuerySet[Clip]:
    """Return the clips that Vigie is to cut and that nobody has begun with."""
    return Clip.objects.filter(state=ClipState.REQUESTED, origin=Origin.SERVER).select_related("live")


def next_replay(obs_id: int) -> Clip | None:
    """Return the clip that an OBS saves next."""
    wanted = Clip.objects.filter(state=ClipState.REQUESTED, origin=Origin.OBS, obs=obs_id)
    return wanted.select_related("live").order_by("requested_at", "pk").first()


def left_by(obs_id: int) -> list[Clip]:
    """Return the replays that an OBS was asked for by somebody who is gone."""
    return list(Clip.objects.filter(state=ClipState.SAVING, obs=obs_id).select_related("live").order_by("pk"))


def is_known(obs_id: int, original: str) -> bool:
    """Return whether a file of an OBS was taken for some clip already."""
    return Clip.objects.filter(obs=obs_id, original=original).exists()


def obs_in_use() -> list[int]:
    """Return the OBS to stay connected with; one that refused, and was not changed since, is left alone."""
    used = ObsInstance.objects.filter(is_used=True, removed_at=None).select_related("workspace")
    return [
        obs.pk
        for obs in used
        if obs.workspace.has(CLIPS)
        and not (obs.state == ObsState.REFUSED and obs.checked_at and obs.checked_at >= obs.changed_at)
    ]


def unfinished(now: datetime) -> QuerySet[Clip]:
    """Return the clips whose file is there, and has no name yet or was not looked at."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = Q(not_before=None) | Q(not_before__lte=now)
    return Clip.objects.filter(free, due, state__in=[ClipState.SAVED, ClipState.RENAMED])


def left_behind(now: datetime) -> QuerySet[Clip]:
    """Return the clips whose saving was begun by somebody who is gone."""
    return Clip.objects.filter(state=ClipState.SAVING, origin=Origin.SERVER, claimed_until__lte=now)
