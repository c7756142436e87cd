"""What readers look for, and write, on the pages that span areas."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vigie.site.queries import Sought
from vigie.watch.timeline import Hole


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


class MarkForm(forms.Form):
    """A stretch of a live that somebody marks, in seconds since it started."""

    from_s = forms.FloatField(min_value=0)
    to_s = forms.FloatField(min_value=0)
    label = forms.CharField(required=False, max_length=120)

    def __init__(self, data: QueryDict, *, edge_s: float) -> None:
        """Take a stretch of a live that reaches to `edge_s`."""
        super().__init__(data)
        self._edge_s = edge_s

    def clean(self) -> None:
        """Refuse what ends before it begins, or begins after the live."""
        from_s, to_s = (self.cleaned_data.get(name) for name in ("from_s", "to_s"))
        if from_s is None or to_s is None or not from_s <= to_s or from_s > self._edge_s:
            raise forms.ValidationError(_("This is no stretch of this live."))

    def stretch(self) -> Hole:
        """Return what is to be marked."""
        from_s, to_s = self.cleaned_data["from_s"], self.cleaned_data["to_s"]
        return Hole(from_s, max(from_s, min(to_s, self._edge_s)))


class ReasonForm(forms.Form):
    """Why somebody is to be known, or erased."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class ErasureForm(ReasonForm):
    """Why somebody is erased, and that this is meant."""

    is_meant = forms.BooleanField(label=_("I understand that this cannot be undone"))
