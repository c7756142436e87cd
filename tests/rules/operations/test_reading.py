import pytest

from tests.factories import make_membership
from tests.rules.rows import make_rule
from vigie.governance.models import AuditEntry
from vigie.rules.operations import reading

pytestmark = pytest.mark.django_db


def test_a_preview_that_was_read_is_accounted_for() -> None:
    actor = make_membership()
    rule = make_rule(actor.workspace).rule

    reading.record_preview(rule, actor)
    reading.record_preview(None, actor)

    found = AuditEntry.objects.order_by("pk")
    assert list(found.values_list("verb", "object_type", "object_id")) == [
        ("rule.previewed", "rule", str(rule.pk)),
        ("rule.previewed", "rule", ""),
    ]


def test_a_log_that_was_read_is_accounted_for() -> None:
    actor = make_membership()

    reading.record_log(actor)

    [entry] = AuditEntry.objects.all()
    assert (entry.verb, entry.actor_id) == ("rule_log.read", actor.user_id)
