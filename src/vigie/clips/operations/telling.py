"""How every change of a clip becomes known: to open pages and to whoever waits for it, and to the audit log."""

from vigie.clips.models import Clip
from vigie.events import Acted, ClipChanged
from vigie.people.models import Membership
from vigie.runtime import bus


def tell(clip: Clip) -> None:
    """Let everyone concerned look at a clip anew."""
    bus.publish(ClipChanged(clip.workspace_id, clip.live_id, clip.pk, clip.state))


def account(clip: Clip, actor: Membership | None, verb: str, **payload: object) -> None:
    """Account for what was done with a clip; no name of a file is said, since it may name a chatter."""
    actor_id = actor.user_id if actor else None
    bus.publish(Acted(clip.workspace_id, actor_id, verb, "clip", str(clip.pk), payload))
