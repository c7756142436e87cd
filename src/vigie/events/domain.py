"""Domain events: what the areas publish on `runtime.bus` inside the transaction that makes them true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from vigie.events.base import Event


@dataclass(frozen=True, slots=True)
class Acted(Event):
    """A person, or Vigie itself, did something that must be accounted for.

    `governance` chains it in the same transaction.
    """

    workspace_id: int | None
    """None for acts on the installation."""
    actor_id: int | None
    """None for Vigie itself."""
    verb: str
    """`alert.decided`, `channel.added`, `transcript.read`, ..."""
    subject_type: str = ""
    subject_id: str = ""
    payload: Mapping[str, object] = field(default_factory=dict)
    """JSON values: what changed, and why. Erasable; the entry itself holds no personal data."""


@dataclass(frozen=True, slots=True)
class LiveEvent(Event):
    """Something that happened in one live of one workspace."""

    workspace_id: int
    live_id: int


@dataclass(frozen=True, slots=True)
class LiveStarted(LiveEvent):
    """A live is on air: its platform says so, or its media was opened."""

    channel_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LiveStateChanged(LiveEvent):
    """The ring of a live changed: ok, lag, no sound, no recognizer, reconnecting, ..."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class LiveEnded(LiveEvent):
    """A live is over, or is no longer watched."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class LiveResumed(LiveEvent):
    """A live that was taken for over goes on: it was back soon enough to be the same."""

    at: datetime


@dataclass(frozen=True, slots=True)
class AudienceActive(LiveEvent):
    """A batch of what the audience of a live did was stored, in the order in which it happened."""

    message_ids: tuple[int, ...]
    """Of the rows that were new, replayed history included."""


@dataclass(frozen=True, slots=True)
class MessagesHidden(LiveEvent):
    """The platform's moderators took messages away that were stored; they are kept, as evidence."""

    message_ids: tuple[int, ...]
    """Of the rows, the last ones where there are many."""


@dataclass(frozen=True, slots=True)
class LiveSampled(LiveEvent):
    """What was counted in a stretch of a live was written down anew."""

    at_s: float
    """Where the stretch begins, in seconds since the live started."""


@dataclass(frozen=True, slots=True)
class PictureTaken(LiveEvent):
    """The thumbnail of a live changed."""

    at_s: float
    """When it was taken, in seconds since the live started."""


@dataclass(frozen=True, slots=True)
class MarkPlaced(LiveEvent):
    """A moment of a live was marked: by a person, or because the audience burst out."""

    mark_id: int


@dataclass(frozen=True, slots=True)
class RuleFired(LiveEvent):
    """A rule acts on what happened in a live, or would have and held back; `live_id` is where."""

    firing_id: int
    rule_id: int


@dataclass(frozen=True, slots=True)
class ClipChanged(Event):
    """A clip was asked for, went on to its next state, or failed."""

    workspace_id: int
    live_id: int | None
    clip_id: int
    state: str


@dataclass(frozen=True, slots=True)
class ObsChanged(Event):
    """What is known of an OBS changed: connected, refused, replay buffer off, ..."""

    workspace_id: int
    obs_id: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    """What is known of a channel changed: live, offline or unknown, or why."""

    workspace_id: int
    channel_id: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class GapRecorded(LiveEvent):
    """A stretch of a live was not received. Offsets are seconds since the live started."""

    gap_id: int
    from_s: float
    to_s: float
    cause: str
    track: str = "media"
    """`media` or `chat`: what was not received."""


@dataclass(frozen=True, slots=True)
class UtteranceSettled(LiveEvent):
    """What was said between two moments is known, or is known not to be."""

    utterance_id: int
    seq: int
    start_s: float
    end_s: float
    text: str
    source: str
    """`asr` or `captions`."""
    language: str
    state: str
    """`done`, `skipped` or `failed`."""


@dataclass(frozen=True, slots=True)
class TextAssessed(LiveEvent):
    """A text was judged, or could not be. `spans` are offsets into the text, in characters."""

    assessment_id: int
    of: str
    """`utterance` or `chat`."""
    ref_id: int
    seq: int
    text: str
    category: str
    score: float
    hateful: bool
    reach: str
    target: str
    spans: tuple[tuple[int, int], ...]
    justification: str
    analyst: str
    state: str


@dataclass(frozen=True, slots=True)
class AlertRaised(LiveEvent):
    """A moment waits for a human."""

    alert_id: int
    assessment_id: int
    seq: int
    score: float


@dataclass(frozen=True, slots=True)
class AlertChanged(LiveEvent):
    """A human did something with an alert."""

    alert_id: int
    state: str
