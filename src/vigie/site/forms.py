"""What readers look for on the pages that span areas."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vigie.site.queries import Sought


class TranscriptSearchForm(forms.Form):
    """What is looked for in a transcript; nothing filled in means all of it."""

    words = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    marked = forms.BooleanField(label=_("Marked passages only"), required=False)

    def sought(self) -> Sought:
        """Return what was filled in; a field that makes no sense, and says so, looks for nothing in particular."""
        self.is_valid()
        return Sought(self.cleaned_data.get("words", ""), only_marked=self.cleaned_data.get("marked", False))
