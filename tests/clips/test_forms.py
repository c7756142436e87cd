from datetime import date

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from tests.clips.rows import make_clip, make_firing, on_air
from tests.factories import make_membership
from vigie.clips.archive import Sought
from vigie.clips.forms import (
    ArchiveForm,
    ClipForm,
    KeepingForm,
    RenameForm,
    SettingsForm,
    ShareForm,
    StretchForm,
    tags_in,
)
from vigie.clips.keeping import Keeping
from vigie.clips.operations import Habits
from vigie.people.models import Membership

USUAL = {"template": "{chatter}_{ts}", "before_s": "30", "after_s": "10", "keep_days": "", "keep_gigabytes": ""}


@pytest.fixture
def member() -> Membership:
    return make_membership("moderator")


@pytest.mark.django_db
def test_nothing_filled_in_looks_for_all_clips(member: Membership) -> None:
    form = ArchiveForm(member, QueryDict())

    assert (form.sought(), form.in_order(), form.is_narrow) == (Sought(), "", False)


@pytest.mark.django_db
def test_everything_filled_in_is_looked_for(member: Membership) -> None:
    live = on_air(member.workspace)
    firing = make_firing(live)
    make_clip(live, firing=firing, tags=["goal"])
    address = (
        f"words=it&channel={live.channel_id}&rule={firing.version.rule_id}&chatter=anna&tag=goal&kept=held"
        "&state=ready&since=2026-01-05&until=2026-01-06&score=0.7&order=oldest"
    )

    form = ArchiveForm(member, QueryDict(address))

    assert form.sought() == Sought(
        words="it",
        channel_id=live.channel_id,
        rule_id=firing.version.rule_id,
        chatter="anna",
        tag="goal",
        kept="held",
        state="ready",
        since=date(2026, 1, 5),
        until=date(2026, 1, 6),
        score=0.7,
    )
    assert (form.in_order(), form.is_narrow) == ("oldest", True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["channel=9", "channel=x", "rule=9", "tag=unknown", "since=tomorrow", "score=much", "state=odd", "order=up"],
)
def test_what_makes_no_sense_is_said_and_looks_for_nothing_in_particular(member: Membership, address: str) -> None:
    form = ArchiveForm(member, QueryDict(address))

    assert (form.sought(), form.in_order()) == (Sought(), "")
    assert form.errors.keys() == {address.partition("=")[0]}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", []),
        (" , ,", []),
        ("goal", ["goal"]),
        (" to   see , goal,goal", ["to see", "goal"]),
        ("drôle, 語", ["drôle", "語"]),
    ],
)
def test_tags_are_parted_by_commas(text: str, tags: list[str]) -> None:
    assert tags_in(text) == tags


@pytest.mark.parametrize("text", ["x" * 41, ",".join(str(n) for n in range(21))])
def test_too_many_and_too_long_tags_are_refused(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        tags_in(text)


@given(st.text(max_size=200))
def test_any_text_makes_tags_or_is_refused(text: str) -> None:
    try:
        tags = tags_in(text)
    except forms.ValidationError:
        return
    assert all(tag and tag == tag.strip() and len(tag) <= 40 for tag in tags)
    assert len(tags) == len(set(tags)) <= 20


def test_what_a_team_says_of_a_clip() -> None:
    form = ClipForm({"title": " The goal ", "tags": "a, b", "note": ""})

    assert form.is_valid()
    assert form.cleaned_data == {"title": "The goal", "tags": ["a", "b"], "note": ""}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("", "This field is required."),
        ("{nobody}", "There is no field “{nobody}”: choose one of those that can be put in."),
        ("/etc/passwd", "A name stays inside the folder of the clips: it cannot begin with “/”."),
        ("a/../b", "“..” between the slashes is no name."),
        ("a:b", "“:” cannot be in a name: some system takes no such sign."),
        ("{chatter", "A brace opens or closes alone near “{chatter”."),
    ],
)
def test_a_template_that_is_none_is_refused_in_words(template: str, said: str) -> None:
    form = RenameForm({"template": template})

    assert form.errors == {"template": [said]}


@pytest.mark.parametrize(("days", "is_valid"), [("1", True), ("7", True), ("30", True), ("0", False), ("365", False)])
def test_a_link_works_for_some_days(days: str, *, is_valid: bool) -> None:
    assert ShareForm({"days": days}).is_valid() is is_valid


@pytest.mark.parametrize(
    ("from_s", "to_s", "is_valid"),
    [
        ("", "", True),
        ("0", "600", True),
        ("1.5", "2", True),
        ("2", "2", False),
        ("3", "2", False),
        ("0", "600.1", False),
        ("", "2", False),
        ("2", "", False),
        ("-1", "2", False),
        ("nan", "nan", False),
        ("inf", "inf", False),
        ("x", "y", False),
    ],
)
def test_a_stretch_has_both_ends_or_none(from_s: str, to_s: str, *, is_valid: bool) -> None:
    assert StretchForm({"from_s": from_s, "to_s": to_s}).is_valid() is is_valid


def test_settings_are_habits() -> None:
    form = SettingsForm(USUAL | {"keep_days": "30", "keep_gigabytes": "1.5"})

    assert form.is_valid()
    assert form.habits() == Habits("{chatter}_{ts}", 30, 10, Keeping(30, 1.5))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("before_s", "0"),
        ("before_s", "301"),
        ("after_s", "-1"),
        ("keep_days", "0"),
        ("keep_days", "4000"),
        ("keep_gigabytes", "0"),
        ("keep_gigabytes", "nan"),
        ("template", "{nobody}"),
    ],
)
def test_settings_that_make_no_sense_are_refused(field: str, value: str) -> None:
    assert SettingsForm(USUAL | {field: value}).errors.keys() == {field}


def test_keeping_without_limits_is_for_ever() -> None:
    form = KeepingForm({"keep_days": "", "keep_gigabytes": ""})

    assert form.is_valid()
    assert form.keeping() == Keeping()
