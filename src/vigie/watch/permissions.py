"""Who may follow lives, and who may change what is watched."""

from vigie.people.models import Membership, User


def may_follow_lives(membership: Membership) -> bool:
    """Return whether a member may see channels, lives, their states and their gaps."""
    return membership.may("watch.follow_lives")


def may_manage_channels(membership: Membership) -> bool:
    """Return whether a member may add, change, watch and remove channels."""
    return may_follow_lives(membership) and membership.may("watch.manage_channels")


def may_follow_live(user: User, live_id: int) -> bool:
    """Return whether a person may follow what is pushed of a live: topic `live:<id>`."""
    member = Membership.objects.filter(user=user, workspace__channels__lives=live_id).first()
    return member is not None and may_follow_lives(member)


def may_follow_workspace(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow the lives of a workspace: topic `lives:<id>`."""
    member = Membership.objects.filter(user=user, workspace=workspace_id).first()
    return member is not None and may_follow_lives(member)
