from collections.abc import Iterator

import pytest
from django.utils.translation import gettext_lazy

from tests.factories import make_workspace
from tests.rules.acting import Acts, Options
from tests.rules.rows import on_air
from vigie.rules import actions
from vigie.rules.actions import ActionKind
from vigie.watch.models import Live


@pytest.fixture
def acts() -> Iterator[Acts]:
    """Rules can do `test`, and where alerts are in use `of_alerts`."""
    done = Acts()
    actions.register(ActionKind("test", gettext_lazy("test"), done.perform, Options))
    actions.register(ActionKind("of_alerts", gettext_lazy("test"), done.perform, Options, "moderation"))
    yield done
    actions._kinds.pop("test")
    actions._kinds.pop("of_alerts")


@pytest.fixture
def live() -> Live:
    return on_air(make_workspace())
