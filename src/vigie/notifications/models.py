"""What happened that people and programs are to be told of, whom it was told to, and what they asked for."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vigie.notifications import kinds
from vigie.notifications.quiet import EVERY_DAY
from vigie.people.models import Membership, Workspace
from vigie.runtime.models import WorkState, WorkUnit
from vigie.watch.models import Channel, Live


class Kind(models.TextChoices):
    """What can be told."""

    LIVE_STARTED = kinds.LIVE_STARTED, _("a live starts")
    LIVE_ENDED = kinds.LIVE_ENDED, _("a live is over")
    LIVE_RESUMED = kinds.LIVE_RESUMED, _("a live goes on after all")
    ALERT_RAISED = kinds.ALERT_RAISED, _("an alert is raised")
    RULE_ACTED = kinds.RULE_ACTED, _("a rule has something to tell")
    WEBHOOK_OFF = kinds.WEBHOOK_OFF, _("a webhook is switched off")


class Happening(WorkUnit):
    """Something to be told. The work is to find out whom: once it is done, each receiver has a row.

    Skipped: it is no longer true (a live that was taken for over goes on), and nobody is to see it any more.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    live = models.ForeignKey(Live, null=True, on_delete=models.CASCADE, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    """Of the live, the alert, the firing of a rule or the webhook."""
    at = models.DateTimeField()
    score = models.FloatField(null=True)
    """Of an alert."""
    detail = models.CharField(max_length=300, blank=True)
    """Why a live is over; what a rule tells; the place of a webhook."""

    class Meta:
        verbose_name = _("happening")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="happening_kind_is_known"),
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(kind__in=[kinds.LIVE_STARTED, kinds.ALERT_RAISED]),
                name="one_happening_a_beginning",
            ),
            # A live that goes on ends again; a webhook that was switched on again may be switched off again.
            models.UniqueConstraint(fields=["kind", "subject_id", "at"], name="one_happening_a_moment"),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state__in=["pending", "running"]), name="happenings_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"

    @property
    def headline(self) -> str:
        """What happened, in the language of the moment."""
        return self.headline_as(self.kind)

    def headline_as(self, kind: str) -> str:
        """Return what is still true of what happened."""
        channel = self.live.channel.name if self.live else ""
        about = {"channel": channel, "number": self.subject_id, "words": self.detail}
        words = {
            kinds.LIVE_STARTED: gettext("%(channel)s is live"),
            kinds.LIVE_ENDED: gettext("%(channel)s is no longer watched")
            if self.detail == kinds.UNWATCHED
            else gettext("%(channel)s is no longer live"),
            kinds.LIVE_RESUMED: gettext("%(channel)s: the live goes on"),
            kinds.ALERT_RAISED: gettext("%(channel)s: alert %(number)d"),
            kinds.RULE_ACTED: gettext("%(channel)s: %(words)s"),
            kinds.WEBHOOK_OFF: gettext("Webhook %(number)d was switched off"),
        }
        return words[kind] % about


class Notification(models.Model):
    """What a member is told of in the page."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="notifications")
    happening = models.ForeignKey(Happening, on_delete=models.CASCADE, related_name="notifications")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        constraints = [
            models.UniqueConstraint(fields=["member", "happening"], name="one_notification_a_member"),
        ]
        indexes = [
            models.Index(fields=["member", "-id"], name="notifications_of_member"),  # the list, newest first
            models.Index(fields=["member"], condition=Q(read_at=None), name="notifications_unread"),  # each page's bell
        ]

    def __str__(self) -> str:
        return f"{self.happening_id} to {self.member_id}"


class Sending(WorkUnit):
    """Something that goes out of the house, at least once.

    `attempts` counts the workers that took it since it was last tried to the end, `tries` how often it was.
    """

    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class Mail(Sending):
    """What a member is told of by e-mail. Those of a member that are due together leave as one."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    happening = models.ForeignKey(Happening, on_delete=models.CASCADE, related_name="mails")

    class Meta:
        verbose_name = _("e-mail")
        constraints = [models.UniqueConstraint(fields=["member", "happening"], name="one_mail_a_member")]
        indexes = [models.Index(fields=["not_before"], condition=Q(state__in=["pending", "running"]), name="mails_due")]

    def __str__(self) -> str:
        return f"{self.happening_id} to {self.member_id}"


def pages_at_first() -> list[str]:
    """Return what people are told of in the page unless they ask for something else."""
    return [kind for kind in kinds.NEEDS if kind not in kinds.CORRECTS]


def mails_at_first() -> list[str]:
    """Return what people are told of by e-mail unless they ask for something else."""
    return sorted(kinds.BY_MAIL)


def every_day() -> list[int]:
    """Return the days of the week."""
    return sorted(EVERY_DAY)


SHOWN_S, USUALLY_SHOWN_S = (2, 120), 8
"""Between how many seconds a line may stay on the page; how long it does unless somebody asks for something else."""


class Preference(models.Model):
    """What a member asked for; whoever has no row takes it as it comes."""

    member = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="preference")
    page = models.JSONField(default=pages_at_first)
    """Kinds to be told of in the page."""
    mail = models.JSONField(default=mails_at_first)
    """Kinds to be told of by e-mail."""
    muted = models.ManyToManyField(Channel, blank=True, related_name="+")
    quiet_from = models.TimeField(null=True, blank=True)
    """On the clock of the person's time zone."""
    quiet_to = models.TimeField(null=True, blank=True)
    quiet_days = models.JSONField(default=every_day)
    """On which the quiet begins: 1 is Monday."""
    shown_s = models.PositiveSmallIntegerField(default=USUALLY_SHOWN_S)
    """For how long a line stays on the page."""

    class Meta:
        verbose_name = _("preference")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=models.F("quiet_to"))),
                name="quiet_hours_have_two_ends",
            ),
            models.CheckConstraint(condition=Q(shown_s__range=SHOWN_S), name="lines_stay_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"


def place_of(url: str) -> str:
    """Return the scheme and the host of an address: `https://hooks.example.org`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Webhook(models.Model):
    """An address of somebody else's program that is told what happens in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField()
    """What it is told."""
    sealed_secret = models.TextField()
    former_secret = models.TextField(blank=True)
    """Sealed, too; signs beside the new one until `former_until`."""
    former_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    off_reason = models.CharField(max_length=300, blank=True)
    """Why Vigie itself switched it off."""
    failing_since = models.DateTimeField(null=True, blank=True)
    """When the first of an unbroken run of failures was; None: the last delivery arrived, or there was none."""
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    """HTTP; None: nothing was answered, or nothing sent yet."""
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("webhook")
        permissions = [("manage_webhooks", "Can add, change, try and remove webhooks, and read what they were sent")]

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        """Where it is, without the path and the query, which may hold a password of the receiver's."""
        return place_of(self.url)

    @property
    def kind_labels(self) -> list[str]:
        """What it is told, in words."""
        return [str(Kind(kind).label) for kind in kinds.FOR_WEBHOOKS if kind in self.kinds]


class Delivery(Sending):
    """Something that a webhook is told, and how it answered."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    happening = models.ForeignKey(Happening, null=True, on_delete=models.CASCADE, related_name="deliveries")
    """None: somebody tries the webhook, or a rule names it."""
    message_id = models.CharField(max_length=40, unique=True)
    """The same at each try, so that a receiver can tell a repetition."""
    type = models.CharField(max_length=24)
    body = models.TextField()
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    """HTTP, of the last try; None: nothing was answered."""
    duration_s = models.FloatField(null=True, blank=True)
    response = models.TextField(blank=True)
    """The beginning of what was answered last, at most 2 kB."""

    class Meta:
        verbose_name = _("delivery")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "happening"], name="one_delivery_a_webhook"),
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="deliveries_of_webhook"),  # its log, newest first
            models.Index(fields=["not_before"], condition=Q(state__in=["pending", "running"]), name="deliveries_due"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def duration_ms(self) -> int | None:
        """How long the last try took."""
        return None if self.duration_s is None else round(self.duration_s * 1000)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more is tried unless somebody asks for it."""
        return self.state not in {WorkState.PENDING, WorkState.RUNNING}
