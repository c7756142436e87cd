"""What people fill in about what they want to be told, and about webhooks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from vigie.notifications import kinds
from vigie.notifications.choosing import concerned
from vigie.notifications.models import SHOWN_S, Kind, Preference, Webhook
from vigie.notifications.operations import Target, Wishes
from vigie.people.models import Membership
from vigie.watch.queries import channels_for

DAYS = [(number + 1, name) for number, name in WEEKDAYS.items()]
CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind of news and the ways to be told of it."""

    label: str | Promise
    page: BoundField
    mail: BoundField


class PreferenceForm(forms.Form):
    """What a member wants to be told, by which way, and when not."""

    muted = forms.TypedMultipleChoiceField(
        label=_("Channels to hear nothing of"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    quiet_from = forms.TimeField(label=pgettext_lazy("hour", "From"), required=False, widget=CLOCK)
    quiet_to = forms.TimeField(label=pgettext_lazy("hour", "To"), required=False, widget=CLOCK)
    quiet_days = forms.TypedMultipleChoiceField(
        label=_("Beginning on"), coerce=int, required=False, choices=DAYS, widget=forms.CheckboxSelectMultiple
    )

    shown_s = forms.IntegerField(
        label=_("Seconds that a line stays on the page"),
        required=False,
        min_value=SHOWN_S[0],
        max_value=SHOWN_S[1],
    )

    def __init__(self, member: Membership, preference: Preference, data: Any = None) -> None:
        """Show what the member asked for so far; only what they may be told of is offered."""
        self.kinds = concerned(member.permissions)
        self._unseen = set(kinds.NEEDS) - set(self.kinds)
        self._preference = preference
        initial: dict[str, object] = {
            "muted": [channel.pk for channel in preference.muted.all()] if preference.pk else [],
            "quiet_from": preference.quiet_from,
            "quiet_to": preference.quiet_to,
            "quiet_days": preference.quiet_days,
            "shown_s": preference.shown_s,
        }
        super().__init__(data, initial=initial)
        cast("forms.TypedMultipleChoiceField", self.fields["muted"]).choices = [
            (channel.pk, channel.name) for channel in channels_for(member)
        ]
        for kind in self.kinds:
            for way, told in (("page", preference.page), ("mail", preference.mail)):
                self.fields[f"{way}_{kind}"] = forms.BooleanField(required=False, initial=kind in told)

    def rows(self) -> Iterator[KindRow]:
        """Yield the kinds, each with its two ways."""
        for kind in self.kinds:
            yield KindRow(Kind(kind).label, self[f"page_{kind}"], self[f"mail_{kind}"])

    def clean(self) -> None:
        """Refuse quiet hours without an end, without a beginning, without a length, without a day."""
        start, end = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_to")
        if self.errors or (start is None and end is None):
            return
        if start is None or end is None:
            self.add_error(
                "quiet_to" if end is None else "quiet_from", gettext("Quiet hours need a beginning and an end.")
            )
        elif start == end:
            self.add_error("quiet_to", gettext("Quiet hours end at another time than they begin."))
        elif not self.cleaned_data.get("quiet_days"):
            self.add_error("quiet_days", gettext("Choose at least one day, or leave the hours empty."))

    def wishes(self) -> Wishes:
        """Return what was filled in; what was not offered stays as it was."""
        data = self.cleaned_data
        quiet = (data["quiet_from"], data["quiet_to"]) if data["quiet_from"] is not None else None
        days = data["quiet_days"] if quiet else self._preference.quiet_days
        return Wishes(
            self._wanted("page", self._preference.page),
            self._wanted("mail", self._preference.mail),
            data["muted"],
            quiet,
            days,
            data["shown_s"] or self._preference.shown_s,
        )

    def _wanted(self, way: str, former: list[str]) -> set[str]:
        return {kind for kind in self.kinds if self.cleaned_data[f"{way}_{kind}"]} | (self._unseen & set(former))


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_place = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
    return is_place and url.isprintable() and " " not in url


class WebhookForm(forms.Form):
    """Where a webhook is, and what it is told."""

    url = forms.CharField(
        label=capfirst(_("address")),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text=_(
            "A program of yours that takes HTTP POST. Private addresses are refused unless an operator allows them."
        ),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=[(kind, Kind(kind).label) for kind in kinds.FOR_WEBHOOKS],
        widget=forms.CheckboxSelectMultiple,
        initial=kinds.FOR_WEBHOOKS,
        required=False,
        help_text=_("Rules that name it tell it more, whatever is chosen here."),
    )

    def clean_url(self) -> str:
        """Refuse what is not the address of a program on the web."""
        url: str = self.cleaned_data["url"]
        if not _is_web(url):
            raise forms.ValidationError(_("Give an address that begins with http:// or https://."))
        if "@" in urlsplit(url).netloc:
            raise forms.ValidationError(
                _("Leave user name and password out of the address: deliveries are signed instead.")
            )
        return url

    def target(self) -> Target:
        """Return what was filled in."""
        return Target(self.cleaned_data["url"], self.cleaned_data["kinds"])


class WebhookChangeForm(WebhookForm):
    """What can be changed of a webhook."""

    is_active = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, webhook: Webhook, data: Any = None) -> None:
        """Show a webhook as it is."""
        initial = {"url": webhook.url, "kinds": webhook.kinds, "is_active": webhook.is_active}
        super().__init__(data, initial=initial)

    def target(self) -> Target:
        """Return what was filled in."""
        data = self.cleaned_data
        return Target(data["url"], data["kinds"], is_active=data["is_active"])
