"""Who may read the rules, and who may change them."""

from vigie.people.models import Membership


def may_read_policy(membership: Membership) -> bool:
    """Return whether a member may read the rules and try a text on them: every member may, to know what judges."""
    return membership.pk is not None


def may_edit_policy(membership: Membership) -> bool:
    """Return whether a member may change the rules."""
    return membership.may("risk.edit_policy")
