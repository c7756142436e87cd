"""Who may do what with rules."""

from vigie.people.models import Membership


def may_see_rules(membership: Membership) -> bool:
    """Return whether a member may see rules and what they did."""
    return membership.may("rules.see_rules")


def may_edit_rules(membership: Membership) -> bool:
    """Return whether a member may write rules, run them on what was recorded, and put them on trial."""
    return membership.may("rules.edit_rules")


def may_publish_rules(membership: Membership) -> bool:
    """Return whether a member may put rules in force and to rest, remove them and bring them back."""
    return membership.may("rules.publish_rules")
