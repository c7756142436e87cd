"""Who may see alerts, hear their sound, decide them."""

from vigie.people.models import Membership


def may_see_alerts(membership: Membership) -> bool:
    """Return whether a member may see alerts, and what was said in them."""
    return membership.may("moderation.see_alerts")


def may_read_around(membership: Membership) -> bool:
    """Return whether a member may read what was said around an alert, too."""
    return may_see_alerts(membership) and membership.may("speech.read_transcripts")


def may_hear_alerts(membership: Membership) -> bool:
    """Return whether a member may hear the sound of an alert."""
    return may_see_alerts(membership) and membership.may("speech.hear_audio")


def may_decide_alerts(membership: Membership) -> bool:
    """Return whether a member may decide alerts and write notes."""
    return may_see_alerts(membership) and membership.may("moderation.decide_alerts")
