"""The administration shows nobody what was said or decided."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from tests.factories import make_alert, make_assessment, make_decision, make_utterance
from vigie.moderation.models import AlertState, Note
from vigie.risk.models import Assessment

pytestmark = pytest.mark.django_db

SAID, NOTED = "Il faut les jeter dehors.", "Signalé au parquet."
MODELS = [
    model
    for model in apps.get_models()
    if model._meta.app_label in {"watch", "speech", "risk", "moderation"} and model._meta.model_name != "policy"
]


def a_decided_alert() -> Assessment:
    spans: list[object] = [[8, 18, "exclusion"]]
    assessment = make_assessment(make_utterance(text=SAID), target="voisins", stance="asserts", spans=spans)
    alert = make_alert(assessment)
    decision = make_decision(alert, state=AlertState.ACTION_TAKEN, category="harassment")
    Note.objects.create(
        alert=alert, text=NOTED, author=decision.decided_by, alias="M-07", written_at=decision.decided_at
    )
    return assessment


@pytest.mark.usefixtures("operator")
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_was_said_and_decided_is_on_no_page(model: type, client: Client) -> None:
    a_decided_alert()
    meta = model._meta  # type: ignore[attr-defined]
    name = f"admin:{meta.app_label}_{meta.model_name}"
    row = meta.default_manager.first()

    pages = [reverse(f"{name}_changelist"), *([reverse(f"{name}_change", args=[row.pk])] if row else [])]

    for address in pages:
        response = client.get(address)
        assert response.status_code == 200
        page = response.content.decode()
        for word in (SAID, NOTED, "exclusion", "voisins", "asserts", "ction taken", "arassment"):
            assert word not in page, (address, word)
