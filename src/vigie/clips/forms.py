"""What people fill in about clips: what they look for, what a clip is called, how clips are made and kept."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vigie.clips import archive
from vigie.clips.archive import HELD, KEPT, Sought
from vigie.clips.filenames import LONGEST_TEMPLATE, BadTemplate, Template
from vigie.clips.keeping import Keeping
from vigie.clips.operations import Habits
from vigie.clips.operations.asking import LONGEST_S
from vigie.clips.operations.editing import LONGEST_TAG, MOST_TAGS
from vigie.clips.wording import ORDERS, STATES, flaw
from vigie.people.models import Membership
from vigie.ports import HIGH, MEDIUM
from vigie.rules.models import Rule
from vigie.watch import queries as watch
from vigie.watch.models import Channel

FOLDED = ("state", "rule", "chatter", "tag", "kept", "score", "since", "until")
"""Filters that are seen once they are asked for."""
NO_STRETCH = _("This is no stretch of this live.")
A_DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")


class ArchiveForm(forms.Form):
    """Which clips are looked for, and in which order; nothing filled in means all of them."""

    words = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(), label=_("Channel"), required=False, empty_label=_("All channels")
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)
    rule = forms.ModelChoiceField(
        Rule.objects.none(), label=_("Rule"), required=False, empty_label=_("Any rule, or a person")
    )
    chatter = forms.CharField(
        label=_("Chatter"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"list": "chatters", "autocomplete": "off"}),
    )
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    kept = forms.ChoiceField(
        label=_("Kept"), required=False, choices=[("", _("All")), (KEPT, _("Kept")), (HELD, _("Held"))]
    )
    score = forms.TypedChoiceField(
        label=_("Risk"),
        required=False,
        coerce=float,
        empty_value=None,
        choices=[("", _("Any")), (str(MEDIUM), _("medium at least")), (str(HIGH), _("high"))],
    )
    since = forms.DateField(label=_("From"), required=False, widget=A_DAY)
    until = forms.DateField(label=_("To"), required=False, widget=A_DAY)

    def __init__(self, membership: Membership, data: QueryDict) -> None:
        """Offer what the clips of a member's team have."""
        super().__init__(data)
        fields: Any = self.fields
        fields["channel"].queryset = watch.channels_for(membership)
        fields["rule"].queryset = archive.rules_of(membership)
        fields["rule"].label_from_instance = lambda rule: rule.name
        self.tags = archive.tags_of(membership)
        fields["tag"].choices = [("", _("All")), *((tag, tag) for tag in self.tags)]
        fields["state"].choices = [("", _("All states")), *_worded(STATES)]
        fields["order"].choices = _worded(ORDERS)

    def sought(self) -> Sought:
        """Return what was filled in; a field that makes no sense, and says so, looks for nothing in particular."""
        self.is_valid()
        data = self.cleaned_data
        channel, rule = data.get("channel"), data.get("rule")
        return Sought(
            words=data.get("words", ""),
            channel_id=channel and channel.pk,
            rule_id=rule and rule.pk,
            chatter=data.get("chatter", ""),
            tag=data.get("tag", ""),
            kept=data.get("kept", ""),
            state=data.get("state", ""),
            since=data.get("since"),
            until=data.get("until"),
            score=data.get("score"),
        )

    def in_order(self) -> str:
        """Return the order that was asked for."""
        self.is_valid()
        return str(self.cleaned_data.get("order", ""))

    @property
    def is_narrow(self) -> bool:
        """Whether something is asked for that the first line of filters does not show."""
        return any(self.data.get(name) for name in FOLDED)


def _worded(words: Any) -> list[tuple[str, str]]:
    return [(key, capfirst(str(said))) for key, said in words.items()]


class TemplateField(forms.CharField):
    """How clips are named, as `clips.filenames` takes it."""

    def __init__(self, **kwargs: Any) -> None:
        """Let it be as long as it may."""
        widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(max_length=LONGEST_TEMPLATE, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the template; say in words why it is none."""
        text: str = super().clean(value)
        try:
            Template.parse(text)
        except BadTemplate as error:
            raise forms.ValidationError(flaw(error.flaw, error.what)) from error
        return text


class RenameForm(forms.Form):
    """How one clip is to be called."""

    template = TemplateField(label=_("Name"))
    template.widget.attrs["autofocus"] = True  # of the dialog, once it is opened


class ClipForm(forms.Form):
    """What a team says of a clip."""

    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=MOST_TAGS * (LONGEST_TAG + 2),
        help_text=_("Words, parted by commas."),
        widget=forms.TextInput({"list": "tags", "autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Notes"), required=False, max_length=5000, widget=forms.Textarea({"rows": 4}))

    def clean_tags(self) -> list[str]:
        """Return the tags one by one."""
        return tags_in(self.cleaned_data["tags"])


def tags_in(text: str) -> list[str]:
    """Return the tags of a line, parted by commas, each once. Raises ValidationError."""
    tags = list(dict.fromkeys(" ".join(tag.split()) for tag in text.split(",") if tag.strip()))
    if len(tags) > MOST_TAGS:
        raise forms.ValidationError(_("At most %(most)d tags.") % {"most": MOST_TAGS})
    if long := next((tag for tag in tags if len(tag) > LONGEST_TAG), ""):
        said = _("“%(tag)s” is too long: a tag has %(most)d characters at most.")
        raise forms.ValidationError(said % {"tag": long, "most": LONGEST_TAG})
    return tags


class ShareForm(forms.Form):
    """For how long a link to a clip works."""

    days = forms.TypedChoiceField(
        label=_("The link works for"),
        coerce=int,
        initial=7,
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days"))],
    )


class StretchForm(forms.Form):
    """The part of a live that is to become a clip, in seconds since it started; empty: its last seconds."""

    from_s = forms.FloatField(min_value=0, required=False)
    to_s = forms.FloatField(min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse what ends before it begins, and what is too long."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        from_s, to_s = data.get("from_s"), data.get("to_s")
        if (from_s is None) != (to_s is None) or (from_s is not None and to_s is not None and from_s >= to_s):
            raise forms.ValidationError(NO_STRETCH)
        if from_s is not None and to_s is not None and to_s - from_s > LONGEST_S:
            raise forms.ValidationError(_("A clip lasts 10 minutes at most: choose a shorter stretch."))
        return data

    def stretch(self) -> tuple[float, float] | None:
        """Return what was filled in; the form is valid."""
        from_s, to_s = self.cleaned_data["from_s"], self.cleaned_data["to_s"]
        return None if from_s is None else (from_s, to_s)


class KeepingForm(forms.Form):
    """For how long clips are kept."""

    keep_days = forms.IntegerField(
        label=_("Delete after so many days"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("Empty: clips stay however old they are."),
    )
    keep_gigabytes = forms.FloatField(
        label=_("Delete beyond so many gigabytes"),
        min_value=0.1,
        max_value=100_000,
        required=False,
        help_text=_("The oldest go first. Empty: there is no limit."),
        widget=forms.NumberInput({"step": "0.1"}),
    )

    def keeping(self) -> Keeping:
        """Return what was filled in; the form is valid."""
        return Keeping(self.cleaned_data["keep_days"], self.cleaned_data["keep_gigabytes"])


class SettingsForm(KeepingForm):
    """How clips are named, how long they are and for how long they are kept."""

    template = TemplateField(label=_("Template"))
    before_s = forms.IntegerField(label=_("Seconds before the moment"), min_value=1, max_value=300)
    after_s = forms.IntegerField(label=_("Seconds after it"), min_value=0, max_value=300)

    def habits(self) -> Habits:
        """Return what was filled in; the form is valid."""
        data = self.cleaned_data
        return Habits(data["template"], data["before_s"], data["after_s"], self.keeping())
