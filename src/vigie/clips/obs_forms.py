"""What people fill in about an OBS."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.clips import queries
from vigie.clips.models import ObsInstance
from vigie.clips.operations import ObsForm
from vigie.clips.pathmaps import BadMapping, Flaw, parse_mapping
from vigie.people.models import Membership
from vigie.ports import ObsAddress
from vigie.runtime.sealing import CannotUnseal, unseal

_HOST = re.compile(r"[\w.-]+|\[?[0-9A-Fa-f:.]+\]?")
_LINES = {"rows": 2, "spellcheck": "false", "placeholder": "C:/Users/Anna/Videos -> /mnt/anna"}
_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
_FLAWS: Mapping[Flaw, Promise] = {
    Flaw.ARROW: _("Line %(line)d: write the folder there, ->, and the folder here."),
    Flaw.THERE: _("Line %(line)d: the folder before -> needs a whole path, as C:\\Replays or /home/anna/replays."),
    Flaw.HERE: _("Line %(line)d: the folder after -> needs a whole path of this machine."),
    Flaw.TWICE: _("Line %(line)d: a line above maps the same folder before ->."),
}


class ObsSettingsForm(forms.Form):
    """An OBS: where it is, and what Vigie does with it."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Rules call it so."))
    host = forms.CharField(
        label=_("Address"),
        max_length=255,
        initial="127.0.0.1",
        widget=forms.TextInput(_PLAIN),
        help_text=_("127.0.0.1 where OBS runs on the same machine as Vigie."),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=4455)
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    path_map = forms.CharField(
        label=_("Folders there and here"),
        required=False,
        max_length=4000,
        strip=False,  # so that lines are counted as they are seen
        widget=forms.Textarea(_LINES),
        help_text=_("Only for an OBS on another machine: one a line, as C:/Users/Anna/Videos -> /mnt/anna."),
    )
    starts_buffer = forms.BooleanField(label=_("Start the replay buffer where it is off"), required=False, initial=True)
    is_used = forms.BooleanField(label=_("Use this OBS"), required=False, initial=True)

    def __init__(self, membership: Membership, obs: ObsInstance | None = None, data: Any = None) -> None:
        """Show an OBS as it is, without its password; None: a new one."""
        names = ("name", "host", "port", "path_map", "starts_buffer", "is_used")
        super().__init__(data, initial={name: getattr(obs, name) for name in names} if obs else None)
        others = queries.obs_for(membership)
        self._others, self._obs = others.exclude(pk=obs.pk) if obs else others, obs
        if obs and obs.sealed_password:
            self.fields["password"].help_text = _("Empty: as it was.")

    def clean_name(self) -> str:
        """Refuse a name that another OBS has: rules could not tell them apart."""
        name: str = self.cleaned_data["name"]
        if self._others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("Another OBS is called so."))
        return name

    def clean_host(self) -> str:
        """Refuse what is more than an address."""
        host: str = self.cleaned_data["host"]
        if not _HOST.fullmatch(host):
            raise forms.ValidationError(_("Write the address alone, as 192.168.1.20 or studio.local."))
        return host

    def clean_path_map(self) -> str:
        """Refuse lines that map no folder, and say which."""
        lines: str = self.cleaned_data["path_map"]
        try:
            parse_mapping(lines)
        except BadMapping as error:
            raise forms.ValidationError(str(_FLAWS[error.flaw]) % {"line": error.line}) from error
        return lines

    def clean(self) -> None:
        """Refuse the same OBS twice: the replays of one would be taken for those of the other."""
        host, port = self.cleaned_data.get("host"), self.cleaned_data.get("port")
        if twin := self._others.filter(host__iexact=host, port=port).first() if host and port else None:
            raise forms.ValidationError(_("“%(name)s” is this OBS already.") % {"name": twin.name})

    def wanted(self) -> ObsForm:
        """Return what was filled in; the form is valid. No password leaves it as it was."""
        return ObsForm(**{**self.cleaned_data, "password": self.cleaned_data["password"] or None})

    def address(self) -> ObsAddress:
        """Return where that is, with the password that is kept where none was typed; the form is valid."""
        data = self.cleaned_data
        return ObsAddress(data["host"], data["port"], data["password"] or kept_password(self._obs))


def kept_password(obs: ObsInstance | None) -> str:
    """Return the password of an OBS; empty where there is none, or none that can be read."""
    try:
        return unseal(obs.sealed_password) if obs and obs.sealed_password else ""
    except CannotUnseal:
        return ""
