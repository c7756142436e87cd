"""What the engine runs: texts are judged in batches, each by the policy of its workspace."""

from datetime import datetime
from itertools import groupby

import structlog
from celery import shared_task
from django.db.models import QuerySet

from vigie.people.models import Workspace
from vigie.ports import Analyst, LanguageIdentifier, PortError, TextToAssess
from vigie.risk import analysts, operations, queries
from vigie.risk.flaws import BadLexicon
from vigie.risk.languages import UNTOLD, language_of
from vigie.risk.models import Assessment, Policy
from vigie.runtime import clock, ledger, registry

log = structlog.get_logger(__name__)

BATCH = 64
HOLD_S = 60.0
"""How long a batch may take before another worker believes that this one died."""
CRASHED = "the analysis failed on this text"


def waiting() -> QuerySet[Assessment]:
    """Return the texts to be judged, in the order they were said, live by live."""
    return Assessment.objects.select_related("live__channel__workspace").order_by("live__channel__workspace", "pk")


def is_due(now: datetime) -> bool:
    """Return whether a text waits."""
    return ledger.due(Assessment.objects.all(), now).exists()


@shared_task(name=operations.ASSESS)
def assess_pending() -> None:
    """Judge what waits until nothing does.

    A text that crashes an analyst ends the task, with its trace. It and those beside it are tried again, at last one by
    one (`runtime.ledger`): it alone fails.
    """
    operations.give_up_lost(clock.now())
    while taken := ledger.claim(waiting(), clock.now(), hold_s=HOLD_S, limit=BATCH):
        try:
            for workspace, assessments in groupby(taken, key=lambda assessment: assessment.live.channel.workspace):
                _judge(workspace, list(assessments))
        finally:
            left = Assessment.objects.filter(pk__in=[one.pk for one in taken], claimed_until=taken[0].claimed_until)
            operations.give_back(list(left), clock.now(), reason=CRASHED)


def _judge(workspace: Workspace, assessments: list[Assessment]) -> None:
    policy = operations.ensure_policy(workspace, clock.now())
    try:
        analyst = analysts.of_policy(policy)
    except BadLexicon as error:  # written for another version of Vigie
        operations.give_back(assessments, clock.now(), reason=f"policy {policy}: {error}")
        return
    before = queries.said_before(assessments)
    for assessment in assessments:
        assessment.language = _language(assessment)
        text = TextToAssess(assessment.text, assessment.language, before[assessment.pk])
        _judge_one(assessment, text, analyst, policy)


def _judge_one(assessment: Assessment, text: TextToAssess, analyst: Analyst, policy: Policy) -> None:
    """Judge one text; while the analyst cannot, it waits."""
    try:
        (verdict,) = analyst.assess([text])
    except PortError as error:
        log.warning("risk.analyst", error=str(error), assessment=assessment.pk)
        operations.give_back([assessment], clock.now(), reason=str(error), retry_after_s=error.retry_after_s)
    else:
        operations.record_assessment(assessment, verdict, analyst=analyst.name, policy=policy, now=clock.now())


def _language(assessment: Assessment) -> str:
    """Return the language to read a text in; what it came with, or else the channel's, is expected."""
    came_with = "" if assessment.language == UNTOLD else assessment.language
    expected = came_with or assessment.live.channel.language
    return language_of(assessment.text, expected, registry.find(LanguageIdentifier))
