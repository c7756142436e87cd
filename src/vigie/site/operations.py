"""What pages that span areas must account for."""

from django.db import transaction

from vigie.events import Acted
from vigie.people.models import Membership
from vigie.runtime import bus
from vigie.watch.models import Live


@transaction.atomic
def record_reading(live: Live, actor: Membership, verb: str = "transcript.read") -> None:
    """Account for somebody reading, or taking away, what was said in a live."""
    bus.publish(Acted(actor.workspace_id, actor.user_id, verb, "live", str(live.pk)))
