"""Channels, their lives, and what was not received of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vigie.people.models import Workspace


class Platform(models.TextChoices):
    """Where a channel lives. The key of the adapter that finds its media."""

    WEB = "web", _("Web")


RESOURCE = "channel:"
"""The name of a channel among leases begins with it; its id follows."""


class Channel(models.Model):
    """A source that a workspace watches."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="channels")
    platform = models.CharField(_("platform"), max_length=16, choices=Platform, default=Platform.WEB)
    address = models.CharField(_("address"), max_length=500)
    """Normalized: the URL of the web platform, the handle elsewhere."""
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language spoken"), max_length=8, default="fr")
    """ISO 639-1; fixed per channel, so that recognition never guesses."""
    is_watched = models.BooleanField(_("watched"), default=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    """When the team took it off its list. Its past lives stay."""

    class Meta:
        verbose_name = _("channel")
        permissions = [
            ("follow_lives", "Can follow lives and see channels"),
            ("manage_channels", "Can add, change, watch and remove channels"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "platform", "address"], name="one_channel_an_address"),
            models.CheckConstraint(
                condition=models.Q(removed_at=None) | models.Q(is_watched=False), name="removed_channel_is_not_watched"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def resource(self) -> str:
        """Its name among leases."""
        return f"{RESOURCE}{self.pk}"


class LiveState(models.TextChoices):
    """The ring of a live."""

    STARTING = "starting", _("starting")
    OK = "ok", _("on air")
    LAG = "lag", _("lag")
    NO_AUDIO = "no_audio", _("no audio")
    NO_RECOGNIZER = "no_recognizer", _("no recognizer")
    RECONNECTING = "reconnecting", _("reconnecting")
    ENDED = "ended", _("ended")
    FAILED = "failed", _("not available")


class Live(models.Model):
    """One broadcast of a channel, from the moment it is watched to its end."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="lives")
    state = models.CharField(max_length=16, choices=LiveState, default=LiveState.STARTING)
    reason = models.CharField(max_length=300, blank=True)
    """Why the state is not ok, in one line for a person."""
    title = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    heard_s = models.FloatField(default=0)
    """Seconds of sound received so far."""
    lost_s = models.FloatField(default=0)
    """Seconds known not to have been received."""
    lag_s = models.FloatField(default=0)
    """How far the transcript runs behind, in seconds."""
    epoch = models.PositiveIntegerField(null=True)
    """Of the last sound received; None before the first."""
    heard_until_s = models.FloatField(default=0)
    """Where the last sound received ends, in seconds since the start."""
    clock_shift_s = models.FloatField(null=True)
    """Added to the time on the stream's own clock it gives seconds since the start; None while unknown."""

    class Meta:
        verbose_name = _("live")
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(ended_at=None), name="one_open_live_a_channel"
            ),
        ]
        indexes = [models.Index(fields=["channel", "-started_at"], name="live_history")]  # channel page, newest first

    def __str__(self) -> str:
        return f"{self.channel_id} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def received_s(self) -> float:
        """How far what was received reaches, lost or heard, in seconds since the start."""
        return self.heard_s + self.lost_s

    @property
    def heard_share(self) -> float | None:
        """The share of the live that was received, 0..1; None before anything could be."""
        return self.heard_s / self.received_s if self.received_s else None

    @property
    def duration_s(self) -> float | None:
        """Seconds from its start to its end; None while it lasts."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


class Gap(models.Model):
    """A stretch of a live that was not received. Offsets are seconds since the live started."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="gaps")
    from_s = models.FloatField()
    to_s = models.FloatField()
    cause = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("gap")
        constraints = [
            models.CheckConstraint(condition=models.Q(to_s__gte=models.F("from_s")), name="gap_ends_after_it_starts"),
            models.UniqueConstraint(fields=["live", "from_s"], name="one_gap_a_start"),
        ]

    def __str__(self) -> str:
        return f"{self.from_s:.1f}-{self.to_s:.1f} s: {self.cause}"

    @property
    def length_s(self) -> float:
        """How long it lasted, in seconds."""
        return self.to_s - self.from_s


class LiveSample(models.Model):
    """What the platform counted at a moment of a live."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="samples")
    at = models.DateTimeField()
    viewers = models.PositiveIntegerField(null=True)
    likes = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name = _("sample")
        constraints = [models.UniqueConstraint(fields=["live", "at"], name="one_sample_a_moment")]

    def __str__(self) -> str:
        return f"{self.live_id} {self.at:%H:%M:%S}"
