"""Moments that wait for a human, and what humans decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vigie.moderation import states
from vigie.people.models import Workspace
from vigie.risk.models import Assessment
from vigie.rules.models import Firing
from vigie.watch.models import Live


class AlertState(models.TextChoices):
    """Where an alert stands."""

    PENDING = states.PENDING, _("to review")
    REVIEWED = states.REVIEWED, _("reviewed")
    ACTION_TAKEN = states.ACTION_TAKEN, _("action taken")
    DISMISSED = states.DISMISSED, _("dismissed")


class Finding(models.TextChoices):
    """What a person says a moment is; the keys 1 to 6."""

    HATEFUL = "hateful", _("hateful")
    THREAT = "threat", _("threat")
    HARASSMENT = "harassment", _("harassment")
    POLEMIC = "polemic", _("polemic")
    NEUTRAL = "neutral", _("neutral")
    INAUDIBLE = "inaudible", _("inaudible")


class Alert(models.Model):
    """A moment of a live: 60 s before, 30 s after what was said."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="alerts")
    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="alerts")
    assessment = models.OneToOneField(Assessment, on_delete=models.CASCADE, related_name="alert")
    score = models.FloatField()
    """The assessment's, or what a rule says; copied because the queue is ordered by it."""
    state = models.CharField(max_length=16, choices=AlertState, default=AlertState.PENDING)
    version = models.PositiveIntegerField(default=1)
    """Grows at every change; a decision on an older version is refused."""
    raised_at = models.DateTimeField()
    threshold = models.FloatField()
    """The workspace's threshold when the alert was raised."""
    firing = models.ForeignKey(Firing, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts")
    """What raised it, where a rule did and not the threshold."""
    decision = models.ForeignKey("Decision", null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    """The one in force; None until somebody decides."""

    class Meta:
        verbose_name = _("alert")
        permissions = [
            ("see_alerts", "Can see alerts and what was decided"),
            ("decide_alerts", "Can decide alerts and write notes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=AlertState.PENDING) | models.Q(decision__isnull=False),
                name="no_alert_decided_by_nobody",
            ),
            models.CheckConstraint(condition=models.Q(state__in=AlertState.values), name="alert_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "-score"], name="alert_queue"),  # the queue, worst first
            models.Index(fields=["live", "raised_at"], name="alerts_of_live"),  # history of a channel; live page
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Decision(models.Model):
    """What a named person decided on an alert. Changed only by taking it back; a later one replaces it."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="decisions")
    state = models.CharField(max_length=16, choices=AlertState)
    category = models.CharField(max_length=16, choices=Finding, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(max_length=12)
    """How the person is shown, `M-07`: kept, since it outlives the membership."""
    decided_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    """When the same person took it back; it then counts for nothing."""

    class Meta:
        verbose_name = _("decision")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=AlertState.values), name="decision_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["decided_by", "decided_at"], name="decisions_of_person"),  # what may still be undone
        ]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.state}"


class Note(models.Model):
    """A remark on an alert, visible to the team."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(max_length=12)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("note")

    def __str__(self) -> str:
        return f"note {self.pk}"
