import json

import pytest
from django.db import transaction

from tests.factories import make_user, make_workspace
from vigie.governance.models import AuditEntry
from vigie.people.operations.telling import tell

pytestmark = pytest.mark.django_db


def test_an_act_is_told_with_its_object_and_what_it_was_about() -> None:
    user, workspace = make_user(), make_workspace()

    with transaction.atomic():
        tell(user, "workspace.changed", workspace, workspace=workspace, name=["a", "b"])

    entry = AuditEntry.objects.get()
    assert (entry.chain.workspace, entry.actor_id, entry.verb, entry.object_type, entry.object_id) == (
        workspace,
        user.pk,
        "workspace.changed",
        "workspace",
        str(workspace.pk),
    )
    assert json.loads(entry.payload.body) == {"name": ["a", "b"]}


def test_vigie_itself_acts_on_the_installation() -> None:
    with transaction.atomic():
        tell(None, "setup_link.made", make_workspace())

    entry = AuditEntry.objects.get()
    assert (entry.chain.workspace, entry.actor_id) == (None, None)
