"""Who uses Vigie, in which workspace, with which role."""

from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vigie.people import presets, roles, scopes


class Theme(models.TextChoices):
    """The look a reader chose."""

    SYSTEM = "system", _("as the system")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class User(AbstractUser):
    """A person. Signs in by e-mail or by user name."""

    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=8, default="fr")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_an_email"),
            models.UniqueConstraint(Lower("username"), name="one_account_a_name"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def zone(self) -> ZoneInfo:
        """Where the person's days begin: in their time zone; in the installation's where this system has no such."""
        try:
            return ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):  # unknown, or so by now: former names are a package of their own
            return ZoneInfo(settings.TIME_ZONE)


class Role(models.TextChoices):
    """The roles Vigie comes with; each is a group of that name. What they may do: `people.roles`."""

    ANALYST = roles.ANALYST, _("analyst")
    MODERATOR = roles.MODERATOR, _("moderator")
    SUPERVISOR = roles.SUPERVISOR, _("supervisor")
    ADMINISTRATOR = roles.ADMINISTRATOR, _("administrator")
    AUDITOR = roles.AUDITOR, _("auditor")
    API_CLIENT = roles.API_CLIENT, _("API client")


def role_name(role: Group) -> str:
    """Return what a role is called; a team's own groups go by their name."""
    return str(Role(role.name).label) if role.name in Role else role.name


def permissions_of(role: Group) -> frozenset[str]:
    """Return what a role may do where nothing restricts it, as `area.codename`."""
    granted = role.permissions.values_list("content_type__app_label", "codename")
    return frozenset(f"{area}.{codename}" for area, codename in granted)


class RoleGrant(models.Model):
    """A permission that Vigie gave to a role. What a team took away since is not given again."""

    role = models.CharField(max_length=24, choices=Role)
    permission = models.CharField(max_length=100)
    """`area.codename`."""

    class Meta:
        verbose_name = _("granted permission")
        verbose_name_plural = _("granted permissions")
        constraints = [models.UniqueConstraint(fields=["role", "permission"], name="one_grant_a_permission")]

    def __str__(self) -> str:
        return f"{self.role}: {self.permission}"


class Preset(models.TextChoices):
    """What a workspace is for; decides its first settings."""

    PUBLIC_BODY = "public_body", _("public body")
    CHANNEL_MODERATION = "channel_moderation", _("channel moderation")
    CREATOR = "creator", _("creator")
    COMMUNICATIONS = "communications", _("communications")


class Module(models.TextChoices):
    """A part of the product that a workspace may do without."""

    MODERATION = presets.MODERATION, _("alerts")
    CHAT = presets.CHAT, _("chat")
    AUDIENCE = presets.AUDIENCE, _("audience")
    RULES = presets.RULES, _("rules")
    CLIPS = presets.CLIPS, _("clips")
    PUBLISHING = presets.PUBLISHING, _("publishing")


def first_modules() -> list[str]:
    """Return the modules of a workspace of the default kind."""
    return presets.default_modules(Preset.CHANNEL_MODERATION)


class Workspace(models.Model):
    """Everything a team shares; nothing crosses from one to another."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    preset = models.CharField(_("kind"), max_length=24, choices=Preset, default=Preset.CHANNEL_MODERATION)
    modules = models.JSONField(_("modules"), default=first_modules)
    """Keys of the modules in use; `people.presets` says which a preset allows."""
    alert_threshold = models.FloatField(_("alert threshold"), default=0.7)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        permissions = [("manage_workspace", "Can change the settings of the workspace")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(alert_threshold__gte=0, alert_threshold__lte=1),
                name="workspace_threshold_is_a_fraction",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def pseudonymises(self) -> bool:
        """Whether chatters go by a pseudonym here."""
        return presets.PRESETS[self.preset].pseudonymises

    def has(self, module: str) -> bool:
        """Return whether a part of the product (`people.presets`) is in use here."""
        return module in self.modules


class Membership(models.Model):
    """A person in a workspace. The role is one of the groups of `people.roles`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members of workspaces")
        permissions = [("manage_people", "Can invite people, change their role, remove them")]
        constraints = [models.UniqueConstraint(fields=["user", "workspace"], name="one_membership_a_workspace")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id}"

    @property
    def alias(self) -> str:
        """How this person is shown in exports and beside decisions: `M-07`."""
        return f"M-{self.pk:02d}"

    @property
    def role_name(self) -> str:
        """What the person's role is called."""
        return role_name(self.role)

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What this person may do here, as `area.codename`. One query an instance; read anew to see changes."""
        return roles.in_force(
            permissions_of(self.role),
            modules=self.workspace.modules,
            separate_duties=presets.PRESETS[self.workspace.preset].separates_duties,
        )

    def may(self, permission: str) -> bool:
        """Return whether this person may do what `area.codename` names."""
        return permission in self.permissions


class Invitation(models.Model):
    """A link that lets one person join, once, before it expires. Only its hash is kept."""

    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE, related_name="invitations")
    """None for the link that creates the first administrator."""
    role = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(_("e-mail"), blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def role_name(self) -> str:
        """What the role to be given is called."""
        return role_name(self.role)


class ConnectionState(models.TextChoices):
    """Whether a connected account can be used, as its platform said last."""

    OK = "ok", pgettext_lazy("connected account", "connected")
    UNREACHABLE = "unreachable", _("not checked")
    MISSING_SCOPE = "missing_scope", _("connected, but allows too little")
    EXPIRED = "expired", pgettext_lazy("connected account", "expired")
    REVOKED = "revoked", pgettext_lazy("connected account", "revoked")


LOST = (ConnectionState.EXPIRED, ConnectionState.REVOKED)
"""States of an account that is of no use until a person connects it anew."""


class ConnectedAccount(models.Model):
    """An account of a platform that a team lets Vigie use. Its tokens are sealed (`runtime.sealing`)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="connected_accounts")
    platform = models.CharField(_("platform"), max_length=16)
    """A key of `people.scopes`."""
    platform_id = models.CharField(max_length=64)
    login = models.CharField(_("account"), max_length=64)
    access_token = models.TextField()
    refresh_token = models.TextField(blank=True)
    """Empty where the platform gave none."""
    scopes = models.JSONField(default=list)
    """What the platform allows, as it says itself."""
    purposes = models.JSONField(default=list)
    """What the team connected it for: keys of `people.scopes`."""
    expires_at = models.DateTimeField()
    """When the access token does."""
    state = models.CharField(_("state"), max_length=16, choices=ConnectionState, default=ConnectionState.OK)
    reason = models.CharField(max_length=300, blank=True)
    """Why the state is not ok, in one line."""
    connected_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    connected_at = models.DateTimeField(_("connected since"))
    validated_at = models.DateTimeField(_("last checked"))
    check_at = models.DateTimeField(null=True, blank=True)
    """When its platform is asked about it next; None: not before a person connects it anew."""
    renewing_until = models.DateTimeField(null=True, blank=True)
    """Until when whoever refreshes the token is taken to be at it."""

    class Meta:
        verbose_name = _("connected account")
        verbose_name_plural = _("connected accounts")
        permissions = [("manage_connections", "Can connect accounts of platforms and disconnect them")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "platform", "platform_id"], name="one_connection_an_account"),
            models.CheckConstraint(
                condition=models.Q(check_at=None) | ~models.Q(state__in=LOST), name="lost_connection_is_not_checked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform_name} {self.login}"

    @property
    def platform_name(self) -> str:
        """What its platform is called."""
        return scopes.NAMES[self.platform]

    @property
    def is_lost(self) -> bool:
        """Whether it is of no use until a person connects it anew."""
        return self.state in LOST

    @property
    def needs_a_person(self) -> bool:
        """Whether one tap of a person mends it."""
        return self.is_lost or self.state == ConnectionState.MISSING_SCOPE


class ApiKey(models.Model):
    """Lets a program of a team in, in the name of who made it. Only its hash is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=80)
    key_sha256 = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=12)
    """How the key begins: enough to recognize it, too little to use it."""
    scopes = models.JSONField(default=list)
    """What it may do at most, as `area.codename`: never more than whoever made it may do now."""
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    """None: when it is revoked, or whoever made it leaves."""
    last_used_at = models.DateTimeField(null=True, blank=True)
    """To the minute."""
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.prefix
