"""Rules of workspaces in their versions, what happened that they have not looked at yet, and what they did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigie.people.models import User, Workspace
from vigie.rules.kinds import When
from vigie.runtime.models import WorkUnit
from vigie.watch.models import Live


class Rule(models.Model):
    """A rule of a workspace; what it says is in its versions."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="rules")
    number = models.PositiveIntegerField()
    """1, 2, 3, ... in the workspace; never given again."""
    name = models.CharField(_("name"), max_length=120)
    """As its newest version says."""
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    """When the team threw it away. What it did stays."""

    class Meta:
        verbose_name = _("rule")
        permissions = [
            ("see_rules", "Can see rules and what they did"),
            ("edit_rules", "Can write rules, run them on what was recorded, and put them on trial"),
            ("publish_rules", "Can put rules in force and to rest, remove them and bring them back"),
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="one_rule_a_number")]

    def __str__(self) -> str:
        return f"{self.number}: {self.name}"


class Mode(models.TextChoices):
    """What a version does."""

    DRAFT = "draft", _("draft")
    TRIAL = "trial", _("trial")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    FORMER = "former", _("former")


IN_FORCE = (Mode.TRIAL, Mode.ACTIVE)
"""Versions that look at what happens; on trial, they only note what they would have done."""


class RuleVersion(models.Model):
    """What a rule says. A draft may be changed; what was in force once is not changed any more."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    """As `rules.spec.RuleSpec.as_data` gives it."""
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.DRAFT)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who wrote it last."""
    proposed_at = models.DateTimeField(null=True, blank=True)
    """Since when its author asks for it to be put in force, where that needs a second person."""
    published_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who put it in force."""
    changed_at = models.DateTimeField()
    in_force_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        constraints = [
            models.UniqueConstraint(fields=["rule", "version"], name="one_rule_a_version"),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(mode__in=["active", "paused"]), name="one_version_in_force"
            ),
            models.UniqueConstraint(fields=["rule"], condition=Q(mode="trial"), name="one_version_on_trial"),
            models.UniqueConstraint(fields=["rule"], condition=Q(mode="draft"), name="one_draft"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="rule_mode_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.version}"


class Arrival(models.Model):
    """Something that happened and that the rules have not looked at yet; gone once they did."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in When])
    """`chat` for whatever the audience does."""
    refs = models.JSONField()
    """Ids of the rows that it is about, or what was counted: see `rules.sources`."""

    class Meta:
        verbose_name = _("arrival")

    def __str__(self) -> str:
        return f"{self.live_id} {self.kind}"


class Tally(models.Model):
    """How far the counts of a live were handed to the rules: each stretch of ten seconds once, when it is over."""

    live = models.OneToOneField(Live, on_delete=models.CASCADE, primary_key=True, related_name="+")
    until_s = models.PositiveIntegerField(default=0)
    """Where the first stretch begins that was not."""

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.live_id}: {self.until_s} s"


class Deed(models.TextChoices):
    """What a rule that matched did."""

    ACTED = "acted", _("acted")
    TRIED = "tried", _("would have acted")
    HELD = "held", _("held back")


class Firing(models.Model):
    """A rule matched: it acted, would have (on trial), or held back, for this reason."""

    version = models.ForeignKey(RuleVersion, on_delete=models.CASCADE, related_name="firings")
    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="firings")
    deed = models.CharField(max_length=8, choices=Deed)
    brake = models.CharField(max_length=16, blank=True)
    """What held it back: the name of a `rules.brakes.Brake`."""
    figures = models.JSONField(default=dict)
    """Of the brake: `rules.brakes`."""
    trigger = models.CharField(max_length=60)
    """What made it act, among all of its live: `chat:12`."""
    refs = models.JSONField()
    """All that it acts on, in order: `["chat:9", "chat:12"]`; what was said stays where it is stored."""
    value = models.PositiveBigIntegerField(null=True)
    """Where a count stood, how many wrote in a surge, what a gift was worth."""
    at = models.DateTimeField()
    since_s = models.FloatField()
    """When it began, in seconds since the live started: a surge begins before it is plain."""
    at_s = models.FloatField()
    count = models.PositiveIntegerField(default=1)
    """How often in this minute it held back for this reason; the row is the first of them."""
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("firing")
        constraints = [
            models.UniqueConstraint(fields=["version", "live", "trigger"], name="one_firing_a_trigger"),
            models.CheckConstraint(condition=Q(deed="held") ^ Q(brake=""), name="a_brake_holds_back"),
        ]
        indexes = [
            models.Index(fields=["live", "at_s"], name="firings_of_live"),  # the lane of the live page
            models.Index(fields=["version", "-at"], name="firings_of_rule"),  # the rule's page, newest first
        ]

    def __str__(self) -> str:
        return f"{self.version_id} at {self.at_s:.1f} s: {self.deed}"


class ActionRun(WorkUnit):
    """One action of a rule that acted, as a unit of work."""

    firing = models.ForeignKey(Firing, on_delete=models.CASCADE, related_name="runs")
    position = models.PositiveSmallIntegerField()
    """Among the actions of the rule, from 0."""
    action = models.CharField(max_length=40)
    options = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("action")
        constraints = [models.UniqueConstraint(fields=["firing", "position"], name="one_run_an_action")]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state__in=["pending", "running"]), name="actions_due"),
        ]

    def __str__(self) -> str:
        return f"{self.firing_id}/{self.position}: {self.action}"
