"""The administration shows rules and what they did, to be read, and nothing that was said."""

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.factories import make_workspace
from tests.rules.rows import chat, make_firing, make_rule, on_air
from vigie.rules.models import ActionRun, Tally

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models() if model._meta.app_label == "rules"]


@pytest.fixture(autouse=True)
def rows() -> None:
    """One row of each kind."""
    workspace = make_workspace()
    version, live = make_rule(workspace), on_air(workspace)
    chat(live, "secret words")
    firing = make_firing(version, live, trigger=f"chat:{live.messages.get().pk}")
    ActionRun.objects.create(firing=firing, position=0, action="mark")
    Tally.objects.create(live=live)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_row_can_be_looked_at_and_none_is_changed(operator: Client, model: type[Model]) -> None:
    row = model._meta.default_manager.get()  # type: ignore[union-attr] # every model has one
    name = f"admin:rules_{model._meta.model_name}"

    pages = [operator.get(reverse(f"{name}_changelist")), operator.get(reverse(f"{name}_change", args=[row.pk]))]

    assert [page.status_code for page in pages] == [200, 200]
    assert not any("secret words" in page.content.decode() for page in pages)
    assert operator.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
