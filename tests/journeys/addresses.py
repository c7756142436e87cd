"""Every address of the site by its name in the URLconf: which of them are pages, and where they lie in the demo."""

from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver

WORKSPACE = "w/veille-estuaire/"
INSIDE = {
    "wall": f"{WORKSPACE}wall/",
    "lives": f"{WORKSPACE}lives/",
    "live": f"{WORKSPACE}lives/1/",
    "transcript": f"{WORKSPACE}lives/1/transcript/",
    "alerts": f"{WORKSPACE}alerts/",
    "alert": f"{WORKSPACE}alerts/1/",
    "rules": f"{WORKSPACE}rules/",
    "rule-new": f"{WORKSPACE}rules/new/",
    "rules-import": f"{WORKSPACE}rules/import/",
    "rules-log": f"{WORKSPACE}rules/log/",
    "clips": f"{WORKSPACE}clips/",
    "clip-settings": f"{WORKSPACE}clips/settings/",
    "obs": f"{WORKSPACE}obs/",
    "channels": f"{WORKSPACE}channels/",
    "channel": f"{WORKSPACE}channels/1/",
    "channel-add": f"{WORKSPACE}channels/add/",
    "policy": f"{WORKSPACE}policy/",
    "policy-edit": f"{WORKSPACE}policy/edit/",
    "policy-version": f"{WORKSPACE}policy/versions/1/",
    "connections": f"{WORKSPACE}connections/",
    "people": f"{WORKSPACE}people/",
    "workspace-settings": f"{WORKSPACE}settings/",
    "notices": f"{WORKSPACE}notices/",
    "notice-settings": f"{WORKSPACE}notices/settings/",
    "webhooks": f"{WORKSPACE}webhooks/",
    "api-keys": f"{WORKSPACE}settings/api-keys/",
    "audit": f"{WORKSPACE}audit/",
    "health": f"{WORKSPACE}health/",
    "api-docs": "api/v1/docs",
    "profile": "profile/",
    "workspace-add": "workspaces/add/",
    "account_change_password": "accounts/password/change/",
    "account_reauthenticate": "accounts/reauthenticate/",
    "account_logout": "accounts/logout/",
    "mfa_index": "accounts/second-factor/",
}
"""Pages of somebody who signed in."""
OUTSIDE = {
    "account_login": "accounts/login/",
    "account_signup": "accounts/signup/",
    "account_inactive": "accounts/inactive/",
    "account_reset_password": "accounts/password/reset/",
    "account_reset_password_done": "accounts/password/reset/done/",
    "account_reset_password_from_key_done": "accounts/password/reset/key/done/",
}
"""Pages of anybody."""
LINKS = frozenset({"setup", "invitation", "account_reset_password_from_key", "notices-unsubscribe", "shared-clip"})
"""Pages that take a link made for one person."""
MADE = frozenset({"webhook", "clip", "rule", "obs-instance"})
"""Pages of what a person makes first."""
SECOND_FACTOR = {
    "mfa_activate_totp": "accounts/second-factor/app/",
    "mfa_deactivate_totp": "accounts/second-factor/app/remove/",
    "mfa_view_recovery_codes": "accounts/second-factor/codes/",
    "mfa_generate_recovery_codes": "accounts/second-factor/codes/new/",
    "mfa_reauthenticate": "accounts/second-factor/reauthenticate/",
    "mfa_authenticate": "accounts/second-factor/authenticate/",
}
"""Pages that depend on whether somebody has a second factor."""
NO_PAGES = frozenset(
    {
        # lead elsewhere
        "home",
        "account_set_password",
        *("connection-connect", "connection-callback", "notice"),
        # parts of pages
        *("channels-rows", "channel-now", "channel-seen"),
        *("wall-tiles", "wall-counters", "wall-alerts", "wall-look"),
        *("lives-on-air", "live-head", "live-words", "live-facts", "live-alerts"),
        *("live-lanes", "live-table", "live-stretch", "live-chat", "chat-search", "chatter"),
        *("notices-bell", "notices-latest"),
        *("alert-news", "alert-moment", "alert-standing", "audit-verify", "policy-changes", "policy-try"),
        *("clips-news", "clip-standing", "clip-toast", "live-clips", "clip-name-preview", "clip-keeping-preview"),
        *("rule-sheet", "rule-new-sheet", "rule-preview", "rule-new-preview", "rules-log-line", "rules-log-lines"),
        *("obs-try", "obs-try-new"),
        # files
        *("rule-export", "rules-export"),
        *("clip-video", "clip-download", "clip-poster", "shared-video", "shared-poster"),
        *("live-thumbnail", "alert-audio", "alert-peaks", "stretch-sound", "chat-csv", "chat-jsonl"),
        *("transcript-text", "transcript-json", "mfa_download_recovery_codes"),
        # forms without a page of their own
        *("channel-look", "channel-watch", "channel-unwatch", "channel-remove", "utterance-retry", "policy-restore"),
        *("mark-place", "mark-remove", "chatter-reveal", "chatter-erase"),
        *("alert-decide", "alert-undo", "alert-note", "notice-read", "notices-read"),
        *("clips-change", "clips-undo", "clip-change", "clip-rename", "clip-keep", "clip-hold", "clip-again"),
        *("clip-remove", "clip-share", "clip-link-revoke", "clip-make"),
        *("rule-turn", "rule-remove", "rule-restore", "obs-remove", "api-key-revoke"),
        *("webhook-rotate", "webhook-try", "webhook-remove", "delivery-again"),
        *("connection-disconnect", "member-role", "member-remove", "invitation-renew", "invitation-revoke"),
    }
)


def names() -> set[str]:
    """Return the name of every address of ours; those without one answer machines."""
    return {pattern.name for pattern in _patterns(get_resolver().url_patterns) if pattern.name}


def _patterns(found: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for entry in found:
        if isinstance(entry, URLPattern):
            yield entry
        elif entry.namespace not in {"admin", "api"}:  # Django's own, and what answers programs
            yield from _patterns(entry.url_patterns)
