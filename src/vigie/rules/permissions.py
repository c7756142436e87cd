"""Who may do what with rules."""

from vigie.people.models import Membership, User
from vigie.speech.permissions import may_read_transcripts
from vigie.watch.permissions import may_read_chat


def may_see_rules(membership: Membership) -> bool:
    """Return whether a member may see rules and what they did."""
    return membership.may("rules.see_rules")


def may_edit_rules(membership: Membership) -> bool:
    """Return whether a member may write rules, run them on what was recorded, and put them on trial."""
    return membership.may("rules.edit_rules")


def may_publish_rules(membership: Membership) -> bool:
    """Return whether a member may put rules in force and to rest, remove them and bring them back."""
    return membership.may("rules.publish_rules")


def may_read_texts(membership: Membership) -> bool:
    """Return whether a member may read anything of what people wrote or said, on which rules act."""
    return may_read_chat(membership) or may_read_transcripts(membership)


def may_follow_rules(user: User, workspace_id: int) -> bool:
    """Return whether a person may follow what the rules of a workspace do: topic `rules:<id>`."""
    member = Membership.objects.filter(user=user, workspace=workspace_id).select_related("workspace", "role").first()
    return member is not None and may_see_rules(member)


def may_turn_rules(membership: Membership, wanted: str) -> bool:
    """Return whether a member may turn a rule so: whoever writes rules tries them, putting in force is for others."""
    return may_edit_rules(membership) and (wanted in {"trial", "end_trial"} or may_publish_rules(membership))
