import pytest

from tests.factories import make_membership
from vigie.governance.permissions import may_read_audit
from vigie.people.models import Role

pytestmark = pytest.mark.django_db


def test_auditors_and_administrators_read_the_audit_log() -> None:
    readers = [role for role in Role.values if may_read_audit(make_membership(role))]

    assert readers == ["administrator", "auditor"]
