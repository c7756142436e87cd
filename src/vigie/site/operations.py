"""What pages that span areas must account for."""

from collections.abc import Sequence

from django.db import transaction

from vigie.events import Acted
from vigie.people.models import Membership
from vigie.runtime import bus
from vigie.watch.models import Live


@transaction.atomic
def record_reading(live: Live, actor: Membership, verb: str = "transcript.read") -> None:
    """Account for somebody reading, or taking away, what was said in a live, in its chat, or in its alerts alone."""
    bus.publish(Acted(actor.workspace_id, actor.user_id, verb, "live", str(live.pk)))


@transaction.atomic
def record_hearing(live: Live, actor: Membership, from_s: float, to_s: float) -> None:
    """Account for somebody hearing a stretch of a live."""
    stretch = {"from_s": from_s, "to_s": to_s}
    bus.publish(Acted(actor.workspace_id, actor.user_id, "live.heard", "live", str(live.pk), stretch))


@transaction.atomic
def record_list(actor: Membership, lives: Sequence[int]) -> None:
    """Account for somebody reading the last words of what is on air; `lives` were so when the list was opened."""
    bus.publish(Acted(actor.workspace_id, actor.user_id, "lives.read", payload={"lives": list(lives)}))
