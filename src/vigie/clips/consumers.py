"""What is pushed to whoever looks at clips, topic `clips:<workspace>`, and at OBS, topic `obs:<workspace>`."""

from vigie.clips import archive
from vigie.clips.models import ClipState, ObsInstance
from vigie.clips.permissions import may_manage_obs, may_see_clips
from vigie.events import ClipChanged, ObsChanged
from vigie.people.models import Membership, User
from vigie.runtime.push import Fragment, is_followed, push


def may_follow_clips(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow the clips of a workspace."""
    member = _member(user, workspace_id)
    return member is not None and may_see_clips(member)


def may_follow_obs(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow the OBS of a workspace."""
    member = _member(user, workspace_id)
    return member is not None and may_manage_obs(member)


def _member(user: User, workspace_id: int) -> Membership | None:
    found = Membership.objects.filter(user=user, workspace=workspace_id)
    return found.select_related("workspace", "role").first()


def show_clip(event: ClipChanged) -> None:
    """Show a clip as it now stands, in its place; of a new one, only that there is one: nothing moves."""
    topic = f"clips:{event.workspace_id}"
    if not is_followed(topic):
        return
    for card in archive.cards_among([event.clip_id]):
        if event.state == ClipState.REQUESTED:
            push(topic, Fragment("clips-news", "append", "clips/_new.html", {"pk": event.clip_id}))
        push(topic, Fragment(f"clip-{event.clip_id}", "replace", "clips/_card.html", {"card": card}))
        push(topic, Fragment(f"standing-{event.clip_id}", "replace", "clips/_standing.html", {"card": card}))


def show_obs(event: ObsChanged) -> None:
    """Show how an OBS does, in its place."""
    topic = f"obs:{event.workspace_id}"
    if is_followed(topic) and (obs := ObsInstance.objects.filter(pk=event.obs_id).first()):
        push(topic, Fragment(f"obs-standing-{obs.pk}", "replace", "clips/_obs_standing.html", {"obs": obs}))
