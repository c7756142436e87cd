"""What moderation does when it hears of an event: in the same transaction, so that no alert is lost."""

from vigie.events import TextAssessed
from vigie.moderation import operations
from vigie.people.models import Module
from vigie.risk.models import Assessment, Outcome
from vigie.runtime import clock


def raise_alerts(event: TextAssessed) -> None:
    """Raise the alert of a text whose score reaches the workspace's threshold.

    One that a rule raised before is ranked by what its text turns out to be. What was not judged raises none, nor does
    anything in a workspace that has its alerts switched off.
    """
    if event.state != Outcome.ANALYSED:
        return
    assessment = Assessment.objects.select_related("live__channel__workspace").get(pk=event.assessment_id)
    workspace = assessment.live.channel.workspace
    if Module.MODERATION not in workspace.modules:
        return
    if assessment.score >= workspace.alert_threshold:
        operations.raise_alert(assessment, now=clock.now())
    operations.rank_higher(assessment)
