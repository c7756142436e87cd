"""What people fill in about channels and their lives."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from vigie.people.models import Membership
from vigie.watch import queries
from vigie.watch.addresses import BadAddress, Flaw, Place, name_of, place_of
from vigie.watch.models import Channel, LiveState, Platform
from vigie.watch.operations import Label
from vigie.watch.queries import Sought, Standing, Wanted

FLAWS: dict[Flaw, Promise] = {
    Flaw.EMPTY: _("Give the address of a live."),
    Flaw.TOO_LONG: _("This address is longer than 500 characters."),
    Flaw.UNFIT: _("An address holds no space and no invisible character: copy it again from the address bar."),
    Flaw.SCHEME: _("Only http, https, rtmp, rtmps and srt addresses can be watched."),
    Flaw.CREDENTIALS: _("Leave user name and password out of the address: everyone in the team would read them."),
    Flaw.HOST: _("This is not a web address: the name of the site is missing or wrong."),
    Flaw.HANDLE: _("No account of this platform is called so: copy its name, or the address of its page."),
    Flaw.ACCOUNT: _(
        "This address leads to the platform, but not to an account: open the account's page and copy that."
    ),
    Flaw.PLATFORM: _("Say which platform this account is on."),
}

LANGUAGES = ("fr", "en", "ar", "de", "es", "it", "nl", "pl", "pt", "ro", "ru", "tr", "uk")


def language_choices() -> list[tuple[str, str]]:
    """Return the languages that a channel may be spoken in, named in the reader's."""
    return [(code, str(get_language_info(code)["name_translated"])) for code in LANGUAGES]


class LabelForm(forms.Form):
    """What a team says of a channel."""

    name = forms.CharField(label=pgettext_lazy("channel", "Name"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language spoken"),
        choices=language_choices,
        help_text=_("French and English are judged; the others are transcribed only."),
    )

    def label(self) -> Label:
        """Return what was filled in."""
        return Label(self.cleaned_data["name"], self.cleaned_data["language"])


MOST_AT_ONCE = 100
LONGEST_LINE = 2000


class ChannelForm(LabelForm):
    """Channels to be added: one address a line."""

    address = forms.CharField(
        label=_("Address"),
        max_length=MOST_AT_ONCE * LONGEST_LINE,
        strip=False,
        help_text=_(
            "@account, or the address of an account, of a live, of a stream: https, HLS, FLV, RTMP, SRT. Several at "
            "once: one a line."
        ),
        widget=forms.Textarea(
            attrs={"rows": 3, "inputmode": "url", "autocomplete": "off", "placeholder": "@…, https://…"}
        ),
    )
    platform = forms.ChoiceField(
        label=_("Platform"), required=False, choices=[("", _("as the address says")), *Platform.choices]
    )
    is_watched = forms.BooleanField(label=_("Watch it at once"), required=False, initial=True)

    field_order = ("address", "platform", "name", "language", "is_watched")

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Let the name be left out."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].required = False
        self.fields["name"].help_text = _("Left out, it is taken from the address.")
        self._lines: dict[Place, int] = {}
        """Where each place was written, from 1 on."""

    def clean(self) -> dict[str, Any]:
        """Bring each address into its one form, or say what is wrong with it."""
        data = super().clean() or self.cleaned_data
        lines = [(at, line) for at, line in enumerate(data.get("address", "").splitlines(), start=1) if line.strip()]
        if len(lines) > MOST_AT_ONCE:
            self.add_error("address", _("At most 100 addresses at once."))
            return data
        if not lines and "address" in data:
            self.add_error("address", str(FLAWS[Flaw.EMPTY]))
        for at, line in lines:
            self._take(at, line, is_alone=len(lines) == 1)
        if len(lines) > 1 and data.get("name"):
            self.add_error("name", _("Only one channel at a time can be given a name: leave it out."))
        return data

    def _take(self, at: int, line: str, *, is_alone: bool) -> None:
        try:
            place = place_of(line, self.cleaned_data.get("platform", ""))
        except BadAddress as error:
            field = "platform" if error.flaw is Flaw.PLATFORM and is_alone else "address"
            return self._refuse(field, 0 if is_alone else at, str(FLAWS[error.flaw]))
        if place in self._lines:
            return self._refuse("address", at, _("the same as line %(line)d.") % {"line": self._lines[place]})
        self._lines[place] = at
        return None

    def _refuse(self, field: str, at: int, flaw: str) -> None:
        self.add_error(field, _("Line %(line)d: %(flaw)s") % {"line": at, "flaw": flaw} if at else flaw)

    def refuse_known(self, places: Sequence[Place]) -> None:
        """Say which of the places are on the list already."""
        is_alone = len(self._lines) == 1
        for place in places:
            at = 0 if is_alone else self._lines.get(place, 0)
            self._refuse("address", at, str(_("This channel is on the list already.")))

    def entries(self) -> list[tuple[Place, Label]]:
        """Return each place with what is said of it, in order, with a name in any case."""
        data = self.cleaned_data
        return [(place, Label(data["name"] or name_of(place), data["language"])) for place in self._lines]


class ChannelsForm(forms.Form):
    """Which channels of the list are looked for; nothing filled in means all of them."""

    name = forms.CharField(
        label=_("Name or address"), required=False, max_length=120, widget=forms.TextInput({"type": "search"})
    )
    platform = forms.ChoiceField(label=_("Platform"), required=False, choices=[("", _("All")), *Platform.choices])
    standing = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *Standing.choices])

    def sought(self) -> Sought:
        """Return what was filled in; a field that makes no sense, and says so, looks for nothing in particular."""
        self.is_valid()
        data = self.cleaned_data
        return Sought(data.get("name", ""), data.get("platform", ""), data.get("standing", ""))


class HistoryForm(forms.Form):
    """Which lives of the past are looked for; nothing filled in means all of them."""

    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=_("Channel"), required=False, empty_label=_("All channels")
    )
    state = forms.ChoiceField(
        label=_("End"),
        required=False,
        choices=[("", _("All")), (LiveState.ENDED, _("Ended")), (LiveState.FAILED, _("Not available"))],
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, membership: Membership, data: object) -> None:
        """Offer the channels of a member's team."""
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["channel"].queryset = queries.channels_for(membership)  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return what was filled in; a field that makes no sense, and says so, looks for nothing in particular."""
        self.is_valid()
        data = self.cleaned_data
        channel = data.get("channel")
        return Wanted(channel and channel.pk, data.get("state", ""), data.get("since"), data.get("until"))
