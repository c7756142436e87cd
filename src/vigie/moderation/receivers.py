"""What moderation does when it hears of an event: in the same transaction, so that no alert is lost."""

from vigie.events import TextAssessed
from vigie.moderation import operations
from vigie.risk.models import Assessment, Outcome
from vigie.runtime import clock


def raise_alerts(event: TextAssessed) -> None:
    """Raise the alert of a text whose score reaches the workspace's threshold. What was not judged raises none."""
    if event.state != Outcome.ANALYSED:
        return
    assessment = Assessment.objects.select_related("live__channel__workspace").get(pk=event.assessment_id)
    if assessment.score >= assessment.live.channel.workspace.alert_threshold:
        operations.raise_alert(assessment, now=clock.now())
