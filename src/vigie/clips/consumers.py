"""What is pushed to whoever looks at clips: topic `clips:<workspace>`."""

from vigie.clips import archive
from vigie.clips.models import ClipState
from vigie.clips.permissions import may_see_clips
from vigie.events import ClipChanged
from vigie.people.models import Membership, User
from vigie.runtime.push import Fragment, is_followed, push


def may_follow_clips(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow the clips of a workspace."""
    member = Membership.objects.filter(user=user, workspace=workspace_id).select_related("workspace", "role").first()
    return member is not None and may_see_clips(member)


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
