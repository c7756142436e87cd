"""What one e-mail says of several things: one line a live, and what is still true of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vigie.notifications.kinds import LIVE_ENDED, LIVE_RESUMED, LIVE_STARTED

OF_A_LIVE = frozenset({LIVE_STARTED, LIVE_ENDED, LIVE_RESUMED})


@dataclass(frozen=True, slots=True)
class Item:
    """Something that somebody is to be told of by e-mail."""

    key: int
    """Names it for whoever asks."""
    kind: str
    subject_id: int
    """Of the live, the alert or the webhook."""
    at: datetime
    ended_at: datetime | None = None
    """Of the live, as is known now; None while it lasts, or where there is none."""


def condensed(items: Iterable[Item]) -> Sequence[Item]:
    """Return what is to be said, in the order in which it happened: of each live once, as it now is.

    Of a live that ended meanwhile nobody is told that it started; of one that goes on, not that it ended.
    """
    shown: dict[tuple[str, int], Item] = {}
    for item in sorted(items, key=lambda item: item.at):
        if item.kind not in OF_A_LIVE:
            shown[item.kind, item.subject_id] = item
        elif ("live", item.subject_id) not in shown:
            goes_on = LIVE_RESUMED if item.kind == LIVE_RESUMED else LIVE_STARTED
            shown["live", item.subject_id] = replace(item, kind=LIVE_ENDED if item.ended_at else goes_on)
    return list(shown.values())
