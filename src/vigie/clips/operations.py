"""What is done with clips: asked for, saved, named, looked at; each step is a state of the row."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from vigie.clips import folders, queries
from vigie.clips.filenames import ClipValues, Template
from vigie.clips.models import Clip, ClipName, ClipState, ObsInstance, ObsState, Origin, Poster
from vigie.clips.placing import Look
from vigie.errors import VigieError
from vigie.events import Acted, ClipChanged, ObsChanged
from vigie.people.models import Membership, User, Workspace
from vigie.ports import VideoFacts
from vigie.risk.models import Assessment
from vigie.rules.models import Firing
from vigie.runtime import bus, engine, leases
from vigie.runtime.sealing import seal
from vigie.watch.models import Live

FINISH = "clips.finish"
"""The engine's task."""
SAVING_S = 60.0
"""How long saving may take before it is believed that whoever did it died."""
RETRY_S = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Between tries to give a file its name; the last one again and again."""
GIVE_UP_AFTER = 300
"""Tries: a day."""
FORGOTTEN = timedelta(seconds=90)
"""How long after its end a moment that nobody keeps is given up."""
LONGEST_S = 600.0


class NoOverlap(VigieError):
    """This moment of the live is not kept any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A moment that somebody, or a rule, wants as a clip."""

    live: Live
    at_s: float
    from_s: float
    to_s: float
    template: str
    chatter: str = ""
    trigger: str = ""
    obs: ObsInstance | None = None
    """Whose replay it is to be; None: Vigie cuts it itself."""
    firing: Firing | None = None
    assessment: Assessment | None = None
    score: float | None = None
    viewers: int | None = None


@transaction.atomic
def request_clip(wish: Wish, *, by: User | None, now: datetime) -> Clip:
    """Return the clip of a moment, to be saved as soon as the moment is over."""
    channel = wish.live.channel
    Workspace.objects.select_for_update().get(pk=channel.workspace_id)  # numbers are given one after the other
    last = Clip.objects.filter(workspace=channel.workspace_id).aggregate(last=Max("seq"))["last"]
    from_s = max(0.0, wish.from_s, wish.to_s - LONGEST_S)
    clip = Clip.objects.create(
        workspace_id=channel.workspace_id,
        channel=channel,
        live=wish.live,
        origin=Origin.OBS if wish.obs else Origin.SERVER,
        obs=wish.obs,
        firing=wish.firing,
        assessment=wish.assessment,
        requested_by=by,
        requested_at=now,
        at_s=wish.at_s,
        from_s=from_s,
        to_s=max(from_s, wish.to_s),
        template=wish.template,
        chatter=wish.chatter[:120],
        trigger=wish.trigger[:200],
        score=wish.score,
        viewers=wish.viewers,
        seq=(last or 0) + 1,
    )
    if by:
        payload = {"live": wish.live.pk, "from_s": clip.from_s, "to_s": clip.to_s}
        bus.publish(Acted(clip.workspace_id, by.pk, "clip.requested", "clip", str(clip.pk), payload))
    _tell(clip)
    return clip


# ── saving ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def begin_saving(clip: Clip, now: datetime, *, hold_s: float = SAVING_S) -> bool:
    """Take a clip to save it; False where somebody else did."""
    until = now + timedelta(seconds=hold_s)
    taken = Clip.objects.filter(pk=clip.pk, state=ClipState.REQUESTED).update(
        state=ClipState.SAVING, claimed_until=until
    )
    if taken:
        clip.state, clip.claimed_until = ClipState.SAVING, until
        _tell(clip)
    return bool(taken)


@transaction.atomic
def note_saved(clip: Clip, look: Look, *, starts_s: float | None, now: datetime, **also: object) -> None:
    """Note that the file of a clip is there, to be named. What was given up meanwhile stays so."""
    values = {"state": ClipState.SAVED, "look": [look.size_bytes, look.modified_ns], "size_bytes": look.size_bytes}
    values |= {"starts_s": starts_s, "saved_at": now, "claimed_until": None, "tries": 0, **also}
    if Clip.objects.filter(pk=clip.pk, state=ClipState.SAVING).update(**values):
        _tell(_fresh(clip))
        engine.wake(FINISH)


@transaction.atomic
def fail(clip: Clip, reason: str) -> None:
    """Give a clip up, and say why in one line; what is ready stays so."""
    unfinished = Clip.objects.filter(pk=clip.pk).exclude(state__in=[ClipState.VERIFIED, ClipState.FAILED])
    if unfinished.update(state=ClipState.FAILED, reason=reason[:300], claimed_until=None):
        _tell(_fresh(clip))


@transaction.atomic
def try_again(clip: Clip, *, now: datetime) -> None:
    """Ask once more for a clip that failed, where its moment may still be kept."""
    failed = Clip.objects.filter(pk=clip.pk, state=ClipState.FAILED)
    if failed.update(state=ClipState.REQUESTED, reason="", tries=0, requested_at=now, not_before=None):
        _tell(_fresh(clip))


# ── naming ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def claim_unfinished(now: datetime, *, hold_s: float = SAVING_S) -> Clip | None:
    """Take the next clip that has a file and is not ready; None where there is none."""
    clip = queries.unfinished(now).select_related("live", "channel", "workspace").order_by("pk").first()
    if clip is None:
        return None
    until = now + timedelta(seconds=hold_s)
    same = Clip.objects.filter(pk=clip.pk, state=clip.state, claimed_until=clip.claimed_until)
    if not same.update(claimed_until=until):
        return claim_unfinished(now, hold_s=hold_s)
    clip.claimed_until = until
    return clip


def wanted_name(clip: Clip, values: ClipValues) -> str:
    """Return the name that a clip is to have; a template that is no longer one is as good as none."""
    return Template.parse(clip.template).name(values)


@transaction.atomic
def note_named(clip: Clip, name: str, *, now: datetime) -> None:
    """Note the name that the file of a clip has now."""
    if Clip.objects.filter(pk=clip.pk, state=ClipState.SAVED).update(state=ClipState.RENAMED, name=name, tries=0):
        ClipName.objects.create(clip=clip, name=name, given_at=now)
        clip.state, clip.name = ClipState.RENAMED, name
        _tell(clip)


@transaction.atomic
def note_verified(clip: Clip, facts: VideoFacts, sha256: str, poster: bytes | None) -> None:
    """Note what the file of a clip is: it plays."""
    reason = clip.reason
    values = {
        "state": ClipState.VERIFIED,
        "duration_s": facts.duration_s,
        "width": facts.width,
        "height": facts.height,
        "sha256": sha256,
        "reason": reason,
        "claimed_until": None,
        "not_before": None,
    }
    if Clip.objects.filter(pk=clip.pk, state=ClipState.RENAMED).update(**values):
        if poster:
            Poster.objects.update_or_create(clip=clip, defaults={"jpeg": poster})
        fresh = _fresh(clip)
        payload = {"name": fresh.name, "sha256": sha256, "size_bytes": fresh.size_bytes}
        bus.publish(Acted(fresh.workspace_id, None, "clip.saved", "clip", str(fresh.pk), payload))
        _tell(fresh)


@transaction.atomic
def postpone(clip: Clip, reason: str, *, now: datetime) -> None:
    """Try the next step of a clip again later; after a day it fails."""
    if clip.tries + 1 >= GIVE_UP_AFTER:
        fail(clip, reason)
        return
    pause_s = RETRY_S[min(clip.tries, len(RETRY_S) - 1)]
    Clip.objects.filter(pk=clip.pk, state=clip.state).update(
        tries=clip.tries + 1,
        reason=reason[:300],
        claimed_until=None,
        not_before=now + timedelta(seconds=pause_s),
    )
    _tell(_fresh(clip))


# ── OBS ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ObsForm:
    """What a person says of an OBS."""

    name: str
    host: str
    port: int
    path_map: str = ""
    starts_buffer: bool = True
    is_used: bool = True
    password: str | None = None
    """None: as it was."""


@transaction.atomic
def save_obs(form: ObsForm, *, actor: Membership, now: datetime, obs: ObsInstance | None = None) -> ObsInstance:
    """Return an OBS as a person wants it, new or changed; it is connected with anew."""
    verb = "obs.changed" if obs else "obs.added"
    obs = obs or ObsInstance(workspace_id=actor.workspace_id, added_by=actor.user)
    obs.name, obs.host, obs.port, obs.path_map = form.name, form.host, form.port, form.path_map
    obs.starts_buffer, obs.is_used, obs.changed_at = form.starts_buffer, form.is_used, now
    obs.state, obs.reason = (ObsState.CONNECTING if form.is_used else ObsState.OFF), ""
    if form.password is not None:
        obs.sealed_password = seal(form.password) if form.password else ""
    obs.save()
    payload = {"name": obs.name, "host": obs.host, "port": obs.port, "is_used": obs.is_used}
    bus.publish(Acted(actor.workspace_id, actor.user_id, verb, "obs", str(obs.pk), payload))
    bus.publish(ObsChanged(obs.workspace_id, obs.pk, obs.state, obs.reason))
    leases.make_due(f"obs:{obs.pk}")
    return obs


@transaction.atomic
def remove_obs(obs: ObsInstance, *, actor: Membership, now: datetime) -> None:
    """Take an OBS off the list; its clips stay."""
    obs.removed_at, obs.is_used, obs.sealed_password, obs.state = now, False, "", ObsState.OFF
    obs.save(update_fields=["removed_at", "is_used", "sealed_password", "state"])
    bus.publish(Acted(actor.workspace_id, actor.user_id, "obs.removed", "obs", str(obs.pk), {"name": obs.name}))
    bus.publish(ObsChanged(obs.workspace_id, obs.pk, obs.state, ""))


@transaction.atomic
def note_obs(obs: ObsInstance, state: str, reason: str, version: str | None, *, now: datetime) -> None:
    """Write down how an OBS does; it is told only where that changed, and not once somebody changed the row."""
    values = {"state": state, "reason": reason[:300], "checked_at": now}
    if version is not None:
        values["version"] = version[:40]
    same = ObsInstance.objects.filter(pk=obs.pk, changed_at=obs.changed_at)
    if same.update(**values) and (obs.state, obs.reason) != (state, reason):
        bus.publish(ObsChanged(obs.workspace_id, obs.pk, state, reason))
    obs.state, obs.reason = state, reason


# ── what was left behind ───────────────────────────────────────────────────────────────────────────────────────────

INTERRUPTED = "Vigie was stopped while this clip was being saved."
NOT_KEPT = "This moment was not kept: Vigie did not receive the pictures of this live then."


def is_left(now: datetime) -> bool:
    """Return whether there is something to put right."""
    return queries.left_behind(now).exists() or any(_is_forgotten(clip, now) for clip in queries.waiting())


def put_right(now: datetime) -> None:
    """Go on with clips whose saving was interrupted, where their file is whole; give up those that nobody keeps."""
    for clip in queries.left_behind(now):
        path = folders.incoming(clip)
        if path.exists():
            status = path.stat()
            note_saved(clip, Look(status.st_size, status.st_mtime_ns), starts_s=clip.from_s, now=now)
        else:
            fail(clip, INTERRUPTED)
    for clip in queries.waiting():
        if _is_forgotten(clip, now):
            fail(clip, NOT_KEPT)


def _is_forgotten(clip: Clip, now: datetime) -> bool:
    return clip.live is None or now > max(clip.requested_at, over_at(clip)) + FORGOTTEN


def moment_of(clip: Clip) -> datetime:
    """Return when what a clip is about happened."""
    return clip.live.started_at + timedelta(seconds=clip.at_s) if clip.live else clip.requested_at


def over_at(clip: Clip) -> datetime:
    """Return when the moment of a clip is over."""
    return moment_of(clip) + timedelta(seconds=clip.to_s - clip.at_s)


def _fresh(clip: Clip) -> Clip:
    return Clip.objects.get(pk=clip.pk)


def _tell(clip: Clip) -> None:
    bus.publish(ClipChanged(clip.workspace_id, clip.live_id, clip.pk, clip.state))
