"""Who may look at the audit log."""

from vigie.people.models import Membership


def may_read_audit(membership: Membership) -> bool:
    """Return whether this person may read and verify the audit log."""
    return membership.may("governance.read_audit")
