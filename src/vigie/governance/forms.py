"""What is looked for in the audit log."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vigie.governance.queries import Search
from vigie.governance.wording import OBJECTS, VERBS

ANY = ("", _("any"))


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")  # what a browser sends, in every language


class SearchForm(forms.Form):
    """Every field may stay empty."""

    person = forms.CharField(label=capfirst(_("person")), required=False, max_length=150)
    verb = forms.ChoiceField(label=_("Act"), required=False, choices=[ANY, *((v, w) for v, w in VERBS.items())])
    kind = forms.ChoiceField(label=_("Object"), required=False, choices=[ANY, *((k, w) for k, w in OBJECTS.items())])
    number = forms.CharField(label=_("Its number"), required=False, max_length=40)
    first_on = forms.DateField(label=_("From"), required=False, widget=_day(), input_formats=["%Y-%m-%d"])
    last_on = forms.DateField(label=_("To"), required=False, widget=_day(), input_formats=["%Y-%m-%d"])

    def search(self) -> Search:
        """Return what was filled in; nothing at all where it makes no sense."""
        filled: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return Search(**filled)
