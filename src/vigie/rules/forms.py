"""What people fill in about rules besides the editor."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from vigie.people.models import Membership
from vigie.rules import document, listings, queries
from vigie.rules.document import BadRules
from vigie.rules.models import Deed, Firing
from vigie.rules.spec import RuleSpec

MOST_BYTES = 2_000_000


class ImportForm(forms.Form):
    """Rules as YAML: a file, or words in the page."""

    file = forms.FileField(label=_("file"), required=False)
    text = forms.CharField(
        label=_("or the YAML itself"), required=False, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})
    )

    def clean(self) -> dict[str, Any]:
        """Read the rules, or say in one line why they cannot be."""
        cleaned: dict[str, Any] = super().clean() or {}
        file = cleaned.get("file")
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 2 MB."))
        try:
            text = file.read().decode("utf-8-sig") if file else cleaned.get("text", "")
            cleaned["specs"] = document.read(text)
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This file is no text in UTF-8.")) from None
        except BadRules as error:
            raise forms.ValidationError(str(error)) from None
        return cleaned

    def specs(self) -> list[RuleSpec]:
        """Return the rules; the form is valid."""
        specs: list[RuleSpec] = self.cleaned_data["specs"]
        return specs


class LogForm(forms.Form):
    """What of the log is shown."""

    rule = forms.ChoiceField(label=_("rule"), required=False)
    channel = forms.ChoiceField(label=_("channel"), required=False)
    deed = forms.ChoiceField(label=_("what"), required=False)

    def __init__(self, reader: Membership, *args: Any, **kwargs: Any) -> None:
        """Offer the rules and channels of the workspace."""
        super().__init__(*args, **kwargs)
        self._reader = reader
        everything = [("", _("all"))]
        rules = [(str(rule.number), str(rule)) for rule in queries.rules_for(reader)]
        channels = [(str(pk), name) for pk, name in listings.channels_of(reader)]
        for name, choices in (("rule", rules), ("channel", channels), ("deed", list(Deed.choices))):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [*everything, *choices]

    def firings(self) -> QuerySet[Firing]:
        """Return what was asked for; what makes no sense narrows nothing."""
        found = listings.firings_for(self._reader)
        if not self.is_valid():
            return found
        asked = self.cleaned_data
        narrowed = {
            "version__rule__number": asked["rule"],
            "live__channel": asked["channel"],
            "deed": asked["deed"],
        }
        return found.filter(**{name: value for name, value in narrowed.items() if value})
