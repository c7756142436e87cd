"""What people fill in about themselves and their workspace."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vigie.people import presets, queries, scopes
from vigie.people.consents import Asked
from vigie.people.models import ConnectedAccount, Membership, Module, Preset, Role, User, Workspace, role_name
from vigie.people.operations import NewAccount, WorkspaceSettings
from vigie.people.wording import SCOPES

PRESET_NOTES: dict[str, Promise] = {
    Preset.PUBLIC_BODY: _("Duties are separated: administrators do not read content. No chat, no publishing."),
    Preset.CHANNEL_MODERATION: _("A team that looks after channels and their chat."),
    Preset.CREATOR: _("One's own lives: alerts, chat and clips."),
    Preset.COMMUNICATIONS: _("Alerts, clips and posts on social networks."),
}
ROLE_NOTES: dict[str, Promise] = {
    Role.ANALYST: _("Follows lives, reads transcripts, sees alerts."),
    Role.MODERATOR: _("Also hears the sound and decides on alerts."),
    Role.SUPERVISOR: _("Also adds channels and edits the policy."),
    Role.ADMINISTRATOR: _("Also manages people, settings and the audit log."),
    Role.AUDITOR: _("Reads everything, the audit log too; changes nothing."),
    Role.API_CLIENT: _("A program that reads lives, transcripts and alerts."),
}


PASSWORD_NOTE = _("At least 10 characters; not a common word, not only digits.")
LABELS = {
    "login": _("User name or e-mail"),
    "username": _("User name"),
    "email": capfirst(_("e-mail")),
}
NATIVE_NAMES = [("fr", "Français"), ("en", "English")]


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every place that has a time zone, by continent."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [
        (continent, [(zone, zone.partition("/")[2].replace("_", " ")) for zone in zones])
        for continent, zones in groupby(places, key=lambda zone: zone.partition("/")[0])
    ] + [("UTC", [("UTC", "UTC")])]


class RoleField(forms.ModelChoiceField):  # type: ignore[type-arg] # generic for mypy only
    """One of the roles that somebody may give."""

    def label_from_instance(self, obj: Group) -> str:
        """Return what the role is called."""
        return capfirst(role_name(obj))


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role as it is offered."""

    pk: int
    label: str
    note: Promise | str


def role_choices(by: Membership) -> list[RoleChoice]:
    """Return the roles that the person may give, in words."""
    return [
        RoleChoice(role.pk, capfirst(role_name(role)), ROLE_NOTES.get(role.name, ""))
        for role in queries.grantable_roles(by)
    ]


class Worded:
    """A form of django-allauth in our words: labels instead of placeholders, one line about passwords."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Reword whichever of the fields the form has."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name) or capfirst(str(field.label).lower())  # not "Current Password"
            if name in {"password", "oldpassword", "password1"}:
                field.help_text = PASSWORD_NOTE if name == "password1" else ""


def worded(form: type[forms.Form]) -> type[forms.Form]:
    """Return a form of django-allauth in our words."""
    return type(form.__name__, (Worded, form), {})


class AccountForm(UserCreationForm):  # type: ignore[type-arg] # generic for mypy only
    """A new account."""

    class Meta:
        model = User
        fields = ("username", "email")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say in one line what Django's fields say in six."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = LABELS["username"]
        self.fields["username"].help_text = _("Letters, digits and @ . + - _")
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["password1"].help_text = PASSWORD_NOTE
        self.fields["password2"].help_text = ""

    def clean_email(self) -> str:
        """Refuse an e-mail that somebody uses already, however it is written."""
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is already an account with this e-mail."))
        return email

    def account(self) -> NewAccount:
        """Return what was filled in."""
        data = self.cleaned_data
        return NewAccount(username=data["username"], email=data["email"], password=data["password1"])


class NewWorkspaceForm(forms.Form):
    """A workspace to be made."""

    name = forms.CharField(label=_("Name of the workspace"), max_length=80)
    preset = forms.ChoiceField(
        label=_("What it is for"),
        choices=Preset.choices,
        widget=forms.RadioSelect,
        initial=Preset.CHANNEL_MODERATION.value,
    )

    def presets(self) -> Iterator[tuple[BoundWidget, Promise]]:
        """Yield each kind of workspace and what it is like."""
        for radio in self["preset"]:
            yield radio, PRESET_NOTES[radio.data["value"]]


class WorkspaceForm(NewWorkspaceForm):
    """The settings of a workspace."""

    modules = forms.MultipleChoiceField(
        label=capfirst(_("modules")), required=False, widget=forms.CheckboxSelectMultiple
    )
    alert_threshold = forms.FloatField(
        label=capfirst(_("alert threshold")),
        help_text=_("From 0 to 1. A text judged at or above it raises an alert; 0.7 is high severity."),
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )

    def __init__(self, workspace: Workspace, data: QueryDict | None = None) -> None:
        """Show the settings as they are."""
        now = WorkspaceSettings(workspace.name, workspace.preset, tuple(workspace.modules), workspace.alert_threshold)
        super().__init__(data, initial=asdict(now))
        reachable = presets.reachable(workspace.preset)
        cast("forms.ChoiceField", self.fields["preset"]).choices = [
            choice for choice in Preset.choices if choice[0] in reachable
        ]
        self._kept = frozenset(workspace.modules) - presets.SHIPPED
        shown = [Module(key) for key in presets.allowed_modules(workspace.preset) if key in presets.SHIPPED]
        cast("forms.MultipleChoiceField", self.fields["modules"]).choices = [
            (module.value, capfirst(module.label)) for module in shown
        ]

    def settings(self) -> WorkspaceSettings:
        """Return what was filled in; modules that this version lacks stay as they were, as far as the kind allows."""
        data = self.cleaned_data
        kept = self._kept & presets.PRESETS[data["preset"]].allowed
        return WorkspaceSettings(data["name"], data["preset"], (*data["modules"], *kept), data["alert_threshold"])


class InvitationForm(forms.Form):
    """Whom to let in, as what."""

    email = forms.EmailField(
        label=_("E-mail (optional)"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = RoleField(label=_("Role"), queryset=Group.objects.none(), empty_label=None)

    def __init__(self, by: Membership, data: QueryDict | None = None) -> None:
        """Offer the roles that the person may give."""
        super().__init__(data)
        cast("RoleField", self.fields["role"]).queryset = queries.grantable_roles(by)


class RoleForm(forms.Form):
    """What a member is to be."""

    role = RoleField(label=_("Role"), queryset=Group.objects.all(), empty_label=None)


class ReaderForm(forms.ModelForm):  # type: ignore[type-arg] # generic for mypy only
    """In which language, and by which clock, a person reads."""

    language = forms.ChoiceField(label=capfirst(_("language")), choices=NATIVE_NAMES)
    time_zone = forms.ChoiceField(label=capfirst(_("time zone")), choices=time_zones)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the time zone that the person has, too: that of the installation may be called `Etc/UTC`."""
        super().__init__(*args, **kwargs)
        zone, field = self.instance.time_zone, cast("forms.ChoiceField", self.fields["time_zone"])
        if not field.valid_value(zone) and zone in available_timezones():
            field.choices = [*time_zones(), (zone, zone)]


class ProfileForm(ReaderForm):
    """What a person says of themselves, and how they want Vigie to look."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "language", "time_zone", "theme")


class ConnectForm(forms.Form):
    """Which account to connect: a new one of a platform, or one there is, anew or for one more purpose."""

    platform = forms.ChoiceField(choices=list(scopes.NAMES.items()), required=False)
    account = forms.ModelChoiceField(queryset=ConnectedAccount.objects.none(), required=False)
    purpose = forms.CharField(required=False)

    def __init__(self, workspace: Workspace, data: QueryDict) -> None:
        """Know the accounts of the workspace."""
        super().__init__(data)
        self._workspace = workspace
        cast("forms.ModelChoiceField[ConnectedAccount]", self.fields["account"]).queryset = queries.connections_of(
            workspace
        )

    def clean(self) -> dict[str, Any]:
        """Refuse what names neither a platform nor an account, and what this version has no use for."""
        data = super().clean() or {}
        account = data.get("account")
        platform = account.platform if account else data.get("platform")
        if not platform or data.get("purpose") not in {"", *scopes.OFFERED[platform]}:
            raise forms.ValidationError("")
        return data

    def asked(self) -> Asked:
        """Return what to ask for: what the account is used for, or what any begins with, and the purpose."""
        account, purpose = self.cleaned_data["account"], self.cleaned_data["purpose"]
        platform = account.platform if account else self.cleaned_data["platform"]
        former = account.purposes if account else scopes.FIRST[platform]
        purposes = tuple(dict.fromkeys([*former, *([purpose] if purpose else [])]))
        return Asked(platform, self._workspace.pk, purposes, mends=account.platform_id if account else "")


class KeyForm(forms.Form):
    """A key for a program: what it is called, what it may do, for how long."""

    name = forms.CharField(
        label=_("What the key is for"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=_("How long it works"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("a year")), (0, _("until it is revoked"))],
    )

    def __init__(self, by: Membership, data: QueryDict | None = None) -> None:
        """Offer what the person may do themselves."""
        super().__init__(data)
        held = [(scope, capfirst(str(words))) for scope, words in SCOPES.items() if by.may(scope)]
        cast("forms.MultipleChoiceField", self.fields["scopes"]).choices = held

    def wanted(self, now: datetime) -> dict[str, Any]:
        """Return what was filled in, as `operations.make_key` takes it."""
        data = self.cleaned_data
        expires_at = now + timedelta(days=data["days"]) if data["days"] else None
        return {"name": data["name"], "scopes": data["scopes"], "expires_at": expires_at}
