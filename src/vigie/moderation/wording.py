"""How alerts are spoken of on screen."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.moderation import states
from vigie.moderation.models import AlertState
from vigie.moderation.ordering import Reason
from vigie.rules.kinds import When
from vigie.runtime.models import WorkState

VIEWS: Mapping[str, Promise] = {
    "to-review": _("to review"),
    "high": _("high severity"),
    "mine": _("decided by me"),
    "decided": _("decided"),
}
REASONS: Mapping[str, Promise] = {
    Reason.HIGH_SEVERITY: _("high severity"),
    Reason.MEDIUM_SEVERITY: _("medium severity"),
    Reason.LOW_SEVERITY: _("low severity"),
    Reason.ON_AIR: _("live on air"),
    Reason.ENDED: _("live ended"),
    Reason.SAME_LIVE: _("same live as the one above"),
    Reason.FAR_REACH: _("high reach"),
    Reason.LONG_WAIT: _("has waited for long"),
}
BY_RULE = _("rule {number}: {name}")
MOMENTS: Mapping[str, Promise] = {
    When.GIFT: _("a gift worth %(value)d"),
    When.LIKE: _("likes"),
    When.JOIN: _("people come in"),
    When.FOLLOW: _("somebody follows the channel"),
    When.SHARE: _("the live is shared"),
    When.SUBSCRIPTION: _("a subscription"),
    When.RAID: _("a raid of %(value)d people"),
    When.VIEWERS: _("%(value)d viewers"),
    When.LIKES: _("%(value)d likes so far"),
    When.HYPE: _("hype: %(value)d people wrote within 5 s"),
    When.LIVE_STARTED: _("the live begins"),
    When.LIVE_ENDED: _("the live is over"),
    When.WAVE: _("a wave of %(value)d accounts"),
}
"""What a rule raises an alert on, where it has no words."""
GONE = _("what was written is gone")
DONE: Mapping[str, Promise] = {
    AlertState.PENDING: _("Alert %(pk)d is to review again."),
    AlertState.REVIEWED: _("Alert %(pk)d marked as reviewed."),
    AlertState.ACTION_TAKEN: _("Alert %(pk)d: action taken."),
    AlertState.DISMISSED: _("Alert %(pk)d dismissed."),
}
REFUSED: Mapping[type[states.Refused], Promise] = {
    states.AlreadyDecided: _("Somebody else changed this alert meanwhile."),
    states.NoSuchMove: _("This alert is decided already; reopen it first."),
    states.CannotUndo: _("There is no decision to take back."),
    states.NotYourDecision: _("Only the person who decided can take it back; reopen the alert instead."),
    states.TooLateToUndo: _("The 10 seconds are over; reopen the alert instead."),
}
UNHEARD: Mapping[str, Promise] = {
    WorkState.PENDING: _("Being transcribed…"),
    WorkState.RUNNING: _("Being transcribed…"),
    WorkState.SKIPPED: _("Not transcribed; the sound is kept."),
    WorkState.FAILED: _("Transcription failed; the sound is kept."),
    WorkState.DONE: _("No words were understood."),
}
"""What is shown in place of words, by the state of the utterance."""
