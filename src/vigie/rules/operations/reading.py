"""Readings that the pages of rules must account for: what people wrote and said stands in them."""

from django.db import transaction

from vigie.events import Acted
from vigie.people.models import Membership
from vigie.rules.models import Rule
from vigie.runtime import bus


@transaction.atomic
def record_preview(rule: Rule | None, actor: Membership) -> None:
    """Account for somebody reading in what a rule, or one that is not saved yet, would have acted on."""
    bus.publish(Acted(actor.workspace_id, actor.user_id, "rule.previewed", "rule", str(rule.pk) if rule else ""))


@transaction.atomic
def record_log(actor: Membership) -> None:
    """Account for somebody reading in what the rules of a workspace acted on."""
    bus.publish(Acted(actor.workspace_id, actor.user_id, "rule_log.read"))
