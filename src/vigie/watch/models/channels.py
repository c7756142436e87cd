"""What is watched, and whether it is on air."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vigie.people.models import Workspace
from vigie.ports import Airing


class Platform(models.TextChoices):
    """Where a channel lives. The key of its adapter."""

    WEB = "web", _("Web")
    TIKTOK = "tiktok", "TikTok"
    TWITCH = "twitch", "Twitch"


RESOURCE = "channel:"
"""The name of a channel among leases begins with it; its id follows."""


class Channel(models.Model):
    """A source that a workspace watches."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="channels")
    platform = models.CharField(_("platform"), max_length=16, choices=Platform, default=Platform.WEB)
    address = models.CharField(_("address"), max_length=500)
    """Normalized: the URL of the web platform, the handle elsewhere."""
    platform_id = models.CharField(max_length=64, blank=True)
    """The account's number on its platform, once known: it outlives the handle."""
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
            models.UniqueConstraint(
                fields=["workspace", "platform", "platform_id"],
                condition=~models.Q(platform_id=""),
                name="one_channel_an_account",
            ),
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

    @property
    def is_detected(self) -> bool:
        """Whether its platform tells when it is on air; elsewhere its media is tried."""
        return self.platform != Platform.WEB


class AiringState(models.TextChoices):
    """Whether a channel is on air, as its platform says."""

    LIVE = Airing.LIVE, _("on air")
    OFFLINE = Airing.OFFLINE, _("offline")
    UNKNOWN = Airing.UNKNOWN, _("unknown")


class Presence(models.Model):
    """What is known of a channel whose platform tells when it is on air. It is looked at when due."""

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, primary_key=True, related_name="presence")
    airing = models.CharField(max_length=8, choices=AiringState, default=AiringState.UNKNOWN)
    reason = models.CharField(max_length=300, blank=True)
    """Why it is unknown, or will never be on air, in one line for a person."""
    is_permanent = models.BooleanField(default=False)
    """Nothing but a change by a person will help."""
    room_id = models.CharField(max_length=64, blank=True)
    """Of the last broadcast that was seen."""
    viewers = models.PositiveIntegerField(null=True)
    since = models.DateTimeField()
    """When it became what it is."""
    checked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    """When it is looked at again."""
    denials = models.PositiveSmallIntegerField(default=0)
    """How often in a row it was said to be over while its live is open."""
    failures = models.PositiveSmallIntegerField(default=0)
    """How often in a row nothing could be learned."""
    looked_at = models.DateTimeField(null=True)
    """When a person last had it on the screen: such channels go first."""

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        indexes = [models.Index(fields=["due_at"], name="presence_due")]  # the detector's question, every second

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.airing}"
