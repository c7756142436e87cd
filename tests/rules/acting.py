"""An action of the tests, and runs of it."""

from pydantic import Field

from tests.factories import NOW
from tests.rules.rows import make_firing, make_rule
from vigie.rules.actions import Fired
from vigie.rules.conditions import Value
from vigie.rules.models import ActionRun
from vigie.watch.models import Live, LiveMark


class Crash(Exception):
    """A fault of ours."""


class Options(Value):
    label: str = Field("", max_length=10)


class Acts:
    """What the action did, and the trouble that it is to have."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.trouble: list[Exception] = []

    def perform(self, fired: Fired, options: Options) -> None:
        self.done.append((fired.firing.trigger, options.label))
        if self.trouble:
            LiveMark.objects.create(live=fired.firing.live, from_s=0, to_s=0, placed_at=NOW)
            raise self.trouble.pop(0)


def make_run(live: Live, action: str = "test", **fields: object) -> ActionRun:
    firing = make_firing(make_rule(live.channel.workspace), live)
    return ActionRun.objects.create(firing=firing, position=0, action=action, **fields)


def stands() -> list[tuple[str, str]]:
    """Return the state of every run, and its reason."""
    return list(ActionRun.objects.order_by("pk").values_list("state", "reason"))
