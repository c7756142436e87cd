"""The policy texts are judged by, and what was made of each text."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vigie.people.models import User, Workspace
from vigie.runtime.models import WorkUnit
from vigie.watch.models import Live, Reach


class Policy(models.Model):
    """A version of the rules in one workspace. Versions are added, never changed; the newest is in force."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="policies")
    version = models.PositiveIntegerField()
    lexicon = models.TextField()
    """YAML, as shipped in `risk/lexicons/` or edited by the team."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the lexicon, in hexadecimal."""
    is_shipped = models.BooleanField(default=False)
    """Whether nobody edited it: such rules follow the product's updates."""
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    author = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        permissions = [("edit_policy", "Can change the rules that texts are judged by")]
        constraints = [models.UniqueConstraint(fields=["workspace", "version"], name="one_policy_a_version")]
        indexes = [models.Index(fields=["digest"], name="policy_by_digest")]  # the rules compiled once for all

    def __str__(self) -> str:
        return f"v{self.version}"


class Subject(models.TextChoices):
    """What kind of text is judged."""

    UTTERANCE = "utterance", _("speech")
    CHAT = "chat", _("chat")
    MOMENT = "moment", _("moment")
    """Something that happened without words, in a line; nobody judges it."""


class Category(models.TextChoices):
    """What a text is, in one word."""

    NEUTRAL = "neutral", _("neutral")
    POLEMIC = "polemic", _("polemic")
    VIRAL = "viral", _("viral")
    HATEFUL = "hateful", _("hateful")


class Outcome(models.TextChoices):
    """What became of the analysis."""

    WAITING = "waiting", _("not analysed yet")
    ANALYSED = "analysed", _("analysed")
    ABSTAINED = "abstained", _("uncertain")
    NOT_ANALYSED = "not_analysed", _("not analysed")


class Assessment(WorkUnit):
    """What an analyst made of one text; as a unit of work, to be judged. Ranks work for a human, concludes nothing."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="assessments")
    of = models.CharField(max_length=12, choices=Subject)
    ref_id = models.BigIntegerField()
    """Id of the utterance, chat message or firing of a rule. Not a foreign key: risk does not know speech."""
    seq = models.PositiveIntegerField()
    start_s = models.FloatField()
    end_s = models.FloatField()
    text = models.TextField()
    language = models.CharField(max_length=8)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.WAITING)
    category = models.CharField(max_length=8, choices=Category, default=Category.NEUTRAL)
    score = models.FloatField(default=0)
    hateful = models.BooleanField(default=False)
    reach = models.CharField(max_length=8, choices=Reach, default=Reach.UNKNOWN)
    target = models.CharField(max_length=60, blank=True)
    stance = models.CharField(max_length=12, blank=True)
    spans = models.JSONField(default=list)
    """[[start, end, reason], ...] in characters of the text."""
    signals = models.JSONField(default=list)
    analyst = models.CharField(max_length=80, blank=True)
    policy = models.ForeignKey(Policy, null=True, on_delete=models.SET_NULL, related_name="+")
    assessed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("assessment")
        constraints = [
            models.UniqueConstraint(fields=["of", "ref_id"], name="one_assessment_a_text"),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="assessment_score_is_a_fraction"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "not_before"], name="assessment_due"),  # the sweep and the claim
            models.Index(fields=["live", "seq"], name="assessment_in_live"),  # transcript page
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.ref_id}: {self.score:.2f}"
