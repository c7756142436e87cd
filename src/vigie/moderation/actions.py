"""The action `alert` of rules: the moment waits for a human. A rule ranks work, it concludes nothing."""

from django.conf import settings
from django.utils import translation
from pydantic import Field

from vigie.moderation import operations
from vigie.moderation.operations import Reason
from vigie.moderation.wording import GONE, MOMENTS
from vigie.risk import operations as risk
from vigie.risk.models import Assessment, Subject
from vigie.risk.operations import Text
from vigie.rules.actions import Fired
from vigie.rules.conditions import Value
from vigie.rules.kinds import When
from vigie.rules.models import Firing
from vigie.rules.occurrences import Occurrence
from vigie.runtime import clock
from vigie.speech.models import Utterance


class AlertOptions(Value):
    """How severe a moment is."""

    severity: float | None = Field(None, ge=0, le=1)
    """Where it stands in the queue; as its text is judged where it is not said."""


def raise_alert(fired: Fired, options: AlertOptions) -> None:
    """Raise an alert on what made the rule act, unless there is one."""
    reason = Reason(fired.firing, options.severity)
    operations.raise_alert(_assessment(fired), now=clock.now(), reason=reason)


def _assessment(fired: Fired) -> Assessment:
    """Return what the alert is about: words that are judged, or are to be; else the moment, in a line."""
    last = fired.last
    if last is None or not last.text.strip():
        return risk.note_moment(_moment(fired.firing))
    pk = int(last.key.partition(":")[2])
    if last.kind is When.ASSESSMENT:
        return Assessment.objects.get(pk=pk)
    return risk.queue_assessment(_speech(pk) if last.kind is When.SPEECH else _message(pk, last))


def _speech(pk: int) -> Text:
    said = Utterance.objects.get(pk=pk)
    return Text(
        live_id=said.live_id,
        of=Subject.UTTERANCE,
        ref_id=pk,
        seq=said.seq,
        start_s=said.start_s,
        end_s=said.end_s,
        text=said.text,
        language=said.language,
    )


def _message(pk: int, written: Occurrence) -> Text:
    return Text(
        live_id=int(written.live),
        of=Subject.CHAT,
        ref_id=pk,
        seq=0,
        start_s=written.at_s,
        end_s=written.at_s,
        text=written.text,
        language="",
    )


def _moment(firing: Firing) -> Text:
    """Return what happened, in words of the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        words = str(MOMENTS.get(firing.version.content["when"], GONE)) % {"value": firing.value or 0}
    return Text(
        live_id=firing.live_id,
        of=Subject.MOMENT,
        ref_id=firing.pk,
        seq=0,
        start_s=max(0.0, firing.since_s),
        end_s=max(0.0, firing.since_s, firing.at_s),
        text=words,
        language="",
    )
