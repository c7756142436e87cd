"""Moments of lives as video files, the OBS of streamers, and for how long clips are kept."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vigie.clips.filenames import DEFAULT
from vigie.people.models import User, Workspace
from vigie.risk.models import Assessment
from vigie.rules.models import Firing
from vigie.watch.models import Channel, Chatter, Live


class ObsState(models.TextChoices):
    """How Vigie stands with an OBS."""

    OFF = "off", _("not used")
    CONNECTING = "connecting", _("connecting")
    READY = "ready", _("ready")
    BUFFER_OFF = "buffer_off", _("replay buffer off")
    REFUSED = "refused", _("refused")
    AWAY = "away", _("not reached")


class ObsInstance(models.Model):
    """An OBS that saves replays for a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="obs_instances")
    name = models.CharField(_("name"), max_length=80)
    host = models.CharField(_("address"), max_length=255, default="127.0.0.1")
    port = models.PositiveIntegerField(_("port"), default=4455)
    sealed_password = models.TextField(blank=True)
    """Encrypted; empty where none is needed."""
    path_map = models.TextField(_("folders there and here"), blank=True)
    """One `there -> here` a line, see `clips.pathmaps`: for an OBS on another machine."""
    starts_buffer = models.BooleanField(_("start the replay buffer"), default=True)
    is_used = models.BooleanField(_("used"), default=True)
    changed_at = models.DateTimeField()
    """When a person last changed it: a refused password is not tried again before."""
    state = models.CharField(max_length=12, choices=ObsState, default=ObsState.OFF)
    reason = models.CharField(max_length=300, blank=True)
    """Why it is not ready, in one line for a person."""
    version = models.CharField(max_length=40, blank=True)
    """Of OBS, as it last said."""
    checked_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("OBS")
        verbose_name_plural = _("OBS")
        permissions = [("manage_obs", "Can connect OBS, change and remove it")]
        constraints = [
            models.CheckConstraint(condition=Q(port__gte=1, port__lte=65_535), name="obs_port_is_a_port"),
            models.CheckConstraint(condition=Q(state__in=ObsState.values), name="obs_state_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ClipState(models.TextChoices):
    """How far a clip has come."""

    REQUESTED = "requested", _("requested")
    SAVING = "saving", _("being saved")
    SAVED = "saved", _("saved")
    RENAMED = "renamed", _("named")
    VERIFIED = "verified", _("ready")
    FAILED = "failed", _("failed")


UNDER_WAY = (ClipState.REQUESTED, ClipState.SAVING, ClipState.SAVED, ClipState.RENAMED)


class Origin(models.TextChoices):
    """Who saves a clip."""

    SERVER = "server", _("Vigie")
    OBS = "obs", _("OBS")


class Clip(models.Model):
    """A moment as a video file. The row is the truth; the name is for people."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="clips")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.SET_NULL, related_name="clips")
    live = models.ForeignKey(Live, null=True, on_delete=models.SET_NULL, related_name="clips")
    origin = models.CharField(max_length=8, choices=Origin)
    obs = models.ForeignKey(ObsInstance, null=True, on_delete=models.SET_NULL, related_name="clips")
    firing = models.ForeignKey(Firing, null=True, on_delete=models.SET_NULL, related_name="clips")
    """Of the rule that asked for it; None where a person did."""
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.SET_NULL, related_name="clips")
    """What the alert is about that it shows."""
    requested_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_at = models.DateTimeField()
    at_s = models.FloatField()
    """The moment that it is about, in seconds since the live started."""
    from_s = models.FloatField()
    to_s = models.FloatField()
    """Between which moments it was asked for."""
    starts_s = models.FloatField(null=True)
    """Where its first picture lies in the live: of a replay, as near as that is known. None before it was looked at."""
    template = models.CharField(max_length=200, default=DEFAULT)
    """What its name is made of; what a person calls it is a template, too."""
    named_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who chose the template; None: the rule, or the workspace."""
    author = models.ForeignKey(Chatter, null=True, on_delete=models.SET_NULL, related_name="clips")
    """Who made the rule act; None once they were erased."""
    chatter = models.CharField(max_length=120, blank=True)
    """The same, as the workspace calls them."""
    trigger = models.CharField(max_length=200, blank=True)
    """What did, in a word or two."""
    score = models.FloatField(null=True)
    viewers = models.PositiveIntegerField(null=True)
    seq = models.PositiveIntegerField()
    """1, 2, 3, ... in the workspace."""
    state = models.CharField(max_length=12, choices=ClipState, default=ClipState.REQUESTED)
    reason = models.CharField(max_length=300, blank=True)
    """Why it failed, is tried again, or is not what was asked for, in one line for a person: see `clips.reasons`."""
    lacks = models.CharField(max_length=300, blank=True)
    """What it is not of what was asked for: the reason of a clip that is ready."""
    claimed_until = models.DateTimeField(null=True, blank=True)
    """Until when somebody is at work on it."""
    not_before = models.DateTimeField(null=True, blank=True)
    """When what did not work is tried again."""
    tries = models.PositiveSmallIntegerField(default=0)
    """How often its next state was tried."""
    original = models.CharField(max_length=1000, blank=True)
    """Where OBS wrote it, as its machine spells it."""
    look = models.JSONField(default=list)
    """Of the file before it took its place: size and date, see `clips.placing.Look`."""
    name = models.CharField(max_length=500, blank=True)
    """Of its file in the folder of the workspace's clips, with slashes."""
    is_misnamed = models.BooleanField(default=False)
    """It is to have another name: a person gave it one, or it names somebody who is not to be named any more."""
    size_bytes = models.PositiveBigIntegerField(null=True)
    duration_s = models.FloatField(null=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    note = models.TextField(_("notes"), blank=True, max_length=5000)
    tags = models.JSONField(default=list)
    is_kept = models.BooleanField(default=False)
    """Somebody starred it: it is not deleted by itself."""
    is_held = models.BooleanField(default=False)
    """It may be needed as evidence: nobody deletes it."""
    downloaded = models.PositiveIntegerField(default=0)
    """How often it was."""
    removed_at = models.DateTimeField(null=True, blank=True)
    """Since when it is not wanted any more. The row stays."""
    removal = models.CharField(max_length=12, blank=True)
    """`person`, or why it went by itself: `clips.keeping.Why`."""
    gone_at = models.DateTimeField(null=True, blank=True)
    """When its file was deleted for that."""

    class Meta:
        verbose_name = _("clip")
        permissions = [
            ("see_clips", "Can see and download clips"),
            ("make_clips", "Can make clips, name, tag and keep them"),
            ("delete_clips", "Can delete clips, hold them, share them and say how long they are kept"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "seq"], name="one_clip_a_number"),
            models.UniqueConstraint(fields=["firing"], condition=Q(origin="server"), name="one_clip_a_firing"),
            models.UniqueConstraint(fields=["firing", "obs"], condition=Q(origin="obs"), name="one_replay_a_firing"),
            models.CheckConstraint(condition=Q(to_s__gte=models.F("from_s")), name="clip_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(state__in=ClipState.values), name="clip_state_is_known"),
            models.CheckConstraint(condition=~Q(state="verified") | ~Q(name=""), name="ready_clip_has_a_file"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-requested_at"], name="clips_of_workspace"),  # the archive, newest first
            models.Index(fields=["live", "at_s"], name="clips_of_live"),  # the lane of the live page
            models.Index(
                fields=["state"], condition=Q(state__in=["requested", "saving", "saved", "renamed"]), name="clips_due"
            ),
            models.Index(fields=["is_misnamed"], condition=Q(is_misnamed=True), name="clips_misnamed"),  # to be renamed
            models.Index(
                fields=["removed_at"], condition=Q(removed_at__isnull=False, gone_at=None), name="clips_going"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq}: {self.state}"

    @property
    def file_name(self) -> str:
        """The last part of its name."""
        return self.name.rpartition("/")[2]

    @property
    def has_file(self) -> bool:
        """Whether it can be played: it has its name, and nobody deleted it."""
        return bool(self.name) and self.removed_at is None and self.state != ClipState.FAILED


class ClipName(models.Model):
    """A name that a clip had."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=500)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """None: Vigie itself, from the template."""

    class Meta:
        verbose_name = _("name of a clip")
        verbose_name_plural = _("names of clips")

    def __str__(self) -> str:
        return f"{self.clip_id} since {self.given_at:%Y-%m-%d %H:%M}"


class Poster(models.Model):
    """The picture that stands for a clip."""

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True, related_name="poster")
    jpeg = models.BinaryField()

    class Meta:
        verbose_name = _("poster")

    def __str__(self) -> str:
        return f"{self.clip_id}"


class ShareLink(models.Model):
    """Lets whoever has the link see one clip, until it expires."""

    clip = models.ForeignKey(Clip, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token in the link, in hexadecimal: the token itself is shown once."""
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)
    """How often it was."""

    class Meta:
        verbose_name = _("link to a clip")
        verbose_name_plural = _("links to clips")

    def __str__(self) -> str:
        return f"{self.clip_id} until {self.expires_at:%Y-%m-%d}"


class ClipSettings(models.Model):
    """How a workspace makes and keeps clips; whoever has no row takes what is usual."""

    workspace = models.OneToOneField(
        Workspace, on_delete=models.CASCADE, primary_key=True, related_name="clip_settings"
    )
    template = models.CharField(_("names"), max_length=200, default=DEFAULT)
    before_s = models.PositiveIntegerField(_("seconds before the moment"), default=30)
    after_s = models.PositiveIntegerField(_("seconds after the moment"), default=10)
    keep_days = models.PositiveIntegerField(_("days"), null=True, blank=True)
    keep_gigabytes = models.FloatField(_("gigabytes"), null=True, blank=True)
    tidied_at = models.DateTimeField(null=True, blank=True)
    """When it was last looked for clips that are kept no longer."""

    class Meta:
        verbose_name = _("settings of clips")
        verbose_name_plural = _("settings of clips")
        constraints = [
            models.CheckConstraint(condition=Q(keep_days=None) | Q(keep_days__gte=1), name="clips_are_kept_a_day"),
            models.CheckConstraint(
                condition=Q(keep_gigabytes=None) | Q(keep_gigabytes__gt=0), name="clips_have_some_room"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workspace_id}"
