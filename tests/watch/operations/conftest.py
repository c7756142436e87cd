from collections.abc import Iterator

import pytest

from vigie import events
from vigie.events import Event
from vigie.runtime import bus

KINDS: list[type[Event]] = [
    events.Acted,
    events.AudienceActive,
    events.GapRecorded,
    events.LiveEnded,
    events.LiveResumed,
    events.LiveSampled,
    events.LiveStarted,
    events.LiveStateChanged,
    events.MarkPlaced,
    events.MessagesHidden,
    events.PictureTaken,
    events.PresenceChanged,
]


@pytest.fixture
def told() -> Iterator[list[Event]]:
    """What is published, in order; nobody else reacts."""
    heard: list[Event] = []
    before = {kind: list(bus._reactions[kind]) for kind in KINDS}
    for kind in KINDS:
        bus._reactions[kind] = [heard.append]
    yield heard
    bus._reactions.update(before)
