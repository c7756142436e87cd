"""What notifications do when they hear of an event: one row in the same transaction, so that nothing goes untold."""

from datetime import timedelta

from vigie.events import AlertRaised, LiveEnded, LiveResumed, LiveStarted
from vigie.notifications import kinds, operations
from vigie.notifications.models import Happening
from vigie.notifications.operations import Fact
from vigie.runtime import clock
from vigie.watch.models import Live

FLAP = timedelta(seconds=120)
"""How long the end of a live is kept to ourselves: it may be back."""


def note_start(event: LiveStarted) -> None:
    """Let people and programs know that a live is on air."""
    operations.note(Fact(kinds.LIVE_STARTED, event.workspace_id, event.live_id, event.at, event.live_id))


def note_end(event: LiveEnded) -> None:
    """Let those know that a live is over who were told that it began, unless it is back within two minutes."""
    if Happening.objects.filter(kind=kinds.LIVE_STARTED, subject_id=event.live_id).exists():
        is_watched = Live.objects.filter(pk=event.live_id, channel__is_watched=True).exists()
        reason = event.reason if is_watched else kinds.UNWATCHED
        fact = Fact(kinds.LIVE_ENDED, event.workspace_id, event.live_id, event.at, event.live_id, detail=reason)
        operations.note(fact, not_before=clock.now() + FLAP)


def take_back_end(event: LiveResumed) -> None:
    """Tell nobody that a live is over which is not, and those who were told that it goes on; not that it began."""
    if operations.withdraw_end(event.live_id):
        operations.note(Fact(kinds.LIVE_RESUMED, event.workspace_id, event.live_id, event.at, event.live_id))


def note_alert(event: AlertRaised) -> None:
    """Let people and programs know that a moment waits for a human."""
    now = clock.now()
    operations.note(Fact(kinds.ALERT_RAISED, event.workspace_id, event.alert_id, now, event.live_id, score=event.score))
