"""A clip goes from state to state: taken to be saved, saved, named, looked at; or it is tried again later, or fails.

Whoever takes a clip holds it until `claimed_until`; whoever dies loses it to the next one. Each step changes the row
only where it is as it was.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from vigie.clips import queries
from vigie.clips.models import Clip, ClipName, ClipState, Poster
from vigie.clips.operations.telling import account, tell
from vigie.clips.placing import Look
from vigie.clips.reasons import DAMAGED, LOST
from vigie.ports import VideoFacts
from vigie.runtime import engine

FINISH = "clips.finish"
"""The engine's task."""
SAVING_S = 60.0
"""How long saving may take before it is believed that whoever did it died."""
FINISHING_S = 300.0
"""The same of naming a file and looking at all of it."""
RETRY_S = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Between tries; the last one again and again."""
GIVE_UP_AFTER = 300
"""Tries: a day."""
DEADLY = 3
"""So many tries, the last of which whoever made it did not outlive, are enough."""


@transaction.atomic
def begin_saving(clip: Clip, now: datetime, *, hold_s: float = SAVING_S) -> bool:
    """Take a clip to save it; False where somebody else did, or nobody wants it any more."""
    until = now + timedelta(seconds=hold_s)
    wanted = Clip.objects.filter(pk=clip.pk, state=ClipState.REQUESTED, removed_at=None)
    taken = wanted.update(state=ClipState.SAVING, claimed_until=until, tries=F("tries") + 1)
    if taken:
        clip.state, clip.claimed_until, clip.tries = ClipState.SAVING, until, clip.tries + 1
        tell(clip)
    return bool(taken)


@transaction.atomic
def note_saved(clip: Clip, look: Look, *, starts_s: float | None, now: datetime, **also: object) -> bool:
    """Note that the file of a clip is there, to be named. False where it was given up, or removed, meanwhile."""
    lacks = str(also.get("lacks", clip.lacks))
    values = {
        "state": ClipState.SAVED,
        "look": [look.size_bytes, look.modified_ns],
        "size_bytes": look.size_bytes,
        "starts_s": starts_s,
        "saved_at": now,
        "claimed_until": None,
        "not_before": None,
        "tries": 0,
        "reason": lacks,
        **also,
    }
    if not Clip.objects.filter(pk=clip.pk, state=ClipState.SAVING, removed_at=None).update(**values):
        return False
    clip.refresh_from_db()
    tell(clip)
    engine.wake(FINISH)
    return True


@transaction.atomic
def fail(clip: Clip, reason: str) -> None:
    """Give a clip up, and say why in one line; one that went on meanwhile is left as it is."""
    values = {
        "state": ClipState.FAILED,
        "reason": reason[:300],
        "claimed_until": None,
        "not_before": None,
        "is_misnamed": False,
    }
    if Clip.objects.filter(pk=clip.pk, state=clip.state).update(**values):
        clip.refresh_from_db()
        tell(clip)


@transaction.atomic
def postpone(clip: Clip, reason: str, *, now: datetime) -> None:
    """Try the next step of a clip again later, ever more rarely; after a day one that never was ready fails."""
    if clip.tries >= GIVE_UP_AFTER and clip.state != ClipState.VERIFIED:
        fail(clip, reason)
        return
    values = {
        "state": ClipState.REQUESTED if clip.state == ClipState.SAVING else clip.state,
        "reason": reason[:300],
        "claimed_until": None,
        "not_before": now + timedelta(seconds=RETRY_S[min(max(clip.tries - 1, 0), len(RETRY_S) - 1)]),
    }
    if Clip.objects.filter(pk=clip.pk, state=clip.state).update(**values):
        clip.refresh_from_db()
        tell(clip)


# ── naming ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def claim_unfinished(now: datetime, *, hold_s: float = FINISHING_S) -> Clip | None:
    """Take the next clip that has a file and is not ready, or is to have another name; None where there is none."""
    while clip := queries.unfinished(now).first():
        if clip.claimed_until is not None and clip.tries >= DEADLY and clip.state != ClipState.VERIFIED:
            fail(clip, LOST)
        elif claim(clip, now, hold_s=hold_s):
            return clip
    return None


def claim(clip: Clip, now: datetime, *, hold_s: float = FINISHING_S) -> bool:
    """Take a clip for its next step; False where somebody else did."""
    until = now + timedelta(seconds=hold_s)
    same = Clip.objects.filter(pk=clip.pk, state=clip.state, claimed_until=clip.claimed_until, removed_at=None)
    free = same.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    taken = free.update(claimed_until=until, tries=F("tries") + 1)
    if taken:
        clip.claimed_until, clip.tries = until, clip.tries + 1
    return bool(taken)


@transaction.atomic
def let_go(clip: Clip) -> None:
    """Let others take a clip for what is left to be done."""
    if Clip.objects.filter(pk=clip.pk, claimed_until=clip.claimed_until).update(claimed_until=None, tries=0):
        engine.wake(FINISH)


@transaction.atomic
def note_look(clip: Clip, look: Look) -> None:
    """Note how the file of a clip is before it is moved: with that it is found again after a crash."""
    Clip.objects.filter(pk=clip.pk).update(look=[look.size_bytes, look.modified_ns])
    clip.look = [look.size_bytes, look.modified_ns]


@transaction.atomic
def note_named(clip: Clip, name: str, *, now: datetime, lacks: str | None = None) -> None:
    """Note the name that the file of a clip has now. It gets another one where the row says something else by now."""
    fresh = Clip.objects.select_for_update(of=("self",)).get(pk=clip.pk)
    if fresh.state in (ClipState.REQUESTED, ClipState.SAVING) or fresh.name != clip.name:
        return
    is_stale = _named(fresh) != _named(clip)
    if fresh.name != name and not is_stale:  # else it may name somebody who was erased meanwhile
        ClipName.objects.create(clip=fresh, name=name, given_at=now, given_by_id=fresh.named_by_id)
    fresh.name, fresh.is_misnamed = name, fresh.is_misnamed and is_stale
    fresh.lacks = fresh.lacks if lacks is None else lacks
    fresh.reason, fresh.tries, fresh.not_before = fresh.lacks, 0, None
    if fresh.state == ClipState.SAVED:
        fresh.state = ClipState.RENAMED
    if fresh.state == ClipState.RENAMED:
        fresh.tries = 1  # it is still held, to be looked at
    else:
        fresh.claimed_until = None
    fresh.save()
    clip.refresh_from_db()
    tell(clip)


def _named(clip: Clip) -> tuple[str, str, str]:
    return clip.template, clip.chatter, clip.trigger


def starts_in(clip: Clip, facts: VideoFacts) -> float:
    """Return where the first picture of a clip lies in its live; a replay ends when it was saved."""
    return clip.to_s - facts.duration_s if clip.starts_s is None else clip.starts_s


@transaction.atomic
def note_verified(clip: Clip, facts: VideoFacts, sha256: str, poster: bytes | None) -> None:
    """Note what the file of a clip is: it plays."""
    lacks = clip.lacks or (DAMAGED if facts.errors else "")
    values = {
        "state": ClipState.VERIFIED,
        "starts_s": starts_in(clip, facts),
        "duration_s": facts.duration_s,
        "width": facts.width,
        "height": facts.height,
        "sha256": sha256,
        "lacks": lacks,
        "reason": lacks,
        "tries": 0,
        "claimed_until": None,
        "not_before": None,
    }
    if not Clip.objects.filter(pk=clip.pk, state=ClipState.RENAMED).update(**values):
        return
    if poster:
        Poster.objects.update_or_create(clip=clip, defaults={"jpeg": poster})
    clip.refresh_from_db()
    tell(clip)
    account(clip, None, "clip.saved", sha256=sha256, size_bytes=clip.size_bytes)
