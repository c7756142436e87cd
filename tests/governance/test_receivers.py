import pytest
from django.db import transaction

from tests.factories import make_workspace
from vigie.events import Acted
from vigie.governance.models import AuditEntry
from vigie.runtime import bus

pytestmark = pytest.mark.django_db


def test_an_act_is_recorded_in_the_transaction_in_which_it_happens() -> None:
    workspace = make_workspace()

    with transaction.atomic():
        bus.publish(Acted(workspace.pk, None, "workspace.renamed"))
        assert AuditEntry.objects.filter(verb="workspace.renamed").exists()


def test_an_act_that_is_undone_leaves_no_entry() -> None:
    workspace = make_workspace()

    with transaction.atomic():
        bus.publish(Acted(workspace.pk, None, "workspace.renamed"))
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()
