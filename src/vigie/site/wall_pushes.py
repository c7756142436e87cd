"""What an event changes on the wall, told to whoever looks at it once it is committed; nobody there, nothing rendered.

Topics keep apart what readers may see: `wall` holds states and counts, `wall-words` what was said, `wall-alerts` the
alerts.
"""

from collections.abc import Mapping

from vigie.events import (
    AlertChanged,
    AlertRaised,
    GapRecorded,
    LiveEnded,
    LiveResumed,
    LiveSampled,
    LiveStarted,
    LiveStateChanged,
    MarkPlaced,
    PictureTaken,
    PresenceChanged,
    TextAssessed,
)
from vigie.moderation import queries as alerts
from vigie.people.models import Workspace
from vigie.risk.models import Assessment, Subject
from vigie.runtime import clock
from vigie.runtime.push import Fragment, is_followed, push
from vigie.site import sparks, ticker, tiles
from vigie.site.tiles import Tile, Unknown
from vigie.watch.models import AiringState, Gap, Live, Presence


def show_counts(event: LiveSampled) -> None:
    """Show viewers and the pace of the chat."""
    topic = f"wall:{event.workspace_id}"
    if is_followed(topic):
        _show_vitals(topic, _live(event.live_id))


def show_picture(event: PictureTaken) -> None:
    """Show what a live looks like now."""
    topic = f"wall:{event.workspace_id}"
    if is_followed(topic):
        live = _live(event.live_id)
        context = {"live": live, "pictured_at_s": event.at_s} | _of(live)
        _replace(topic, f"thumb-{live.pk}", "wall/_thumb.html", context)


def show_state(event: LiveStateChanged | LiveEnded | LiveResumed | MarkPlaced) -> None:
    """Turn the ring of a live and say why it stands where it stands; count what is on air anew."""
    topic = f"wall:{event.workspace_id}"
    if is_followed(topic):
        live = _live(event.live_id)
        _show_vitals(topic, live)
        _replace(topic, f"age-{live.pk}", "wall/_age.html", {"live": live})
        _show_on_air(topic, live.channel.workspace)


def show_start(event: LiveStarted) -> None:
    """Add a live in the place of what was unknown, else after the others: nothing moves."""
    topic = f"wall:{event.workspace_id}"
    if is_followed(topic):
        live = _live(event.live_id)
        tile = {"tile": Tile(tiles.vitals_of([live], clock.now())[live.pk]), "live": live} | _of(live)
        _replace(topic, f"unknown-{event.channel_id}", "wall/_tile.html", tile)  # where it was the channel's: its place
        _add(topic, live.channel.platform, "wall/_tile.html", tile)
        _show_on_air(topic, live.channel.workspace)


def show_presence(event: PresenceChanged) -> None:
    """Show a channel of which nobody knows any more whether it is on air; that it is offline, in the same place."""
    topic = f"wall:{event.workspace_id}"
    if not is_followed(topic) or Live.objects.filter(channel=event.channel_id, ended_at=None).exists():
        return
    presence = Presence.objects.select_related("channel__workspace").get(pk=event.channel_id)
    context = {"tile": Unknown(presence), "workspace": presence.channel.workspace}
    if presence.airing == AiringState.UNKNOWN:
        _add(topic, presence.channel.platform, "wall/_unknown.html", context)
    else:
        _replace(topic, f"unknown-{presence.pk}", "wall/_unknown.html", context)


def show_said(event: TextAssessed) -> None:
    """Show what was said last, as it was judged, and its risk."""
    topic = f"wall-words:{event.workspace_id}"
    if event.of != Subject.UTTERANCE or not event.text or not is_followed(topic):
        return
    live, said = _live(event.live_id), Assessment.objects.get(pk=event.assessment_id)
    sentence = {"sentence": tiles.sentence_of(said, live)}
    push(topic, Fragment(f"last-{live.pk}", "append", "wall/_sentence.html", sentence))
    path, cell = sparks.bar(said.start_s, said.end_s, said.score), sparks.cell_of(said.end_s)
    bar = {"said": said, "path": path, "cell": cell}
    push(topic, Fragment(f"bars-{live.pk}", "append", "wall/_bar.html", bar))
    peak = tiles.peak_of(live, clock.now())
    _replace(topic, f"peak-{live.pk}", "wall/_peak.html", {"live": live, "peak": peak})


def show_gap(event: GapRecorded) -> None:
    """Hatch what was not received."""
    topic = f"wall-words:{event.workspace_id}"
    if event.track == "media" and is_followed(topic):
        gap = Gap.objects.get(pk=event.gap_id)
        hole = {"gap": gap, "run": sparks.run(gap.from_s, gap.to_s), "cell": sparks.cell_of(gap.to_s)}
        push(topic, Fragment(f"bars-{gap.live_id}", "append", "wall/_hole.html", hole))


def show_alerts(event: AlertRaised | AlertChanged) -> None:
    """Show the alerts of a live on its tile, those that wait beside the tiles, and how many there are."""
    topic = f"wall-alerts:{event.workspace_id}"
    if not is_followed(topic):
        return
    live, now = _live(event.live_id), clock.now()
    alarm = {"alarm": tiles.alarms_of([live])[live.pk], "live": live}
    _replace(topic, f"alarm-{live.pk}", "wall/_alarm.html", alarm)
    _replace(topic, f"why-alarm-{live.pk}", "wall/_why_alarm.html", alarm)
    waiting = {"waiting": ticker.waiting_in(event.workspace_id)}
    _replace(topic, "count-waiting", "wall/_waiting.html", waiting | _of(live))
    side = {"ticks": ticker.ticks_in(event.workspace_id), "decided": ticker.decided_in(event.workspace_id, now)}
    _replace(topic, "side", "wall/_side.html", side | _of(live))
    count = alerts.pending_count(event.workspace_id)
    for target in ("rail-alerts", "tabs-alerts"):
        _replace(topic, target, "moderation/_count.html", {"target": target, "count": count})


def _show_vitals(topic: str, live: Live) -> None:
    vitals = {"vitals": tiles.vitals_of([live], clock.now())[live.pk]}
    _replace(topic, f"vitals-{live.pk}", "wall/_vitals.html", vitals)
    _replace(topic, f"why-{live.pk}", "wall/_why.html", vitals)


def _show_on_air(topic: str, workspace: Workspace) -> None:
    context = {"on_air": ticker.on_air_in(workspace.pk), "workspace": workspace}
    _replace(topic, "count-on-air", "wall/_on_air.html", context)
    _replace(topic, "count-badly", "wall/_badly.html", context)


def _add(topic: str, platform: str, template: str, context: Mapping[str, object]) -> None:
    """Put a tile at the end of those walls that show its platform."""
    for shown in ("all", platform):
        push(topic, Fragment(f"tiles-{shown}", "append", template, context))


def _replace(topic: str, target: str, template: str, context: Mapping[str, object]) -> None:
    push(topic, Fragment(target, "replace", template, context))


def _of(live: Live) -> dict[str, object]:
    return {"workspace": live.channel.workspace}


def _live(live_id: int) -> Live:
    return Live.objects.select_related("channel__workspace").get(pk=live_id)
