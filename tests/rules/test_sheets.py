import pytest
from django.test import RequestFactory

from tests.rules.rows import make_rule, spec
from vigie.rules import editing
from vigie.rules.models import Mode, Rule, RuleVersion
from vigie.rules.sheets import Desk, desk_of

pytestmark = pytest.mark.django_db

CHAT = {"name": "r", "when": "chat", "if": [{"says": ["clip"]}]}


def desk(rule: Rule | None = None, data: editing.Data | None = None, *modes: str) -> Desk:
    """Return a desk with versions 1, 2, ... in these modes."""
    versions = {mode: RuleVersion(version=place, mode=mode) for place, mode in enumerate(modes, 1)}
    return Desk(rule, editing.sheet(data or CHAT), len(modes), versions)


@pytest.mark.parametrize(
    ("modes", "mode", "standing", "coming", "following"),
    [
        ((), "draft", None, None, 1),
        (("draft",), "draft", None, 1, 1),
        (("active",), "active", 1, None, 2),
        (("paused",), "paused", 1, None, 2),
        (("active", "draft"), "draft", 1, 2, 2),
        (("active", "trial"), "trial", 1, 2, 3),
        (("paused", "trial", "draft"), "trial", 1, 2, 3),
    ],
)
def test_versions_say_how_a_rule_stands(
    modes: tuple[str, ...], mode: str, standing: int | None, coming: int | None, following: int
) -> None:
    one = desk(None, None, *modes)

    assert one.mode == mode
    assert (one.standing and one.standing.version) == standing
    assert (one.coming and one.coming.version) == coming
    assert one.next_version == following


@pytest.mark.parametrize(
    ("more", "brakes"),
    [
        ({}, ["unless", "rest", "quorum", "schedule"]),
        ({"quorum": {"users": 2, "within": "1 s"}}, ["unless", "rest", "schedule"]),
        ({"schedule": {}}, ["unless", "rest", "quorum"]),
        ({"cooldown": {"channel": "1 s", "user": "1 s", "rule": "1 s"}}, ["unless", "quorum", "schedule"]),
    ],
)
def test_what_is_not_there_may_be_added(more: editing.Data, brakes: list[str]) -> None:
    assert [name for name, _ in desk(None, CHAT | more).brakes] == brakes


def test_brakes_that_are_there_say_how_often_they_held_back() -> None:
    data = CHAT | {"cooldown": {"channel": "1 s"}, "quorum": {"users": 2, "within": "1 s"}}

    assert desk(None, data).shown_brakes == ["hourly_cap", "cooldown", "quorum"]
    assert desk(None, data).plain_fields == ["name", "per_hour", "quorum"]
    assert desk(None, CHAT | {"unless": [{"user": ["a"]}]}).shown_brakes == ["hourly_cap", "except"]


def test_a_desk_begins_with_what_is_saved() -> None:
    version = make_rule(None, spec("Saved"))

    one = desk_of(version.rule, RequestFactory().get("/"))

    assert (one.sheet.data["name"], one.based_on, one.trouble) == ("Saved", 1, "")
    assert one.versions == {Mode.ACTIVE: version}


@pytest.mark.parametrize(("query", "when"), [("", "chat"), ("?example=hype", "hype"), ("?example=nonsense", "chat")])
def test_a_new_rule_begins_with_an_example(query: str, when: str) -> None:
    one = desk_of(None, RequestFactory().get(f"/{query}"))

    assert (one.sheet.when, one.based_on, one.rule) == (when, 0, None)


@pytest.mark.parametrize(("sent", "based_on"), [("3", 3), ("", 0), ("-1", 0), ("x", 0), ("9" * 99, 0)])
def test_a_form_says_on_which_version_it_is_based(sent: str, based_on: int) -> None:
    one = desk_of(None, RequestFactory().post("/", {"based_on": sent}))

    assert one.based_on == based_on


@pytest.mark.parametrize(("is_final", "is_sound"), [(False, True), (True, False)])
def test_a_rule_needs_a_name_in_the_end(*, is_final: bool, is_sound: bool) -> None:
    form = {"when": "chat", "if-0-kind": "says", "if-0-says": "clip"}

    assert desk_of(None, RequestFactory().post("/", form), is_final=is_final).sheet.is_sound is is_sound


def test_what_is_stored_and_cannot_be_used_is_told() -> None:
    version = make_rule()
    version.content = {"name": "old", "when": "telepathy"}
    version.save()

    assert desk_of(version.rule, RequestFactory().get("/")).trouble.startswith("rule “old”, when: it must be one of")
    assert desk_of(version.rule, RequestFactory().post("/")).trouble == ""
