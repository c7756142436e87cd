"""What people fill in about the rules."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from vigie.risk.flaws import BadLexicon
from vigie.risk.lexicon_yaml import joined, parse, sources
from vigie.risk.models import Policy
from vigie.risk.operations import Edit
from vigie.risk.wording import flaw_words

TRIED_CHARS = 2_000


def language_choices(languages: list[str]) -> list[tuple[str, str]]:
    """Return languages by code, named in the reader's."""
    return [(code, str(get_language_info(code)["name_translated"]).capitalize()) for code in languages]


class PolicyForm(forms.Form):
    """An edit of the rules in one language."""

    lexicon = forms.CharField(
        label=_("Rules"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "code", "rows": 32, "spellcheck": "false", "wrap": "off"}),
    )
    note = forms.CharField(label=_("What changes, and why"), max_length=300)
    based_on = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, policy: Policy, language: str, data: QueryDict | None = None) -> None:
        """Edit the rules of `policy` in `language`; those in the others stay."""
        self._sources = sources(policy.lexicon)
        self._language = language
        initial = {"lexicon": self._sources.get(language, ""), "based_on": policy.version}
        super().__init__(data, initial=initial)

    def clean_lexicon(self) -> str:
        """Refuse what cannot be used, with the line and the reason."""
        text: str = self.cleaned_data["lexicon"].replace("\r\n", "\n")
        try:
            parse(text)
        except BadLexicon as error:
            raise forms.ValidationError(flaw_words(error)) from None
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse what does not fit beside the other languages."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "lexicon" in cleaned:
            try:
                parse(self._policy(cleaned["lexicon"]))
            except BadLexicon as error:
                self.add_error("lexicon", flaw_words(error))
        return cleaned

    def edit(self) -> Edit:
        """Return what was written, as a whole policy."""
        data = self.cleaned_data
        return Edit(self._policy(data["lexicon"]), data["note"], data["based_on"])

    def former(self) -> str:
        """Return the rules in force in this language."""
        return self._sources.get(self._language, "")

    def _policy(self, text: str) -> str:
        return joined((self._sources | {self._language: text}).values())


class TrialForm(forms.Form):
    """A text to be tried on the rules in force."""

    text = forms.CharField(
        label=_("Text"), max_length=TRIED_CHARS, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )

    def __init__(self, languages: list[str], data: QueryDict | None = None, *, chosen: str = "") -> None:
        """Offer `languages`, one of them chosen."""
        super().__init__(data, initial={"language": chosen})
        self.fields["language"] = forms.ChoiceField(label=_("Its language"), choices=language_choices(languages))
