"""The actions of rules that acted, each done once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from vigie.rules import actions, queries
from vigie.rules.models import ActionRun
from vigie.runtime import ledger
from vigie.runtime.models import WorkState


@transaction.atomic
def perform(run: ActionRun, *, now: datetime) -> bool:
    """Do what an action says and note that it is done, in one transaction; False where another worker took it over.

    Raises VigieError where it cannot be done, and PortError where it may be later, changing nothing.
    """
    held = ActionRun.objects.select_for_update(of=("self",)).filter(
        pk=run.pk, state=WorkState.RUNNING, claimed_until=run.claimed_until
    )
    if held.first() is None:
        return False
    actions.perform(run.action, run.options, queries.fired(run.firing_id))
    ActionRun.objects.filter(pk=run.pk).update(state=WorkState.DONE, done_at=now, claimed_until=None, reason="")
    return True


@transaction.atomic
def refuse(run: ActionRun, reason: str) -> None:
    """Note why an action cannot be done, unless another worker took it over."""
    ActionRun.objects.filter(pk=run.pk, state=WorkState.RUNNING, claimed_until=run.claimed_until).update(
        state=WorkState.FAILED, reason=reason[:300], claimed_until=None
    )


@transaction.atomic
def give_back_crashed(runs: Sequence[ActionRun], now: datetime, *, reason: str) -> None:
    """Let those of some claimed actions be tried again that are not over: a worker ends before its time."""
    left = ActionRun.objects.filter(pk__in=[run.pk for run in runs], claimed_until__in={r.claimed_until for r in runs})
    ledger.give_back(list(left), now, reason=reason)


@transaction.atomic
def give_up_lost(now: datetime) -> None:
    """Fail the actions on which every worker died."""
    ledger.give_back(list(ledger.lost(ActionRun.objects.all(), now)), now, reason=ledger.LOST)
