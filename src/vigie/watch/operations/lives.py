"""What happens to lives. Vigie itself does it, as it watches; every change is told on the bus."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from vigie.errors import VigieError
from vigie.events import Acted, GapRecorded, LiveEnded, LiveResumed, LiveStarted, LiveStateChanged, PictureTaken
from vigie.runtime import bus, leases
from vigie.runtime.texts import storable
from vigie.watch.models import Channel, ChatState, Gap, Live, LiveState, Reach, Thumbnail, Track
from vigie.watch.timeline import Hole, Mark

NOT_RUNNING = gettext_noop("Vigie was not running")
TAKEN_FOR_OVER = gettext_noop("the live was taken for over")


class LiveIsOver(VigieError):
    """This live has ended; nothing more is written about it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a live ended."""

    at: datetime
    reason: str
    is_over: bool
    """It is known to be over, or is no longer watched; otherwise it cannot be had."""


@transaction.atomic
def open_live(
    channel: Channel, *, title: str, now: datetime, room_id: str = "", aired_at: datetime | None = None
) -> Live:
    """Return the live that begins now: its platform says so, or its media was opened.

    There is one open live a channel: raises IntegrityError where there is one already.
    """
    live = Live.objects.create(
        channel=channel,
        title=storable(title)[:200],
        started_at=now,
        room_id=storable(room_id)[:64],
        aired_at=aired_at,
    )
    _account(live, "live.started", title=live.title)
    bus.publish(LiveStarted(channel.workspace_id, live.pk, channel.pk, now))
    return live


@transaction.atomic
def resume_live(live: Live, now: datetime) -> None:
    """Go on with a live that was taken for over too early."""
    live.state, live.reason, live.ended_at = LiveState.RECONNECTING, TAKEN_FOR_OVER, None
    live.save(update_fields=["state", "reason", "ended_at"])
    _account(live, "live.resumed")
    bus.publish(LiveResumed(live.channel.workspace_id, live.pk, now))
    bus.publish(LiveStateChanged(live.channel.workspace_id, live.pk, live.state, live.reason))


@transaction.atomic
def change_state(live_id: int, state: LiveState, reason: str = "") -> None:
    """Turn the ring of a live; what it shows already is not told again. Raises LiveIsOver."""
    live, reason = _open(live_id), _reason(reason)
    if (live.state, live.reason) != (state, reason):
        live.state, live.reason = state, reason
        live.save(update_fields=["state", "reason"])
        bus.publish(LiveStateChanged(live.channel.workspace_id, live.pk, live.state, live.reason))


@transaction.atomic
def record_gap(live_id: int, hole: Hole, cause: str) -> Gap:
    """Return the row of what was not received; a gap recorded from the same moment on is made longer or shorter.

    Raises LiveIsOver.
    """
    live = _open(live_id)
    gap = _gap(live, Track.MEDIA, hole.from_s)
    Live.objects.filter(pk=live.pk).update(lost_s=F("lost_s") + hole.to_s - gap.to_s)
    return _save_gap(gap, hole, cause)


@transaction.atomic
def record_late_gap(live_id: int, hole: Hole, cause: str, track: Track) -> Gap | None:
    """Return the row of a stretch that was not received, up to the end of a live that may be over.

    What an earlier gap of the track tells already is left out; None where nothing is left.
    """
    live = Live.objects.select_related("channel").get(pk=live_id)
    to_s = hole.to_s if live.duration_s is None else min(hole.to_s, live.duration_s)
    told = Gap.objects.filter(live=live, track=track, from_s__lt=hole.from_s, to_s__gt=hole.from_s)
    from_s = max([hole.from_s, *told.values_list("to_s", flat=True)])
    if to_s <= from_s:
        return None
    gap = _gap(live, track, from_s)
    if track is Track.MEDIA:
        Live.objects.filter(pk=live.pk).update(lost_s=F("lost_s") + to_s - gap.to_s)
    return _save_gap(gap, Hole(from_s, to_s), cause)


def _gap(live: Live, track: Track, from_s: float) -> Gap:
    known = Gap.objects.filter(live=live, track=track, from_s=from_s).first()
    return known or Gap(live=live, track=track, from_s=from_s, to_s=from_s)


def _save_gap(gap: Gap, hole: Hole, cause: str) -> Gap:
    gap.to_s, gap.cause = hole.to_s, storable(cause)[:200]
    gap.save()
    live = gap.live
    bus.publish(GapRecorded(live.channel.workspace_id, live.pk, gap.pk, gap.from_s, gap.to_s, gap.cause, gap.track))
    return gap


@transaction.atomic
def count_heard(live_id: int, mark: Mark, heard_s: float) -> None:
    """Write down how far a live was heard, in all `heard_s` seconds of sound. Raises LiveIsOver."""
    changed = Live.objects.filter(pk=live_id, ended_at=None).update(
        epoch=mark.epoch, heard_until_s=mark.heard_until_s, clock_shift_s=mark.shift_s, heard_s=heard_s
    )
    if not changed:
        raise LiveIsOver


@transaction.atomic
def change_chat_state(live_id: int, state: ChatState, reason: str = "") -> None:
    """Show how the chat of a live does. Raises LiveIsOver."""
    live = _open(live_id)
    live.chat_state, live.chat_reason = state, _reason(reason)
    if state == ChatState.NONE:  # nothing is counted any more
        live.reach = Reach.UNKNOWN
    live.save(update_fields=["chat_state", "chat_reason", "reach"])
    bus.publish(LiveStateChanged(live.channel.workspace_id, live.pk, live.state, live.reason))


@transaction.atomic
def enter_room(live_id: int, room_id: str) -> None:
    """Write down in which room of its platform a live goes on. Raises LiveIsOver."""
    if not Live.objects.filter(pk=live_id, ended_at=None).update(room_id=storable(room_id)[:64]):
        raise LiveIsOver


@transaction.atomic
def count_chat(live_id: int, until_s: float) -> None:
    """Write down how far the chat of a live was read. Raises LiveIsOver."""
    if not Live.objects.filter(pk=live_id, ended_at=None).update(chat_until_s=until_s):
        raise LiveIsOver


@transaction.atomic
def save_picture(live_id: int, at_s: float, jpeg: bytes) -> None:
    """Keep what the picture of a live is like now, in place of what it was like."""
    live = _open(live_id)
    Thumbnail.objects.update_or_create(live=live, defaults={"at_s": at_s, "jpeg": jpeg})
    bus.publish(PictureTaken(live.channel.workspace_id, live.pk, at_s))


@transaction.atomic
def measure_lag(live_id: int, lag_s: float) -> None:
    """Write down how far the words of a live run behind its sound, in seconds."""
    Live.objects.filter(pk=live_id).update(lag_s=lag_s)


@transaction.atomic
def end_live(live_id: int, ending: Ending) -> None:
    """Close a live. Raises LiveIsOver when it is closed already."""
    live = _open(live_id)
    live.state = LiveState.ENDED if ending.is_over else LiveState.FAILED
    live.reason, live.ended_at = _reason(ending.reason), ending.at
    live.save(update_fields=["state", "reason", "ended_at"])
    _account(live, "live.ended", reason=live.reason, state=live.state)
    bus.publish(LiveEnded(live.channel.workspace_id, live.pk, ending.at, live.reason))


@transaction.atomic
def end_unreceived(live_id: int, ending: Ending) -> None:
    """Close a live whose end nobody received: that is a gap. Raises LiveIsOver."""
    end_live(live_id, ending)
    live = Live.objects.get(pk=live_id)
    until_s = {Track.MEDIA: live.heard_until_s}
    if live.chat_state != ChatState.NONE:
        until_s[Track.CHAT] = live.chat_until_s or 0.0
    for track, from_s in until_s.items():
        record_late_gap(live_id, Hole(from_s, live.duration_s or 0.0), NOT_RUNNING, track)


@transaction.atomic
def record_unavailable(channel: Channel, reason: str, now: datetime) -> Live:
    """Return the live that says why a watched channel cannot be heard; the same trouble again makes no further row."""
    last = Live.objects.filter(channel=channel).order_by("-started_at").first()
    if last and (last.state, last.reason, last.epoch) == (LiveState.FAILED, _reason(reason), None):
        return last
    live = Live.objects.create(channel=channel, started_at=now)
    end_live(live.pk, Ending(now, reason, is_over=False))
    return live


def end_unwatched(now: datetime) -> None:
    """Close the lives of channels that are watched no longer, and held by nobody: what a dead owner left open."""
    for live in Live.objects.filter(ended_at=None, channel__is_watched=False).select_related("channel"):
        if not leases.is_held(live.channel.resource, now):
            with suppress(LiveIsOver):  # another process looked, too
                end = end_unreceived if leases.is_lost(live.channel.resource, now) else end_live
                end(live.pk, Ending(now, "", is_over=True))


def _reason(said: str) -> str:
    """Return what its column holds of why: others say it, and may say anything."""
    return storable(said)[:300]


def _open(live_id: int) -> Live:
    live = Live.objects.select_for_update(of=("self",)).select_related("channel").get(pk=live_id)
    if live.ended_at is not None:
        raise LiveIsOver
    return live


def _account(live: Live, verb: str, **payload: object) -> None:
    bus.publish(Acted(live.channel.workspace_id, None, verb, "live", str(live.pk), payload))
