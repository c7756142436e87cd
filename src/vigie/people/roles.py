"""Which role may do what. The table is what a role starts with; a team may edit the groups made from it."""

from collections.abc import Collection, Mapping

ANALYST = "analyst"
MODERATOR = "moderator"
SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
AUDITOR = "auditor"
API_CLIENT = "api_client"

_READING = frozenset(
    {
        "watch.follow_lives",
        "watch.read_chat",
        "speech.read_transcripts",
        "moderation.see_alerts",
        "rules.see_rules",
        "clips.see_clips",
    }
)
_DECIDING = _READING | {"speech.hear_audio", "moderation.decide_alerts", "rules.edit_rules", "clips.make_clips"}
_LEADING = _DECIDING | {
    "watch.manage_channels",
    "watch.reveal_chatters",
    "risk.edit_policy",
    "people.manage_connections",
    "rules.publish_rules",
    "clips.delete_clips",
    "clips.manage_obs",
}

CORE = frozenset({"watch", "speech", "risk", "people", "governance", "notifications"})
"""Areas that no workspace can do without; the others are modules (`people.presets`)."""
_OF_MODULES = {"watch.read_chat": "chat", "watch.reveal_chatters": "chat"}
"""Permissions of areas that no workspace can do without, for what it may do without."""
MANAGING = frozenset({"people.manage_people", "people.manage_workspace"})
"""What makes somebody an administrator, whatever the role is called."""
CONTENT = frozenset(
    {
        "watch.read_chat",
        "watch.reveal_chatters",
        "speech.read_transcripts",
        "speech.hear_audio",
        "moderation.see_alerts",
        "moderation.decide_alerts",
        "clips.see_clips",
        "clips.make_clips",
    }
)
"""What people said, and what was decided about it."""

PERMISSIONS: Mapping[str, frozenset[str]] = {
    ANALYST: _READING,
    MODERATOR: _DECIDING,
    SUPERVISOR: _LEADING,
    ADMINISTRATOR: _LEADING | MANAGING | {"governance.read_audit", "notifications.manage_webhooks"},
    AUDITOR: _READING | {"governance.read_audit"},
    API_CLIENT: _READING,
}
"""Role -> permissions, as `area.codename`; the least powerful role first."""


def in_force(granted: Collection[str], *, modules: Collection[str], separate_duties: bool) -> frozenset[str]:
    """Return which of the permissions of a role hold in a workspace.

    A module that is switched off takes its permissions along. Where duties are separated, whoever manages the
    workspace does not read its content.
    """
    held = {permission for permission in granted if _is_on(permission, modules)}
    if separate_duties and MANAGING & held:
        held -= CONTENT
    return frozenset(held)


def _is_on(permission: str, modules: Collection[str]) -> bool:
    area = _OF_MODULES.get(permission) or permission.partition(".")[0]
    return area in modules or area in CORE
