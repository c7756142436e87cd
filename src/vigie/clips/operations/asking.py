"""A moment is asked for as a clip: by a rule, or by a person; what failed is asked for once more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from vigie.clips import folders, queries
from vigie.clips.models import Clip, ClipState, ObsInstance, Origin
from vigie.clips.operations.saving import FINISH
from vigie.clips.operations.telling import account, tell
from vigie.clips.reasons import NOT_KEPT, TOO_LONG
from vigie.errors import VigieError
from vigie.events import Acted
from vigie.people.models import Membership, User, Workspace
from vigie.risk.models import Assessment
from vigie.rules.models import Firing
from vigie.runtime import bus, engine
from vigie.runtime.texts import storable
from vigie.watch.models import Chatter, Live

LONGEST_S = 600.0
FORGOTTEN = timedelta(seconds=90)
"""How long after its end a moment that nobody keeps is given up."""


class NoOverlap(VigieError):
    """This moment of the live is not kept any more."""


class TooFarAhead(VigieError):
    """This moment is more than ten minutes away."""


class AlreadyAsked(VigieError):
    """This rule asked for this moment already."""


class NotFailed(VigieError):
    """This clip did not fail."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A moment that somebody, or a rule, wants as a clip. Part of it may be yet to come."""

    live: Live
    at_s: float
    from_s: float
    to_s: float
    template: str
    author: Chatter | None = None
    """Who made the rule act."""
    trigger: str = ""
    obs: ObsInstance | None = None
    """Whose replay it is to be; None: Vigie cuts it itself."""
    firing: Firing | None = None
    assessment: Assessment | None = None
    score: float | None = None
    viewers: int | None = None


def wish_of(
    member: Membership, live: Live, stretch: tuple[float, float] | None, *, now: datetime, seconds: float | None = None
) -> Wish:
    """Return what somebody wants of a live: a stretch, in seconds since it started, or else its last seconds.

    Those are as many as a clip of the workspace usually has before its moment, unless told. Raises TooFarAhead.
    """
    usual = queries.settings_of(member.workspace_id)
    edge_s = ((live.ended_at or now) - live.started_at).total_seconds()
    from_s, to_s = stretch or (edge_s - (seconds or usual.before_s), edge_s)
    if from_s > edge_s + LONGEST_S:
        raise TooFarAhead
    at_s = from_s if stretch else to_s
    return Wish(live, at_s, from_s, to_s, usual.template, trigger=member.alias, viewers=live.viewers)


@transaction.atomic
def request_clip(wish: Wish, *, by: User | None, now: datetime) -> Clip:
    """Return the clip of a moment, to be saved as soon as the moment is over. 600 s at most, the last ones.

    Of a moment that is long over there is nothing: what a rule asks for fails, a person gets NoOverlap. Raises
    AlreadyAsked where the firing has its clip.
    """
    workspace_id = wish.live.channel.workspace_id
    # numbers are given one after the other; and nobody is erased, or known by a pseudonym from now on, meanwhile
    workspace = Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)
    if wish.firing and Clip.objects.filter(firing=wish.firing, obs=wish.obs).exists():
        raise AlreadyAsked
    is_gone = wish.obs is None and _is_gone(wish, now)
    if is_gone and by:
        raise NoOverlap
    clip = _clip(wish, workspace, by, now)
    if is_gone:
        clip.state, clip.reason = ClipState.FAILED, NOT_KEPT
    clip.save(force_insert=True)
    tell(clip)
    if by:
        payload = {"live": wish.live.pk, "from_s": clip.from_s, "to_s": clip.to_s}
        bus.publish(Acted(workspace_id, by.pk, "clip.requested", "clip", str(clip.pk), payload))
    return clip


def _clip(wish: Wish, workspace: Workspace, by: User | None, now: datetime) -> Clip:
    from_s = max(0.0, wish.from_s)
    to_s = max(from_s, wish.to_s)
    author = Chatter.objects.filter(pk=wish.author.pk).first() if wish.author else None
    lacks = TOO_LONG if to_s - from_s > LONGEST_S else ""
    last = Clip.objects.filter(workspace=workspace).aggregate(last=Max("seq"))["last"]
    return Clip(
        workspace=workspace,
        channel=wish.live.channel,
        live=wish.live,
        origin=Origin.OBS if wish.obs else Origin.SERVER,
        obs=wish.obs,
        firing=wish.firing,
        assessment=wish.assessment,
        requested_by=by,
        requested_at=now,
        at_s=wish.at_s,
        from_s=max(from_s, to_s - LONGEST_S),
        to_s=to_s,
        template=wish.template,
        author=author,
        chatter=shown(author, workspace)[:120],
        trigger=storable(wish.trigger)[:200],
        score=wish.score,
        viewers=wish.viewers,
        seq=(last or 0) + 1,
        lacks=lacks,
        reason=lacks,
    )


def shown(author: Chatter | None, workspace: Workspace) -> str:
    """Return what a workspace may call a chatter."""
    if author is None:
        return ""
    return author.pseudonym if workspace.pseudonymises else author.shown


def _is_gone(wish: Wish, now: datetime) -> bool:
    """Return whether nothing of a moment can be kept any more, wherever its live is watched."""
    begun = wish.live.started_at + timedelta(seconds=wish.from_s)
    over = wish.live.started_at + timedelta(seconds=wish.to_s)
    kept = timedelta(seconds=settings.OPTIONS.clip_buffer_s) + FORGOTTEN
    is_after_the_end = wish.live.ended_at is not None and begun >= wish.live.ended_at
    return is_after_the_end or now - over > kept


@transaction.atomic
def try_again(clip: Clip, *, actor: Membership | None, now: datetime) -> None:
    """Go on with a clip that failed: with its file where that is there, else with its moment. Raises NotFailed."""
    clip.refresh_from_db()
    state = _state_on_disk(clip)
    failed = Clip.objects.filter(pk=clip.pk, state=ClipState.FAILED, removed_at=None)
    values = {"state": state, "reason": clip.lacks, "tries": 0, "requested_at": now, "not_before": None}
    if not failed.update(**values):
        raise NotFailed
    clip.refresh_from_db()
    tell(clip)
    engine.wake(FINISH)
    account(clip, actor, "clip.retried")


def _state_on_disk(clip: Clip) -> ClipState:
    if clip.name and folders.path_of(clip).is_file():
        return ClipState.RENAMED
    return ClipState.SAVED if clip.look and folders.incoming(clip).is_file() else ClipState.REQUESTED


def moment_of(clip: Clip) -> datetime:
    """Return when what a clip is about happened."""
    return clip.live.started_at + timedelta(seconds=clip.at_s) if clip.live else clip.requested_at


def over_at(clip: Clip) -> datetime:
    """Return when the moment of a clip is over."""
    return moment_of(clip) + timedelta(seconds=clip.to_s - clip.at_s)
