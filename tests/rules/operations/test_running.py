"""Actions are done once, or say why not."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.rules.acting import Acts, make_run, stands
from vigie.rules import operations
from vigie.rules.models import ActionRun
from vigie.runtime import ledger
from vigie.runtime.models import WorkState
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


def test_an_action_that_another_worker_took_over_is_not_done(acts: Acts, live: Live) -> None:
    run = make_run(live)
    [taken] = ledger.claim(ActionRun.objects.all(), NOW, hold_s=60, limit=1)
    [again] = ledger.claim(ActionRun.objects.all(), NOW + timedelta(seconds=61), hold_s=60, limit=1)

    assert not operations.perform(taken, now=NOW)
    operations.refuse(taken, "too late")
    operations.give_back_crashed([taken], NOW, reason="too late")
    assert (acts.done, stands()) == ([], [(WorkState.RUNNING, "")])

    assert operations.perform(again, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.done_at) == (WorkState.DONE, NOW)
