"""What is pushed to whoever looks at alerts: topic `alerts:<workspace>`."""

from collections.abc import Iterator

from vigie.events import AlertChanged, AlertRaised
from vigie.moderation import queries
from vigie.moderation.models import Alert
from vigie.moderation.permissions import may_see_alerts
from vigie.people.models import Membership, User
from vigie.runtime import clock
from vigie.runtime.push import Fragment, push


def may_follow_alerts(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow the alerts of a workspace."""
    membership = (
        Membership.objects.filter(user=user, workspace=workspace_id).select_related("workspace", "role").first()
    )
    return membership is not None and may_see_alerts(membership)


def push_raised(event: AlertRaised) -> None:
    """Tell open queues that something is new: they ask for the line that says how much. Nothing moves in them."""
    news = Fragment("news", "append", "moderation/_new.html", {"pk": event.alert_id})
    _send(event.workspace_id, [news, *_counters(event.workspace_id)])


def push_changed(event: AlertChanged) -> None:
    """Show an alert as it now stands, in its place; tell whoever has it open."""
    alert = Alert.objects.select_related("workspace", "live__channel", "assessment", "decision").get(pk=event.alert_id)
    [row] = queries.rows([alert], clock.now())
    shown = [
        Fragment(f"alert-{alert.pk}", "replace", "moderation/_row.html", {"row": row}),
        Fragment(f"standing-{alert.pk}", "replace", "moderation/_standing.html", {"alert": alert}),
    ]
    _send(event.workspace_id, [*shown, *_counters(event.workspace_id)])


def _counters(workspace_id: int) -> Iterator[Fragment]:
    """Yield the figure beside the queue, in the rail and under the thumb."""
    count = queries.pending_count(workspace_id)
    for place in ("rail", "tabs"):
        target = f"{place}-alerts"
        yield Fragment(target, "replace", "moderation/_count.html", {"target": target, "count": count})


def _send(workspace_id: int, fragments: list[Fragment]) -> None:
    for fragment in fragments:
        push(f"alerts:{workspace_id}", fragment)
