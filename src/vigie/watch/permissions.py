"""Who may follow lives, and who may change what is watched."""

from vigie.people.models import Membership, User


def may_follow_lives(membership: Membership) -> bool:
    """Return whether a member may see channels, lives, their states and their gaps."""
    return membership.may("watch.follow_lives")


def may_manage_channels(membership: Membership) -> bool:
    """Return whether a member may add, change, watch and remove channels."""
    return may_follow_lives(membership) and membership.may("watch.manage_channels")


def may_read_chat(membership: Membership) -> bool:
    """Return whether a member may read what audiences write, where the team reads chats at all."""
    return membership.may("watch.read_chat")


def may_reveal_chatters(membership: Membership) -> bool:
    """Return whether a member may learn who a pseudonym is, and erase somebody's messages."""
    return may_read_chat(membership) and membership.may("watch.reveal_chatters")


def may_follow_chat(user: User, live_id: int) -> bool:
    """Return whether a person may follow the chat of a live: topic `chat:<id>`."""
    member = Membership.objects.filter(user=user, workspace__channels__lives=live_id).first()
    return member is not None and may_read_chat(member)


def may_follow_live(user: User, live_id: int) -> bool:
    """Return whether a person may follow what is pushed of a live: topic `live:<id>`."""
    member = Membership.objects.filter(user=user, workspace__channels__lives=live_id).first()
    return member is not None and may_follow_lives(member)


def may_follow_workspace(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow the lives of a workspace: topic `lives:<id>`."""
    member = Membership.objects.filter(user=user, workspace=workspace_id).first()
    return member is not None and may_follow_lives(member)
