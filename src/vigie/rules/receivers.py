"""What rules do when they hear of an event: one row in the same transaction, so that nothing goes unseen."""

from collections.abc import Sequence

from vigie.events import AudienceActive, LiveEnded, LiveEvent, LiveSampled, LiveStarted, TextAssessed, UtteranceSettled
from vigie.risk.models import Outcome
from vigie.rules import queries
from vigie.rules.kinds import When
from vigie.rules.models import Arrival, Tally
from vigie.rules.sources import SETTLED_S, STRETCH_S
from vigie.runtime.models import WorkState


def take_chat(event: AudienceActive) -> None:
    """Let the rules look at what an audience did."""
    _arrive(event, When.CHAT, event.message_ids)


def take_speech(event: UtteranceSettled) -> None:
    """Let the rules look at what was said."""
    if event.state == WorkState.DONE and event.text.strip():
        _arrive(event, When.SPEECH, [event.utterance_id])


def take_verdict(event: TextAssessed) -> None:
    """Let the rules look at what was judged."""
    if event.state == Outcome.ANALYSED:
        _arrive(event, When.ASSESSMENT, [event.assessment_id])


def take_counts(event: LiveSampled) -> None:
    """Let the rules look at the counts of each stretch once, when nothing more is expected to be added to them.

    What was counted in the last twenty seconds of a live is looked at by nobody.
    """
    until_s = max(0, int(event.at_s) - SETTLED_S + STRETCH_S)
    tally, _ = Tally.objects.get_or_create(live_id=event.live_id)
    if tally.until_s < until_s and Tally.objects.filter(pk=tally.pk, until_s=tally.until_s).update(until_s=until_s):
        _arrive(event, When.VIEWERS, range(tally.until_s, until_s, STRETCH_S))


def take_start(event: LiveStarted) -> None:
    """Let the rules know that a live is on air."""
    _arrive(event, When.LIVE_STARTED, [])


def take_end(event: LiveEnded) -> None:
    """Let the rules know that a live is over."""
    _arrive(event, When.LIVE_ENDED, [])


def _arrive(event: LiveEvent, kind: When, refs: Sequence[int]) -> None:
    if queries.has_rules(event.workspace_id):
        Arrival.objects.create(live_id=event.live_id, kind=kind, refs=list(refs))
