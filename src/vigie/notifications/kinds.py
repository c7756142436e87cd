"""What people and programs can be told of, and by which ways. The words for it are `wording`'s business."""

from collections.abc import Mapping

LIVE_STARTED, LIVE_ENDED, ALERT_RAISED, WEBHOOK_OFF = "live_started", "live_ended", "alert_raised", "webhook_off"

NEEDS: Mapping[str, str] = {
    LIVE_STARTED: "watch.follow_lives",
    LIVE_ENDED: "watch.follow_lives",
    ALERT_RAISED: "moderation.see_alerts",
    WEBHOOK_OFF: "notifications.manage_webhooks",
}
"""Kind -> what a member must be allowed to be told of it, as `area.codename`; in the order of the forms."""

BY_MAIL = frozenset({WEBHOOK_OFF})
"""What is told by e-mail too, unless a person asks for something else; everything is told in the page."""

TYPES: Mapping[str, str] = {
    LIVE_STARTED: "live.started",
    LIVE_ENDED: "live.ended",
    ALERT_RAISED: "alert.raised",
}
"""What webhooks can be sent, and what it is called in their payload."""
UNWATCHED = "no longer watched"
"""Why a live ended for us that may still be on air."""
TEST = "test"
"""What a webhook is sent when somebody tries it."""
