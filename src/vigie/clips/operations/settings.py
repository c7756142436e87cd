"""How a workspace makes and keeps clips."""

from dataclasses import asdict, dataclass

from django.db import transaction

from vigie.clips.filenames import Template
from vigie.clips.keeping import Keeping
from vigie.clips.models import ClipSettings
from vigie.events import Acted
from vigie.people.models import Membership
from vigie.runtime import bus


@dataclass(frozen=True, slots=True)
class Habits:
    """What a person says of it."""

    template: str
    before_s: int
    after_s: int
    keeping: Keeping


@transaction.atomic
def save_settings(habits: Habits, *, actor: Membership) -> ClipSettings:
    """Return how a workspace makes and keeps clips from now on; what is too old goes soon. Raises BadTemplate."""
    Template.parse(habits.template)
    values = {
        "template": habits.template,
        "before_s": habits.before_s,
        "after_s": habits.after_s,
        "keep_days": habits.keeping.days,
        "keep_gigabytes": habits.keeping.gigabytes,
        "tidied_at": None,
    }
    saved, _ = ClipSettings.objects.update_or_create(workspace_id=actor.workspace_id, defaults=values)
    bus.publish(Acted(actor.workspace_id, actor.user_id, "clip_settings.saved", payload=asdict(habits)))
    return saved
