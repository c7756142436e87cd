"""The administration shows what was told to whom; no secret, and nothing that a receiver answered."""

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.notifications.rows import SECRET, make_delivery, make_mail, make_notice, make_webhook, wants
from vigie.notifications.models import Webhook
from vigie.people.models import Membership
from vigie.runtime.sealing import seal

pytestmark = pytest.mark.django_db

MODELS = [
    model for model in apps.get_models() if model._meta.app_label == "notifications" and not model._meta.auto_created
]
ANSWER = "The database is on fire."


@pytest.fixture
def webhook(member: Membership) -> Webhook:
    """A webhook of a workspace in which something of each kind happened."""
    notice = make_notice(member)
    make_mail(member, notice.happening)
    wants(member)
    webhook = make_webhook(member.workspace)
    webhook.former_secret = seal(SECRET)
    webhook.save()
    make_delivery(webhook, happening=notice.happening, status=500, response=ANSWER)
    return webhook


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_row_can_be_looked_at_and_none_tells_a_secret(
    webhook: Webhook, operator: Client, model: type[Model]
) -> None:
    row = model._meta.default_manager.get()  # type: ignore[union-attr] # every model has one
    name = f"admin:notifications_{model._meta.model_name}"

    pages = [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])]
    shown = [operator.get(page) for page in pages]

    assert [page.status_code for page in shown] == [200, 200]
    for hidden in (SECRET, webhook.url, webhook.sealed_secret, webhook.former_secret, ANSWER):
        assert all(hidden not in page.content.decode() for page in shown)
    assert operator.post(pages[1], {}).status_code == 403
