"""What people fill in about alerts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vigie.moderation.models import AlertState, Finding
from vigie.moderation.operations import Choice

NOTE_LENGTH = 4000


class NoteForm(forms.Form):
    """A remark, visible to the team."""

    note = forms.CharField(
        label=_("note"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea,
    )


class DecisionForm(NoteForm):
    """What a person makes of an alert, and the version they saw. Each button sends its own state."""

    state = forms.ChoiceField(choices=AlertState)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    category = forms.ChoiceField(choices=Finding, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the note be empty."""
        super().__init__(*args, **kwargs)
        self.fields["note"].required = False

    def choice(self) -> Choice:
        """Return what was decided; the form is valid."""
        return Choice(self.cleaned_data["state"], self.cleaned_data["category"], self.cleaned_data["note"])
