"""The action `mark`: the moment is put on the time line of its live."""

from pydantic import Field

from vigie.rules.actions import Fired
from vigie.rules.conditions import Value
from vigie.runtime import clock
from vigie.watch import operations
from vigie.watch.timeline import Hole


class MarkOptions(Value):
    """What a mark is called."""

    label: str = Field("", max_length=120)
    """Empty: as the rule."""


def place_mark(fired: Fired, options: MarkOptions) -> None:
    """Mark the stretch from where it began to what made the rule act."""
    firing = fired.firing
    stretch = Hole(max(0.0, firing.since_s), max(firing.at_s, firing.since_s, 0.0))
    operations.mark_for_rule(firing.live, stretch, options.label or fired.rule.name, now=clock.now())
