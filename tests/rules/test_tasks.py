"""What is due is done; what cannot be says why, and holds up no other."""

from datetime import timedelta

import pytest

from tests.at_once import at_once
from tests.factories import NOW, make_workspace
from tests.rules.acting import Acts, Crash, make_run, stands
from tests.rules.rows import chat, look, make_rule, on_air, spec
from vigie.errors import VigieError
from vigie.ports import PortError
from vigie.rules import tasks
from vigie.rules.actions import BadAction
from vigie.rules.models import ActionRun, Mode, RuleVersion
from vigie.runtime import clock, ledger
from vigie.runtime.models import WorkState
from vigie.watch.models import Live, LiveMark

pytestmark = pytest.mark.django_db


def test_what_is_due_is_done_once_in_order(acts: Acts, live: Live) -> None:
    for label in ("a", "b"):
        make_run(live, options={"label": label})
    assert tasks.is_due(NOW)

    for _ in range(2):
        tasks.act_due()

    assert [label for _, label in acts.done] == ["a", "b"]
    assert stands() == [(WorkState.DONE, "")] * 2
    assert not tasks.is_due(clock.now())
    assert all(run.done_at for run in ActionRun.objects.all())


def test_a_rule_marks_the_moment(live: Live) -> None:
    make_rule(live.channel.workspace, spec(quorum={"users": 2, "within": "30 s"}, then=["mark"]))
    chat(live, "clip", by=1, at_s=10)
    chat(live, "clip", by=2, at_s=20)
    look()

    tasks.act_due()

    mark = LiveMark.objects.get()
    assert (mark.kind, mark.from_s, mark.to_s, mark.label) == ("rule", 10.0, 20.0, "Clip it")


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (VigieError("There is no OBS."), "There is no OBS."),
        (PortError("It is forbidden.", permanent=True), "It is forbidden."),
        (BadAction("x" * 500), "x" * 300),
    ],
)
def test_what_cannot_be_done_says_why_and_holds_up_no_other(
    acts: Acts, live: Live, trouble: Exception, reason: str
) -> None:
    acts.trouble = [trouble]
    make_run(live)
    make_run(live)

    tasks.act_due()

    assert stands() == [(WorkState.FAILED, reason), (WorkState.DONE, "")]
    assert not LiveMark.objects.exists()


def test_what_may_be_done_later_is_tried_again(acts: Acts, live: Live) -> None:
    acts.trouble = [PortError("It is busy.", retry_after_s=30)]
    make_run(live)

    tasks.act_due()

    run = ActionRun.objects.get()
    assert (run.state, run.reason) == (WorkState.PENDING, "It is busy.")
    assert run.not_before is not None
    assert run.not_before > clock.now() + timedelta(seconds=20)


def test_what_crashes_is_tried_again_and_holds_up_no_other(acts: Acts, live: Live) -> None:
    acts.trouble = [Crash()]
    for _ in range(2):
        make_run(live)

    with pytest.raises(Crash):
        tasks.act_due()
    assert stands() == [(WorkState.PENDING, tasks.CRASHED)] * 2
    assert not LiveMark.objects.exists()
    ActionRun.objects.update(not_before=NOW)
    tasks.act_due()

    assert [state for state, _ in stands()] == [WorkState.DONE] * 2


def test_what_every_worker_died_on_fails(acts: Acts, live: Live) -> None:
    make_run(live, state=WorkState.RUNNING, attempts=ledger.MAX_ATTEMPTS, claimed_until=NOW)

    tasks.act_due()

    assert (stands(), acts.done) == ([(WorkState.FAILED, ledger.LOST)], [])


@pytest.mark.parametrize("options", [{"label": "x" * 11}, {"unheard": "of"}])
def test_options_that_cannot_be_read_are_told(acts: Acts, live: Live, options: dict[str, str]) -> None:
    make_run(live, options=options)

    tasks.act_due()

    [(state, reason)] = stands()
    assert (state, acts.done) == (WorkState.FAILED, [])
    assert reason.startswith("test")


@pytest.mark.parametrize("mode", [Mode.PAUSED, Mode.FORMER])
def test_what_a_rule_set_going_is_done_though_it_rests_by_then(acts: Acts, live: Live, mode: Mode) -> None:
    """The moment was worth it when it happened, and cannot be saved later."""
    make_run(live)
    RuleVersion.objects.update(mode=mode)

    tasks.act_due()

    assert stands() == [(WorkState.DONE, "")]


def test_an_action_that_is_no_more_is_told(live: Live) -> None:
    make_run(live, action="gone")

    tasks.act_due()

    [(state, reason)] = stands()
    assert (state, reason.partition(";")[0]) == (WorkState.FAILED, "“gone” is no action")


def test_an_action_of_what_is_switched_off_is_told(acts: Acts, live: Live) -> None:
    make_run(live, action="of_alerts")
    tasks.act_due()
    live.channel.workspace.modules = ["rules"]
    live.channel.workspace.save()
    make_run(live, action="of_alerts")

    tasks.act_due()

    reason = "“of_alerts” needs what this workspace has switched off: moderation."
    assert stands() == [(WorkState.DONE, ""), (WorkState.FAILED, reason)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_an_action_once(acts: Acts) -> None:
    live = on_air(make_workspace())
    for _ in range(5):
        make_run(live)

    at_once(tasks.act_due, tasks.act_due)

    assert (len(acts.done), {state for state, _ in stands()}) == (5, {WorkState.DONE})
