"""Several workers and people at the same moment: a workspace has one policy in force."""

from functools import partial

import pytest

from tests.at_once import at_once
from tests.factories import NOW, make_workspace
from tests.risk.policies import make_policy
from vigie.risk import operations
from vigie.risk.models import Policy

pytestmark = pytest.mark.django_db(transaction=True)


def test_those_who_look_first_at_the_same_moment_get_the_same_rules() -> None:
    workspace = make_workspace()
    look = partial(operations.ensure_policy, workspace, NOW)

    assert at_once(look, look, look, look) == ["done"] * 4
    assert list(Policy.objects.values_list("version", flat=True)) == [1]


def test_an_update_makes_one_version_of_rules_that_nobody_edited() -> None:
    former = make_policy(make_workspace())
    Policy.objects.update(is_shipped=True)
    look = partial(operations.ensure_policy, former.workspace, NOW)

    assert at_once(look, look, look, look) == ["done"] * 4
    assert list(Policy.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
