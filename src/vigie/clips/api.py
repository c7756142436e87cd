"""Clips, and the OBS that save replays, for programs."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError
from pydantic import SecretStr, StringConstraints, model_validator

from vigie.clips import archive, media, operations, queries
from vigie.clips.archive import Sought
from vigie.clips.models import Clip, ObsInstance
from vigie.clips.obs_forms import ObsSettingsForm, kept_password
from vigie.clips.operations import ObsForm
from vigie.clips.operations.asking import LONGEST_S
from vigie.clips.permissions import may_delete_clips, may_make_clips, may_manage_obs, may_see_clips
from vigie.clips.views.obs import try_out
from vigie.people.api import STORABLE, Asked, Id, Paged, Text, allowed, flaw_of, page_of, refusing
from vigie.people.models import Membership
from vigie.people.permissions import WorkspaceRequest
from vigie.ports import ObsAddress
from vigie.runtime import clock
from vigie.watch import queries as watch

router = Router(tags=["Clips"])

KEPT_BACK = (operations.ClipIsHeld, operations.ClipIsEvidence, operations.AlreadyRemoved)


class ClipsAsked(Paged):
    """Which clips are looked for; what is left out means all of them."""

    words: Annotated[str, StringConstraints(max_length=100), STORABLE] = Field(
        "", description="In their title, notes, name, or in what made the rule act."
    )
    channel: Id | None = None
    live: Id | None = None
    rule: Id | None = Field(None, description="The number of a rule.")
    tag: Text = ""
    kept: Literal["", "kept", "held"] = ""
    state: Literal["", "ready", "under-way", "failed"] = ""
    since: date | None = None
    until: date | None = Field(None, description="Included.")


class ClipOut(Schema):
    """A clip."""

    id: int
    number: int = Field(description="118 of C-118.")
    state: str
    reason: str = Field(description="Why it failed, waits, or lacks something.")
    origin: str
    live: int | None
    channel: int | None
    rule: int | None = Field(description="The number of the rule that asked for it.")
    requested_at: datetime
    saved_at: datetime | None
    at_s: float
    from_s: float
    to_s: float
    starts_s: float | None = Field(description="Where its first picture lies in the live.")
    duration_s: float | None
    size_bytes: int | None
    width: int | None
    height: int | None
    sha256: str
    name: str
    title: str
    note: str
    tags: list[str]
    trigger: str
    score: float | None
    viewers: int | None
    kept: bool
    held: bool
    has_file: bool


class Clips(Schema):
    """A page of clips, the newest first."""

    items: list[ClipOut]
    next: int | None


Second = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class NewClip(Asked):
    """A moment of a live: its last seconds, or a stretch, in seconds since the live started."""

    live: Id
    seconds: Annotated[float, Field(gt=0, le=LONGEST_S)] | None = None
    from_s: Second | None = None
    to_s: Second | None = None

    @model_validator(mode="after")
    def _is_a_stretch(self) -> Self:
        if (self.from_s is None) != (self.to_s is None) or (self.seconds is None) == (self.from_s is None):
            raise ValueError("give seconds, or from_s and to_s")
        if self.from_s is not None and self.to_s is not None and not 0 < self.to_s - self.from_s <= LONGEST_S:
            raise ValueError("a clip lasts 10 minutes at most, and ends after it starts")
        return self


class ChangedClip(Asked):
    """What a team says of a clip; what is left out stays."""

    title: Annotated[str, StringConstraints(max_length=200), STORABLE] | None = None
    tags: list[str] | None = None
    note: Annotated[str, StringConstraints(max_length=5000), STORABLE] | None = None
    kept: bool | None = None


class ObsOut(Schema):
    """An OBS. Its password is never told."""

    id: int
    name: str
    host: str
    port: int
    path_map: str
    starts_buffer: bool
    is_used: bool
    has_password: bool
    state: str
    reason: str
    version: str
    checked_at: datetime | None


class ObsInstances(Schema):
    """The OBS of a workspace, by name."""

    items: list[ObsOut]


class ObsIn(Asked):
    """How an OBS is reached."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True), STORABLE]
    host: Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True), STORABLE] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 4455
    path_map: Annotated[str, StringConstraints(max_length=5000), STORABLE] = Field(
        "", description="One `there -> here` a line, for an OBS on another machine."
    )
    starts_buffer: bool = True
    is_used: bool = True
    password: SecretStr | None = Field(None, description="Left out: as it was. Empty: none.")

    def form(self, membership: Membership, obs: ObsInstance | None = None) -> ObsForm:
        """Return what the page would make of it. Raises HttpError."""
        password = None if self.password is None else self.password.get_secret_value()
        filled = ObsSettingsForm(membership, obs, {**self.dict(), "password": password or ""})
        if not filled.is_valid():
            raise HttpError(400, flaw_of(filled))
        return replace(filled.wanted(), password=password)


class ObsFound(Schema):
    """What is there where an OBS should be."""

    is_there: bool
    version: str
    replay_is_active: bool = Field(description="Whether its replay buffer runs.")
    trouble: str = Field(description="Why nothing is known; empty where it is there.")


# ── clips ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/clips", response=Clips, summary="List clips")
@allowed(may_see_clips)
def list_clips(request: WorkspaceRequest, asked: Query[ClipsAsked]) -> Clips:
    """Those that were deleted are left out."""
    fields = {name: getattr(asked, name) for name in ("words", "tag", "kept", "state", "since", "until")}
    found = archive.found_for(request.membership, Sought(**fields, channel_id=asked.channel), "newest")
    narrowed = {"live": asked.live, "firing__version__rule__number": asked.rule}
    clips, after = page_of(found.filter(**{name: one for name, one in narrowed.items() if one is not None}), asked)
    return Clips(items=[_clip(clip) for clip in clips], next=after)


@router.post("/clips", response={201: ClipOut}, summary="Make a clip")
@allowed(may_make_clips)
def make_clip(request: WorkspaceRequest, wanted: NewClip) -> ClipOut:
    """It is cut as soon as its moment is over: ask again for how far it is. 409: the moment is not kept any more."""
    live = get_object_or_404(watch.lives_for(request.membership), pk=wanted.live)
    stretch = None if wanted.from_s is None or wanted.to_s is None else (wanted.from_s, wanted.to_s)
    with refusing(400, operations.TooFarAhead), refusing(409, operations.NoOverlap):
        wish = operations.wish_of(request.membership, live, stretch, seconds=wanted.seconds, now=clock.now())
        clip = operations.request_clip(wish, by=request.user, now=clock.now())
    return _clip(_found(request, clip.pk))


@router.get("/clips/{int:clip_id}", response=ClipOut, summary="Get a clip")
@allowed(may_see_clips)
def get_clip(request: WorkspaceRequest, clip_id: int) -> ClipOut:
    """Its facts; its file is a path of its own."""
    return _clip(_found(request, clip_id))


@router.patch("/clips/{int:clip_id}", response=ClipOut, summary="Change a clip")
@allowed(may_make_clips)
def change_clip(request: WorkspaceRequest, clip_id: int, wanted: ChangedClip) -> ClipOut:
    """Its title, tags and notes; `kept`: it is not deleted by itself."""
    clip, actor = _found(request, clip_id), request.membership
    operations.change_clip(clip, actor=actor, title=wanted.title, tags=wanted.tags, note=wanted.note)
    if wanted.kept is not None:
        operations.keep_clip(clip, actor=actor, is_kept=wanted.kept)
    return _clip(_found(request, clip_id))


@router.delete("/clips/{int:clip_id}", response={204: None}, summary="Delete a clip")
@allowed(may_delete_clips)
def remove_clip(request: WorkspaceRequest, clip_id: int) -> None:
    """Its file goes after ten seconds. 409 where it is held, or shows what an undecided alert is about."""
    with refusing(409, *KEPT_BACK):
        operations.remove_clip(_found(request, clip_id), actor=request.membership, now=clock.now())


@router.get("/clips/{int:clip_id}/file", summary="Download a clip, or a part of it")
@allowed(may_see_clips)
def get_file(request: WorkspaceRequest, clip_id: int) -> HttpResponseBase:
    """MP4, with Range (RFC 9110). Accounted for."""
    clip = _found(request, clip_id)
    response = media.download(request, clip)
    if media.begins(response):
        operations.record_download(clip, actor=request.membership)
    elif response.status_code == 206:
        operations.record_view(clip, actor=request.membership)
    return response


@router.get("/clips/{int:clip_id}/poster", summary="Get the picture of a clip")
@allowed(may_see_clips)
def get_poster(request: WorkspaceRequest, clip_id: int) -> HttpResponseBase:
    """JPEG."""
    return media.poster(request, _found(request, clip_id))


# ── OBS ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.get("/obs", response=ObsInstances, summary="List the OBS and how they do", tags=["OBS"])
@allowed(may_manage_obs)
def list_obs(request: WorkspaceRequest) -> ObsInstances:
    """State: *off*, *connecting*, *ready*, *buffer_off*, *refused*, *away*."""
    return ObsInstances(items=[_obs(obs) for obs in queries.obs_for(request.membership)])


@router.post("/obs", response={201: ObsOut}, summary="Add an OBS", tags=["OBS"])
@allowed(may_manage_obs)
def add_obs(request: WorkspaceRequest, wanted: ObsIn) -> ObsOut:
    """It is connected with at once, if it is used."""
    form = wanted.form(request.membership)
    return _obs(operations.save_obs(form, actor=request.membership, now=clock.now()))


@router.put("/obs/{int:obs_id}", response=ObsOut, summary="Change an OBS", tags=["OBS"])
@allowed(may_manage_obs)
def change_obs(request: WorkspaceRequest, obs_id: int, wanted: ObsIn) -> ObsOut:
    """It is connected with anew; a password that was refused is tried again."""
    obs = _known_obs(request, obs_id)
    form = wanted.form(request.membership, obs)
    return _obs(operations.save_obs(form, actor=request.membership, now=clock.now(), obs=obs))


@router.post("/obs/{int:obs_id}/test", response=ObsFound, summary="Connect with an OBS now", tags=["OBS"])
@allowed(may_manage_obs)
def test_obs(request: WorkspaceRequest, obs_id: int) -> ObsFound:
    """Tells within 5 s what it found. Accounted for."""
    obs = _known_obs(request, obs_id)
    address = ObsAddress(obs.host, obs.port, kept_password(obs))
    status, trouble = try_out(address, obs, actor=request.membership)
    version, is_active = (status.version, status.replay_is_active) if status else ("", False)
    return ObsFound(is_there=status is not None, version=version, replay_is_active=is_active, trouble=trouble)


@router.delete("/obs/{int:obs_id}", response={204: None}, summary="Remove an OBS", tags=["OBS"])
@allowed(may_manage_obs)
def remove_obs(request: WorkspaceRequest, obs_id: int) -> None:
    """Its clips stay."""
    operations.remove_obs(_known_obs(request, obs_id), actor=request.membership, now=clock.now())


# ── as they are told ───────────────────────────────────────────────────────────────────────────────────────────────


def _found(request: WorkspaceRequest, clip_id: int) -> Clip:
    return get_object_or_404(archive.shown(request.membership), pk=clip_id)


def _known_obs(request: WorkspaceRequest, obs_id: int) -> ObsInstance:
    return get_object_or_404(queries.obs_for(request.membership), pk=obs_id)


def _clip(clip: Clip) -> ClipOut:
    told: dict[str, Any] = {
        "number": clip.seq,
        "live": clip.live_id,
        "channel": clip.channel_id,
        "rule": clip.firing.version.rule.number if clip.firing else None,
        "kept": clip.is_kept,
        "held": clip.is_held,
    }
    return ClipOut(**told, **{name: getattr(clip, name) for name in ClipOut.model_fields.keys() - told.keys()})


def _obs(obs: ObsInstance) -> ObsOut:
    told = {name: getattr(obs, name) for name in ObsOut.model_fields.keys() - {"has_password"}}
    return ObsOut(**told, has_password=bool(obs.sealed_password))
