"""What can be read of clips."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from vigie.clips import evidence
from vigie.clips.keeping import Keeping, KeptClip, Removal, protected_excess_bytes, to_remove
from vigie.clips.models import (
    Clip,
    ClipSettings,
    ClipState,
    ObsInstance,
    ObsState,
    Origin,
    ShareLink,
)
from vigie.people.models import Membership
from vigie.people.presets import CLIPS

UNDO = timedelta(seconds=10)
"""How long a clip that a person deleted can be taken back."""
SPARE = timedelta(seconds=2)
"""So much later its file goes: clocks of several machines differ."""
TIDY_EVERY = timedelta(minutes=10)
TAKEN_UP = timedelta(seconds=90)
"""For so long a replay that was begun is left to the link with its OBS."""


def clips_for(membership: Membership) -> QuerySet[Clip]:
    """Return the clips of a workspace, newest first, those that were deleted left out."""
    found = Clip.objects.filter(workspace=membership.workspace_id, removed_at=None)
    return found.select_related("channel", "live", "firing__version__rule", "obs").order_by("-requested_at", "-pk")


def obs_for(membership: Membership) -> QuerySet[ObsInstance]:
    """Return the OBS of a workspace, by name."""
    return ObsInstance.objects.filter(workspace=membership.workspace_id, removed_at=None).order_by("name", "pk")


def links_for(membership: Membership, now: datetime) -> QuerySet[ShareLink]:
    """Return the links of a workspace that lead somewhere, newest first."""
    return links_in_force(now).filter(clip__workspace=membership.workspace_id).order_by("-made_at", "-pk")


def links_in_force(now: datetime) -> QuerySet[ShareLink]:
    """Return the links that were not revoked and are not over, with their clips, of which some were deleted."""
    return ShareLink.objects.filter(revoked_at=None, expires_at__gt=now).select_related("clip__workspace")


def settings_of(workspace_id: int) -> ClipSettings:
    """Return how a workspace makes and keeps clips; not saved where it takes what is usual."""
    found = ClipSettings.objects.filter(workspace=workspace_id).first()
    return found or ClipSettings(workspace_id=workspace_id)


# ── how long they are kept ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Preview:
    """What a policy would delete now."""

    removals: list[Removal]
    """Oldest first."""
    size_bytes: int
    """Of what would go."""
    kept: int
    """How many would stay."""
    protected_excess_bytes: int
    """By how much those that never go by themselves take more room than there is."""


def preview_retention(workspace_id: int, keeping: Keeping, now: datetime) -> Preview:
    """Return what a policy would delete now: the same as for good."""
    clips = kept_clips(workspace_id)
    removals = to_remove(clips, keeping, now)
    gone = {removal.clip_id for removal in removals}
    size_bytes = sum(clip.size_bytes for clip in clips if clip.clip_id in gone)
    return Preview(removals, size_bytes, len(clips) - len(gone), protected_excess_bytes(clips, keeping))


def kept_clips(workspace_id: int) -> list[KeptClip]:
    """Return what counts of the clips of a workspace that have a file."""
    there = Clip.objects.filter(
        workspace=workspace_id, removed_at=None, saved_at__isnull=False, size_bytes__isnull=False
    )
    fields = ("pk", "saved_at", "size_bytes", "is_held", "is_kept", "assessment")
    rows = list(there.values_list(*fields))
    undecided = evidence.undecided_among({row[-1] for row in rows if row[-1]})
    return [
        KeptClip(pk, saved_at, size_bytes, is_held, is_kept, assessment in undecided)
        for pk, saved_at, size_bytes, is_held, is_kept, assessment in rows
        if saved_at is not None and size_bytes is not None
    ]


# ── what is to be done ─────────────────────────────────────────────────────────────────────────────────────────────


def waiting() -> QuerySet[Clip]:
    """Return the clips that nobody has begun to save, tried or not."""
    return Clip.objects.filter(state=ClipState.REQUESTED, removed_at=None).select_related("live")


def waiting_for_cut(lives: Collection[int], now: datetime) -> list[Clip]:
    """Return the clips of these lives that are to be cut, oldest first. One read of a small index."""
    due = Q(not_before=None) | Q(not_before__lte=now)
    return list(waiting().filter(due, origin=Origin.SERVER, live__in=lives).order_by("to_s", "pk"))


def waiting_for_replay(obs_id: int) -> list[Clip]:
    """Return the clips that an OBS is to save, or whose files are to be fetched again, oldest first."""
    return list(waiting().filter(origin=Origin.OBS, obs=obs_id).order_by("requested_at", "pk"))


def left_by(obs_id: int) -> list[Clip]:
    """Return the replays that an OBS was asked for by somebody who is gone."""
    begun = Clip.objects.filter(state=ClipState.SAVING, origin=Origin.OBS, obs=obs_id, removed_at=None)
    return list(begun.select_related("live").order_by("pk"))


def looks_of(obs_id: int, original: str) -> list[list[int]]:
    """Return the looks of the replays that an OBS wrote to a path, one after the other."""
    fetched = Clip.objects.filter(origin=Origin.OBS, obs=obs_id, original=original).exclude(look=[])
    return list(fetched.values_list("look", flat=True))


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
    """Return the clips whose file is to be named, looked at, or named anew, in this order."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = Q(not_before=None) | Q(not_before__lte=now)
    wanted = Q(state__in=[ClipState.SAVED, ClipState.RENAMED]) | Q(
        ~Q(name=""), is_misnamed=True, state__in=[ClipState.VERIFIED, ClipState.FAILED]
    )
    found = Clip.objects.filter(free, due, wanted, removed_at=None)
    return found.select_related("live", "channel", "workspace").order_by("pk")


def left_behind(now: datetime) -> QuerySet[Clip]:
    """Return the clips whose saving was begun by somebody who is gone."""
    gone = Q(origin=Origin.SERVER, claimed_until__lte=now) | Q(claimed_until__lte=now - TAKEN_UP)
    return Clip.objects.filter(gone, state=ClipState.SAVING, removed_at=None).select_related("live")


def going(now: datetime) -> QuerySet[Clip]:
    """Return the removed clips whose files are to be deleted: nobody brings, names or reads them now."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = Q(not_before=None) | Q(not_before__lte=now)
    return Clip.objects.filter(free, due, removed_at__lte=now - UNDO - SPARE, gone_at=None).order_by("removed_at", "pk")


def to_tidy(now: datetime) -> QuerySet[ClipSettings]:
    """Return the settings of the workspaces where it should be looked for clips that are kept no longer."""
    limited = ClipSettings.objects.exclude(keep_days=None, keep_gigabytes=None)
    return limited.filter(Q(tidied_at=None) | Q(tidied_at__lte=now - TIDY_EVERY))
