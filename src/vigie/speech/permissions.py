"""Who may read what was said, and who may hear it."""

from vigie.people.models import Membership, User


def may_read_transcripts(membership: Membership) -> bool:
    """Return whether a member may read what was said in lives."""
    return membership.may("watch.follow_lives") and membership.may("speech.read_transcripts")


def may_hear_audio(membership: Membership) -> bool:
    """Return whether a member may hear the sound of lives."""
    return membership.may("watch.follow_lives") and membership.may("speech.hear_audio")


def may_retry(membership: Membership) -> bool:
    """Return whether a member may have something transcribed again: those who hear may, those who only read may not."""
    return may_read_transcripts(membership) and may_hear_audio(membership)


def may_read_live(user: User, live_id: int) -> bool:
    """Return whether a person may follow the words of a live: topic `words:<id>`."""
    member = Membership.objects.filter(user=user, workspace__channels__lives=live_id).first()
    return member is not None and may_read_transcripts(member)


def may_read_workspace(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow the last words of every live of a workspace: topic `said:<id>`."""
    member = Membership.objects.filter(user=user, workspace=workspace_id).first()
    return member is not None and may_read_transcripts(member)
