"""What an event changes on the list of channels and on the page of one. Nobody there: nothing is rendered.

One topic a workspace, `channels`: how channels stand and what is counted of their lives, nothing that was said.
"""

from vigie.events import LiveEnded, LiveResumed, LiveSampled, LiveStarted, LiveStateChanged, PresenceChanged
from vigie.runtime import clock
from vigie.runtime.push import Fragment, is_followed, push
from vigie.site.channels import now_of
from vigie.watch import queries as watch
from vigie.watch.models import Channel, Live

OfLive = LiveStarted | LiveStateChanged | LiveEnded | LiveResumed
COUNTED_S = 60
"""How often what is counted of a live is told, in seconds."""


def show_presence(event: PresenceChanged) -> None:
    """Show how a channel stands, and why."""
    _show(event.workspace_id, event.channel_id)


def show_live(event: OfLive) -> None:
    """Show that a channel is on air, or no longer."""
    _show_of(event.workspace_id, event.live_id)


def show_counts(event: LiveSampled) -> None:
    """Show how many watch, once a minute."""
    if int(event.at_s) % COUNTED_S == 0:
        _show_of(event.workspace_id, event.live_id)


def _show_of(workspace_id: int, live_id: int) -> None:
    if is_followed(_topic(workspace_id)):
        _show(workspace_id, Live.objects.values_list("channel", flat=True).get(pk=live_id))


def _show(workspace_id: int, channel_id: int) -> None:
    topic = _topic(workspace_id)
    if not is_followed(topic):
        return
    known = watch.with_activity(Channel.objects.filter(removed_at=None), clock.now())
    channel = known.select_related("workspace", "presence").filter(pk=channel_id).first()
    if channel is None:
        return
    push(topic, Fragment(f"standing-{channel.pk}", "replace", "watch/_standing.html", {"channel": channel}))
    now = now_of(channel) | {"workspace": channel.workspace}
    push(topic, Fragment(f"now-{channel.pk}", "replace", "channel/_now.html", now))


def _topic(workspace_id: int) -> str:
    return f"channels:{workspace_id}"
