"""What audiences did, and who they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vigie.events import ActivityKind
from vigie.people.models import Workspace
from vigie.watch.models.channels import Platform
from vigie.watch.models.lives import Live


class Chatter(models.Model):
    """Somebody of an audience, in one workspace. Where it pseudonymises, only `sealed` says who."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    platform = models.CharField(max_length=16, choices=Platform)
    key = models.CharField(max_length=32)
    """Keyed hash of the platform's number: the same person is the same chatter, and the number is not kept."""
    pseudonym = models.CharField(max_length=12)
    """`c-4f2a91d08e`."""
    login = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=120, blank=True)
    sealed = models.TextField(blank=True)
    """Number, login and name, encrypted; empty where they are kept in the open."""
    first_seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("chatter")
        permissions = [
            ("read_chat", "Can read the chat of lives"),
            ("reveal_chatters", "Can reveal who a pseudonym is, and erase them"),
        ]
        constraints = [models.UniqueConstraint(fields=["workspace", "platform", "key"], name="one_chatter_a_person")]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def shown(self) -> str:
        """What they are called on a page."""
        return self.name or self.login or self.pseudonym


class ActivityKindChoices(models.TextChoices):
    """What somebody of an audience did."""

    MESSAGE = ActivityKind.MESSAGE, _("message")
    GIFT = ActivityKind.GIFT, _("gift")
    LIKE = ActivityKind.LIKE, _("like")
    JOIN = ActivityKind.JOIN, _("arrival")
    FOLLOW = ActivityKind.FOLLOW, _("follow")
    SHARE = ActivityKind.SHARE, _("share")
    SUBSCRIPTION = ActivityKind.SUBSCRIPTION, _("subscription")
    RAID = ActivityKind.RAID, _("raid")


class ChatMessage(models.Model):
    """What somebody of an audience wrote, gave or did in a live."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=12, choices=ActivityKindChoices)
    platform_id = models.CharField(max_length=64)
    """The platform's number of it: stored once, however often it was delivered."""
    at_s = models.FloatField()
    """Seconds since the live started."""
    chatter = models.ForeignKey(Chatter, on_delete=models.CASCADE, related_name="messages")
    badges = models.CharField(max_length=60, blank=True)
    """`moderator subscriber`, sorted."""
    text = models.CharField(max_length=1000, blank=True)
    count = models.PositiveIntegerField(default=1)
    value = models.PositiveIntegerField(default=0)
    """Of a gift, in the platform's coin."""
    is_history = models.BooleanField(default=False)
    """Replayed from before the connection: it triggers nothing."""
    removed_at = models.DateTimeField(null=True)
    """When the platform's moderators took it away; it is kept as evidence."""

    class Meta:
        verbose_name = _("chat message")
        constraints = [models.UniqueConstraint(fields=["live", "platform_id"], name="one_row_a_message")]
        indexes = [models.Index(fields=["live", "at_s"], name="chat_order")]  # tail, timeline, beside the transcript

    def __str__(self) -> str:
        return f"{self.live_id} {self.at_s:.1f} s: {self.kind}"


class ErasedMessage(models.Model):
    """The platform's number of a message whose writer was erased, so that a replay does not bring it back.

    It tells neither who wrote nor what, and goes with its live.
    """

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="+", db_index=False)
    """No index of its own: the constraint's begins with it."""
    platform_id = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("erased message")
        constraints = [models.UniqueConstraint(fields=["live", "platform_id"], name="one_row_an_erased_message")]

    def __str__(self) -> str:
        return f"{self.live_id} {self.platform_id}"
