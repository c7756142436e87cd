"""What people and programs can be told of, and by which ways. The words for it are `wording`'s business."""

from collections.abc import Mapping

LIVE_STARTED, LIVE_ENDED, LIVE_RESUMED = "live_started", "live_ended", "live_resumed"
ALERT_RAISED, RULE_ACTED, WEBHOOK_OFF = "alert_raised", "rule_acted", "webhook_off"

NEEDS: Mapping[str, str] = {
    LIVE_STARTED: "watch.follow_lives",
    LIVE_ENDED: "watch.follow_lives",
    LIVE_RESUMED: "watch.follow_lives",
    ALERT_RAISED: "moderation.see_alerts",
    RULE_ACTED: "rules.see_rules",
    WEBHOOK_OFF: "notifications.manage_webhooks",
}
"""Kind -> what a member must be allowed to be told of it, as `area.codename`; in the order of the forms."""

CORRECTS: Mapping[str, str] = {LIVE_RESUMED: LIVE_ENDED}
"""Kind -> what it takes back. Nobody asks for it by itself: it is told to those whom that has reached, the same way."""

BY_MAIL = frozenset({WEBHOOK_OFF})
"""What is told by e-mail too, unless a person asks for something else; everything is told in the page."""

TYPES: Mapping[str, str] = {
    LIVE_STARTED: "live.started",
    LIVE_ENDED: "live.ended",
    LIVE_RESUMED: "live.resumed",
    ALERT_RAISED: "alert.raised",
}
"""What webhooks can be sent, and what it is called in their payload."""
FOR_WEBHOOKS = [kind for kind in TYPES if kind not in CORRECTS]
"""What a webhook can ask for."""
UNWATCHED = "no longer watched"
"""Why a live ended for us that may still be on air."""
OF_RULES = "rule.acted"
"""What a webhook is sent when a rule names it, whatever else it is told."""
TEST = "test"
"""What a webhook is sent when somebody tries it."""
