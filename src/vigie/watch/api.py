"""Channels and the lives on air, for programs."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from vigie.people.api import Asked, Paged, Text, allowed, flaw_of, page_of, refusing
from vigie.people.permissions import WorkspaceRequest
from vigie.runtime import clock
from vigie.watch import operations, queries
from vigie.watch.forms import ChannelForm
from vigie.watch.models import Channel, Live
from vigie.watch.permissions import may_follow_lives, may_manage_channels
from vigie.watch.queries import Standing

router = Router(tags=["Channels"])

KNOWN = {Standing.LIVE: "live", Standing.OFFLINE: "offline"}
"""What is known of a channel by how it stands; whatever else it stands like, nobody knows whether it is on air."""


class ChannelOut(Schema):
    """A channel."""

    id: int
    platform: str
    address: str
    name: str
    language: str
    watched: bool
    state: Literal["live", "offline", "unknown"]
    standing: str = Field(description="Why: " + ", ".join(Standing.values) + ".")
    live_since: datetime | None
    viewers: int | None
    next_look_at: datetime | None
    lives: int = Field(description="How many lives Vigie saw.")
    last_live_at: datetime | None


class Channels(Schema):
    """A page of channels, in the order in which they were added."""

    items: list[ChannelOut]
    next: int | None


class NewChannel(Asked):
    """A channel to be added."""

    address: Text = Field(description="`@account`, or the address of an account, of a live, of a stream.")
    platform: Text = Field("", description="Where the address does not say.")
    name: Text = ""
    language: Text = "fr"
    watched: bool = True


class LiveOut(Schema):
    """A live on air, or over for less than ten minutes."""

    id: int
    channel: int
    channel_name: str
    title: str
    state: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    viewers: int | None
    peak_viewers: int | None
    reach: str
    heard_s: float
    lost_s: float
    lag_s: float
    chat_state: str


class Lives(Schema):
    """The lives on air."""

    items: list[LiveOut]


@router.get("/channels", response=Channels, summary="List the channels and how they stand")
@allowed(may_follow_lives)
def list_channels(request: WorkspaceRequest, paged: Query[Paged]) -> Channels:
    """`state` is what is known: *live*, *offline*, or *unknown*, where nobody looks or the platform does not say."""
    known = queries.with_activity(queries.channels_for(request.membership), clock.now())
    found, after = page_of(known, paged, newest_first=False)
    return Channels(items=[_channel(channel) for channel in found], next=after)


@router.post("/channels", response={201: ChannelOut}, summary="Add a channel")
@allowed(may_manage_channels)
def add_channel(request: WorkspaceRequest, wanted: NewChannel) -> ChannelOut:
    """409 where it is on the list already. One that was removed comes back with its history."""
    filled = wanted.dict() | {"is_watched": wanted.watched}
    form = ChannelForm(filled)
    if "\n" in wanted.address:
        raise HttpError(400, "address: Give one address.")
    if not form.is_valid():
        raise HttpError(400, flaw_of(form))
    with refusing(409, operations.AlreadyAdded):
        [added] = operations.add_channels(
            request.workspace,
            form.entries(),
            actor=request.membership,
            now=clock.now(),
            is_watched=wanted.watched,
        )
    return _shown(request, added.pk)


@router.get("/channels/{int:channel_id}", response=ChannelOut, summary="Get a channel")
@allowed(may_follow_lives)
def get_channel(request: WorkspaceRequest, channel_id: int) -> ChannelOut:
    """How it stands now."""
    return _shown(request, channel_id)


@router.post("/channels/{int:channel_id}/watch", response=ChannelOut, summary="Start watching a channel")
@allowed(may_manage_channels)
def watch_channel(request: WorkspaceRequest, channel_id: int) -> ChannelOut:
    """It is looked at at once. Nothing changes where it is watched already."""
    return _switch(request, channel_id, operations.start_watching)


@router.post("/channels/{int:channel_id}/unwatch", response=ChannelOut, summary="Stop watching a channel")
@allowed(may_manage_channels)
def unwatch_channel(request: WorkspaceRequest, channel_id: int) -> ChannelOut:
    """Its open live ends. Nothing changes where it is not watched."""
    return _switch(request, channel_id, operations.stop_watching)


@router.delete("/channels/{int:channel_id}", response={204: None}, summary="Remove a channel")
@allowed(may_manage_channels)
def remove_channel(request: WorkspaceRequest, channel_id: int) -> None:
    """It is watched no longer; its past lives stay."""
    operations.remove_channel(_found(request, channel_id), actor=request.membership, now=clock.now())


@router.get("/lives", response=Lives, summary="List the lives on air, with what is counted", tags=["Lives"])
@allowed(may_follow_lives)
def list_lives(request: WorkspaceRequest) -> Lives:
    """Those on air, and those that ended less than ten minutes ago; a webhook tells at once when one begins."""
    return Lives(items=[_live(live) for live in queries.on_air_for(request.membership, clock.now())])


def _found(request: WorkspaceRequest, channel_id: int) -> Channel:
    return get_object_or_404(queries.channels_for(request.membership), pk=channel_id)


def _switch(request: WorkspaceRequest, channel_id: int, switch: Callable[..., None]) -> ChannelOut:
    switch(_found(request, channel_id), actor=request.membership)
    return _shown(request, channel_id)


def _shown(request: WorkspaceRequest, channel_id: int) -> ChannelOut:
    known = queries.with_activity(queries.channels_for(request.membership), clock.now())
    return _channel(get_object_or_404(known, pk=channel_id))


def _channel(channel: Channel) -> ChannelOut:
    """Return a channel of `queries.with_activity`."""
    annotated: dict[str, object] = vars(channel)
    return ChannelOut.model_validate(
        {
            **{name: getattr(channel, name) for name in ("id", "platform", "address", "name", "language")},
            **{name: annotated[name] for name in ("standing", "live_since", "next_look_at", "last_live_at")},
            "watched": channel.is_watched,
            "state": KNOWN.get(Standing(str(annotated["standing"])), "unknown"),
            "viewers": annotated["viewers_now"],
            "lives": annotated["lives_count"],
        }
    )


def _live(live: Live) -> LiveOut:
    shown = set(LiveOut.model_fields) - {"channel", "channel_name"}
    told = {name: getattr(live, name) for name in shown}
    return LiveOut.model_validate({**told, "channel": live.channel_id, "channel_name": live.channel.name})
