"""What each kind of workspace starts with, and what it may never have."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

MODERATION, CHAT, AUDIENCE, RULES, CLIPS, PUBLISHING = (
    "moderation",
    "chat",
    "audience",
    "rules",
    "clips",
    "publishing",
)
MODULES = (MODERATION, CHAT, AUDIENCE, RULES, CLIPS, PUBLISHING)
"""Parts of the product that a workspace may do without, in the order of the menu."""
SHIPPED = frozenset({MODERATION, CHAT, RULES, CLIPS})
"""Those that this version contains."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a kind of workspace is like."""

    allowed: frozenset[str]
    default: frozenset[str]
    separates_duties: bool = False
    """Whoever manages the workspace does not read its content."""
    pseudonymises: bool = False
    """Chatters go by a pseudonym; who they are is sealed."""


_ALL = frozenset(MODULES)

PRESETS: Mapping[str, Preset] = {
    # No publishing from the identity that watches (decree 2024-1274); chat only where a purpose calls for it.
    "public_body": Preset(
        _ALL - {PUBLISHING}, frozenset({MODERATION, RULES}), separates_duties=True, pseudonymises=True
    ),
    "channel_moderation": Preset(_ALL, frozenset({MODERATION, CHAT, AUDIENCE, RULES, CLIPS})),
    "creator": Preset(_ALL, frozenset({MODERATION, CHAT, RULES, CLIPS})),
    "communications": Preset(_ALL, frozenset({MODERATION, RULES, CLIPS, PUBLISHING})),
}


def default_modules(preset: str) -> list[str]:
    """Return the modules a new workspace has, in the order of the menu."""
    return ordered(PRESETS[preset].default)


def allowed_modules(preset: str) -> list[str]:
    """Return the modules a workspace may have, in the order of the menu."""
    return ordered(PRESETS[preset].allowed)


def reachable(preset: str) -> list[str]:
    """Return what a workspace may become, itself included: whom separated duties bind does not lift them."""
    return [other for other, kind in PRESETS.items() if kind.separates_duties or not PRESETS[preset].separates_duties]


def ordered(modules: Collection[str]) -> list[str]:
    """Return the modules known here among those given, in the order of the menu."""
    return [module for module in MODULES if module in modules]
