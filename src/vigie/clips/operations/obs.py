"""The OBS of a workspace: connected by people, watched over by `clips.obslink`."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vigie.clips.models import Clip, ClipState, ObsInstance, ObsState
from vigie.clips.pathmaps import parse_mapping
from vigie.events import Acted, ObsChanged
from vigie.people.models import Membership
from vigie.ports import ObsAddress
from vigie.runtime import bus, leases
from vigie.runtime.sealing import seal

LONGEST_PATH = 1000
"""What is longer leads nowhere."""


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
    """Return an OBS as a person wants it, new or changed; it is connected with anew. Raises BadMapping."""
    parse_mapping(form.path_map)
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
    obs.removed_at, obs.is_used, obs.sealed_password = now, False, ""
    obs.state, obs.reason, obs.changed_at = ObsState.OFF, "", now
    obs.save()
    bus.publish(Acted(actor.workspace_id, actor.user_id, "obs.removed", "obs", str(obs.pk), {"name": obs.name}))
    bus.publish(ObsChanged(obs.workspace_id, obs.pk, obs.state, ""))


@transaction.atomic
def note_trial(address: ObsAddress, obs: ObsInstance | None, *, actor: Membership, trouble: str) -> None:
    """Account for a connection that somebody tried out, to an OBS of the list or to anywhere else."""
    payload = {"host": address.host, "port": address.port, "trouble": trouble}
    subject_id = str(obs.pk) if obs else ""
    bus.publish(Acted(actor.workspace_id, actor.user_id, "obs.tested", "obs", subject_id, payload))


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


@transaction.atomic
def note_written(clip: Clip, original: str, *, now: datetime | None) -> None:
    """Note where OBS wrote a clip, as it spells it: with that its file is found again after a crash, or a full disk.

    `now` is when it was written, which is when it ends; None where nobody knows.
    """
    ends_s = (now - clip.live.started_at).total_seconds() if now and clip.live else clip.to_s
    clip.original, clip.look, clip.to_s = original[:LONGEST_PATH], [], max(ends_s, clip.from_s)
    noted = {"original": clip.original, "look": clip.look, "to_s": clip.to_s}
    Clip.objects.filter(pk=clip.pk, state=ClipState.SAVING).update(**noted)
