"""The engine's rows in the administration: all can be looked at and removed, no key is shown or typed."""

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.factories import NOW
from vigie.runtime.models import Breaker, Bucket, Lease, StoredKey, Traffic

pytestmark = pytest.mark.django_db

MODELS = [model for model in apps.get_models() if model._meta.app_label == "runtime"]


@pytest.fixture(autouse=True)
def rows() -> None:
    """One of each kind."""
    StoredKey.objects.get_or_create(name="fingerprints", defaults={"sealed": "gAAAA"})
    Lease.objects.create(resource="live:1", owner="a", token=3, expires_at=NOW, due_at=NOW)
    Bucket.objects.create(key="twitch", tokens=7.25, refilled_at=NOW)
    Breaker.objects.create(key="tiktok", failures=4, opened_until=NOW)
    Traffic.objects.create(key="twitch", hour=NOW, requests=12, failures=1)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_row_can_be_looked_at_and_none_shows_a_key(operator: Client, model: type[Model]) -> None:
    row = model._meta.default_manager.get()  # type: ignore[union-attr] # every model has one
    name = f"admin:runtime_{model._meta.model_name}"

    shown = [operator.get(reverse(f"{name}_changelist")), operator.get(reverse(f"{name}_change", args=[row.pk]))]

    assert [page.status_code for page in shown] == [200, 200]
    assert all(escape(str(row)) in page.content.decode() for page in shown)
    assert all("gAAAA" not in page.content.decode() for page in shown)


def test_nobody_types_a_key(operator: Client) -> None:
    sealed = StoredKey.objects.get().sealed

    added = operator.post(reverse("admin:runtime_storedkey_add"), {"name": "mine", "sealed": "mine"})
    operator.post(reverse("admin:runtime_storedkey_change", args=["fingerprints"]), {"name": "mine", "sealed": "mine"})

    assert added.status_code == 403
    assert [(key.name, key.sealed) for key in StoredKey.objects.all()] == [("fingerprints", sealed)]


def test_a_key_can_be_removed_so_that_another_is_made(operator: Client) -> None:
    operator.post(reverse("admin:runtime_storedkey_delete", args=["fingerprints"]), {"post": "yes"})

    assert not StoredKey.objects.exists()
