"""Who is told, who sets up webhooks."""

from vigie.people.models import Membership, User


def may_be_told(membership: Membership) -> bool:
    """Return whether a member may be told of what happens in the workspace."""
    return membership.may("watch.follow_lives")


def may_manage_webhooks(membership: Membership) -> bool:
    """Return whether a member may add, change, try and remove webhooks, and read what they were sent."""
    return membership.may("notifications.manage_webhooks")


def may_follow_notices(user: User, member_id: int) -> bool:
    """Return whether a person may follow what is pushed to a member: oneself only. Topic `notices:<membership>`."""
    return Membership.objects.filter(user=user, pk=member_id).exists()
