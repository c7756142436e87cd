"""What was left behind by a process that is gone, or that nobody can do any more."""

from datetime import datetime

from vigie.clips import folders, queries
from vigie.clips.models import Clip, ClipState, Origin
from vigie.clips.operations.asking import FORGOTTEN, over_at
from vigie.clips.operations.saving import fail, note_saved
from vigie.clips.placing import CannotPlace, look
from vigie.clips.reasons import INTERRUPTED, NOT_KEPT, OBS_AWAY
from vigie.runtime import clock


def is_left(now: datetime) -> bool:
    """Return whether there is something to put right."""
    return queries.left_behind(now).exists() or any(_is_forgotten(clip, now) for clip in queries.waiting())


def put_right(now: datetime) -> None:
    """Go on with clips whose saving was interrupted, where their file is whole; give up those that nobody keeps."""
    for clip in queries.left_behind(now):
        _take_up(clip, now)
    for clip in queries.waiting():
        if _is_forgotten(clip, now):
            fail(clip, _why_forgotten(clip))


def take_back() -> None:
    """Free what a process that died still holds: only for the one process of an installation, before it starts.

    Replays are left to the link with their OBS, which can ask for the file that it saved last.
    """
    now = clock.now()
    held = Clip.objects.filter(claimed_until__gt=now).exclude(state=ClipState.SAVING, origin=Origin.OBS)
    held.update(claimed_until=now)


def _take_up(clip: Clip, now: datetime) -> None:
    """Files appear there whole or not at all."""
    try:
        seen = look(folders.incoming(clip))
    except CannotPlace:
        fail(clip, INTERRUPTED)
    else:
        starts_s = clip.from_s if clip.origin == Origin.SERVER else None
        note_saved(clip, seen, starts_s=starts_s, now=now)


def _is_forgotten(clip: Clip, now: datetime) -> bool:
    since = max(clip.requested_at, over_at(clip), clip.not_before or clip.requested_at)
    return clip.live is None or now > since + FORGOTTEN


def _why_forgotten(clip: Clip) -> str:
    if clip.tries:
        return clip.reason  # of the last try
    return NOT_KEPT if clip.origin == Origin.SERVER else OBS_AWAY
