"""What the engine runs: the actions of rules that acted."""

from datetime import datetime

import structlog
from celery import shared_task
from django.utils.translation import gettext_noop

from vigie.errors import VigieError
from vigie.ports import PortError
from vigie.rules import operations
from vigie.rules.models import ActionRun
from vigie.rules.operations import ACT
from vigie.runtime import clock, ledger

log = structlog.get_logger(__name__)

HOLD_S = 60.0
BATCH = 20
CRASHED = gettext_noop("the action failed")


def is_due(now: datetime) -> bool:
    """Return whether an action is to be done."""
    return ledger.due(ActionRun.objects.all(), now).exists()


@shared_task(name=ACT)
def act_due() -> None:
    """Do what is due, until nothing is left.

    An action that crashes ends the task, with its trace; it and those beside it are tried again (`runtime.ledger`).
    """
    operations.give_up_lost(clock.now())
    waiting = ActionRun.objects.order_by("pk")
    while taken := ledger.claim(waiting, clock.now(), hold_s=HOLD_S, limit=BATCH):
        try:
            for run in taken:
                _act(run)
        finally:
            operations.give_back_crashed(taken, clock.now(), reason=CRASHED)


def _act(run: ActionRun) -> None:
    """Do one action; what cannot be done says why, and holds up no other."""
    try:
        operations.perform(run, now=clock.now())
    except PortError as trouble:
        if trouble.permanent:
            operations.refuse(run, str(trouble))
        else:
            ledger.give_back([run], clock.now(), reason=str(trouble), retry_after_s=trouble.retry_after_s)
    except VigieError as trouble:
        log.info("rules.action_refused", run=run.pk, action=run.action, reason=str(trouble))
        operations.refuse(run, str(trouble))
