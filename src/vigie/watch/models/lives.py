"""Lives, what was not received of them, and what was counted in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vigie.people.models import Membership
from vigie.watch.models.channels import Channel


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


class ChatState(models.TextChoices):
    """How the chat of a live does."""

    NONE = "none", _("not read")
    OK = "ok", _("read")
    BROKEN = "broken", _("interrupted")
    REFUSED = "refused", _("refused")


class Reach(models.TextChoices):
    """How far what is said in a live may go, as computed from its audience; never added to a severity."""

    UNKNOWN = "unknown", _("not measured")
    LOW = "low", _("low")
    MEDIUM = "medium", _("medium")
    HIGH = "high", _("high")


class Live(models.Model):
    """One broadcast of a channel, from the moment it is watched to its end."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="lives")
    state = models.CharField(max_length=16, choices=LiveState, default=LiveState.STARTING)
    reason = models.CharField(max_length=300, blank=True)
    """Why the state is not ok, in one line for a person."""
    title = models.CharField(max_length=200, blank=True)
    room_id = models.CharField(max_length=64, blank=True)
    """What the platform calls this broadcast; empty where it has no name for it."""
    aired_at = models.DateTimeField(null=True, blank=True)
    """When the platform says that it began; None where it does not say."""
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
    chat_state = models.CharField(max_length=12, choices=ChatState, default=ChatState.NONE)
    chat_reason = models.CharField(max_length=300, blank=True)
    """Why the chat is not read, in one line for a person."""
    chat_until_s = models.FloatField(null=True)
    """How far the chat was read, in seconds since the start; None before it ever was."""
    viewers = models.PositiveIntegerField(null=True)
    """As last counted by the platform."""
    peak_viewers = models.PositiveIntegerField(null=True)
    reach = models.CharField(max_length=8, choices=Reach, default=Reach.UNKNOWN)
    """Computed from what the audience does: `watch.virality`."""

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


class Track(models.TextChoices):
    """What a live is received by."""

    MEDIA = "media", _("sound")
    CHAT = "chat", _("chat")


class Gap(models.Model):
    """A stretch of a live that was not received. Offsets are seconds since the live started."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="gaps")
    track = models.CharField(max_length=8, choices=Track, default=Track.MEDIA)
    from_s = models.FloatField()
    to_s = models.FloatField()
    cause = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("gap")
        constraints = [
            models.CheckConstraint(condition=models.Q(to_s__gte=models.F("from_s")), name="gap_ends_after_it_starts"),
            models.UniqueConstraint(fields=["live", "track", "from_s"], name="one_gap_a_start"),
        ]

    def __str__(self) -> str:
        return f"{self.from_s:.1f}-{self.to_s:.1f} s: {self.cause}"

    @property
    def length_s(self) -> float:
        """How long it lasted, in seconds."""
        return self.to_s - self.from_s


class LiveSample(models.Model):
    """What was counted in ten seconds of a live. Made again from the messages whenever they change."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="samples")
    at_s = models.PositiveIntegerField()
    """Where the ten seconds begin, in seconds since the live started."""
    messages = models.PositiveIntegerField(default=0)
    commenters = models.PositiveIntegerField(default=0)
    """Different people among those who wrote."""
    likes = models.PositiveIntegerField(default=0)
    joins = models.PositiveIntegerField(default=0)
    follows = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    gifts = models.PositiveIntegerField(default=0)
    """Their value in the platform's coin."""
    viewers = models.PositiveIntegerField(null=True)
    """As the platform last said in these ten seconds; None when it did not."""

    class Meta:
        verbose_name = _("sample")
        constraints = [models.UniqueConstraint(fields=["live", "at_s"], name="one_sample_a_stretch")]

    def __str__(self) -> str:
        return f"{self.live_id} {self.at_s} s"


class MarkKind(models.TextChoices):
    """Where a mark comes from."""

    PERSON = "person", _("by a person")
    BURST = "burst", _("burst of the audience")
    PLATFORM = "platform", _("by the platform's moderators")
    RULE = "rule", _("by a rule")


class LiveMark(models.Model):
    """A moment of a live that somebody, or Vigie, wants to find again."""

    live = models.ForeignKey(Live, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=8, choices=MarkKind, default=MarkKind.PERSON)
    from_s = models.FloatField()
    to_s = models.FloatField()
    label = models.CharField(max_length=120, blank=True)
    platform_id = models.CharField(max_length=64, blank=True)
    """The platform's number of what its moderators did; empty for all else."""
    target_key = models.CharField(max_length=32, blank=True)
    """The key of the chatter whom it concerned; empty where it concerned nobody, or nobody known."""
    placed_by = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    placed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mark")
        constraints = [
            models.UniqueConstraint(
                fields=["live", "from_s"], condition=models.Q(kind=MarkKind.BURST), name="one_burst_a_start"
            ),
            models.UniqueConstraint(
                fields=["live", "platform_id"], condition=~models.Q(platform_id=""), name="one_mark_an_act"
            ),
            models.CheckConstraint(condition=models.Q(to_s__gte=models.F("from_s")), name="mark_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"{self.live_id} {self.from_s:.0f} s: {self.kind}"


class Thumbnail(models.Model):
    """What the picture of a live was like last: grey and blurred."""

    live = models.OneToOneField(Live, on_delete=models.CASCADE, primary_key=True, related_name="thumbnail")
    at_s = models.FloatField()
    jpeg = models.BinaryField()

    class Meta:
        verbose_name = _("thumbnail")

    def __str__(self) -> str:
        return f"{self.live_id} {self.at_s:.0f} s"
