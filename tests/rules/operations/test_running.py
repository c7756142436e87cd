"""Actions are done once, or say why not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils.translation import gettext_lazy
from pydantic import Field

from tests.factories import NOW, make_workspace
from tests.rules.rows import make_firing, make_rule, on_air
from vigie.rules import actions, operations
from vigie.rules.actions import ActionKind, Fired
from vigie.rules.conditions import Value
from vigie.rules.models import ActionRun
from vigie.runtime import ledger
from vigie.runtime.models import WorkState
from vigie.watch.models import Live, LiveMark

pytestmark = pytest.mark.django_db


class Crash(Exception):
    """A fault of ours."""


class Options(Value):
    label: str = Field("", max_length=10)


class Acts:
    """An action of the tests, and what came of it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.trouble: list[Exception] = []

    def perform(self, fired: Fired, options: Options) -> None:
        self.done.append((fired.firing.trigger, options.label))
        if self.trouble:
            LiveMark.objects.create(live=fired.firing.live, from_s=0, to_s=0, placed_at=NOW)
            raise self.trouble.pop(0)


@pytest.fixture
def acts() -> Iterator[Acts]:
    done = Acts()
    actions.register(ActionKind("test", gettext_lazy("test"), done.perform, Options))
    actions.register(ActionKind("of_alerts", gettext_lazy("test"), done.perform, Options, "moderation"))
    yield done
    actions._kinds.pop("test")
    actions._kinds.pop("of_alerts")


@pytest.fixture
def live() -> Live:
    return on_air(make_workspace())


def make_run(live: Live, action: str = "test", **fields: object) -> ActionRun:
    firing = make_firing(make_rule(live.channel.workspace), live)
    return ActionRun.objects.create(firing=firing, position=0, action=action, **fields)


def stands() -> list[tuple[str, str]]:
    return list(ActionRun.objects.order_by("pk").values_list("state", "reason"))


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
