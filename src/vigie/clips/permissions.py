"""Who may see, make and delete clips."""

from vigie.people.models import Membership


def may_see_clips(membership: Membership) -> bool:
    """Return whether a member may see and download clips."""
    return membership.may("clips.see_clips")


def may_make_clips(membership: Membership) -> bool:
    """Return whether a member may make clips, and name, tag and keep them."""
    return membership.may("clips.make_clips")


def may_delete_clips(membership: Membership) -> bool:
    """Return whether a member may delete, hold and share clips, and say how long they are kept."""
    return membership.may("clips.delete_clips")


def may_manage_obs(membership: Membership) -> bool:
    """Return whether a member may connect OBS, change and remove it."""
    return membership.may("clips.manage_obs")
