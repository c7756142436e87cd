"""What people fill in about channels and their lives."""

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
from vigie.watch.queries import Wanted

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


class ChannelForm(LabelForm):
    """A channel to be added."""

    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("@account, or the address of an account, of a live, of a stream: https, HLS, FLV, RTMP, SRT."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "@…, https://…"}),
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

    def clean(self) -> dict[str, Any]:
        """Bring the address into its one form."""
        data = super().clean() or self.cleaned_data
        try:
            data["place"] = place_of(data.get("address", ""), data.get("platform", ""))
        except BadAddress as error:
            if "address" in data:
                self.add_error("platform" if error.flaw is Flaw.PLATFORM else "address", str(FLAWS[error.flaw]))
        return data

    def place(self) -> Place:
        """Return where the channel is."""
        place: Place = self.cleaned_data["place"]
        return place

    def label(self) -> Label:
        """Return what was filled in, with a name in any case."""
        return Label(self.cleaned_data["name"] or name_of(self.place()), self.cleaned_data["language"])


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
