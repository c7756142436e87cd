"""What rules can do, and how they are told that it cannot be done."""

from collections.abc import Iterator

import pytest
from django.utils.translation import gettext_lazy
from pydantic import Field

from tests.factories import make_workspace
from tests.rules.rows import chat, make_firing, make_rule, on_air, spec
from vigie.rules import actions, queries
from vigie.rules.actions import ActionKind, BadAction, Fired, NoOptions
from vigie.rules.conditions import Value

SHIPPED = {"mark", "alert", "notify", "webhook", "clip", "replay"}


class Options(Value):
    """What an action of the tests is told."""

    label: str = Field("", max_length=10)


@pytest.fixture
def done() -> Iterator[list[tuple[Fired, Value]]]:
    """Notes what the actions `simple`, `told` and `of_alerts` were asked for."""
    acts: list[tuple[Fired, Value]] = []

    def act(fired: Fired, options: Value) -> None:
        acts.append((fired, options))

    for kind in (
        ActionKind("simple", gettext_lazy("test"), act),
        ActionKind("told", gettext_lazy("test"), act, Options),
        ActionKind("of_alerts", gettext_lazy("test"), act, module="moderation"),
    ):
        actions.register(kind)
    yield acts
    for name in ("simple", "told", "of_alerts"):
        actions._kinds.pop(name)


@pytest.fixture
def fired() -> Fired:
    workspace = make_workspace()
    live = on_air(workspace)
    return queries.fired(make_firing(make_rule(workspace), live).pk)


def test_areas_register_what_they_can_do() -> None:
    assert set(actions.known()) == SHIPPED


def test_what_is_known_is_not_changed_by_who_asks() -> None:
    known = dict(actions.known())
    known.clear()

    assert set(actions.known()) == SHIPPED


def test_an_action_is_told_its_options(done: list[tuple[Fired, Value]]) -> None:
    assert actions.read_options("told", {"label": "Look"}) == Options(label="Look")
    assert actions.read_options("simple", {}) == NoOptions()
    assert not done


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("explode", {}, "“explode” is no action; there is: "),
        ("simple", {"label": "x"}, "simple"),
        ("told", {"label": "x" * 11}, "told"),
        ("told", {"label": 5}, "told"),
    ],
)
def test_what_cannot_be_done_as_it_says_is_told_in_one_line(
    done: list[tuple[Fired, Value]], name: str, options: dict[str, object], says: str
) -> None:
    with pytest.raises(BadAction) as refusal:
        actions.read_options(name, options)

    assert str(refusal.value).startswith(says)
    assert "\n" not in str(refusal.value)
    assert not done


def test_a_rule_is_checked_with_all_that_it_does(done: list[tuple[Fired, Value]]) -> None:
    actions.check(spec(then=["simple", {"told": {"label": "Look"}}]))

    with pytest.raises(BadAction, match="rule “Clip it”, then: told"):
        actions.check(spec(then=["simple", {"told": {"label": "x" * 11}}]))
    assert not done


@pytest.mark.django_db
def test_an_action_is_done_with_what_fired(done: list[tuple[Fired, Value]], fired: Fired) -> None:
    actions.perform("told", {"label": "Look"}, fired)

    assert done == [(fired, Options(label="Look"))]


@pytest.mark.django_db
def test_an_action_of_what_is_switched_off_is_not_done(done: list[tuple[Fired, Value]], fired: Fired) -> None:
    actions.perform("of_alerts", {}, fired)
    fired.firing.live.channel.workspace.modules = ["rules"]

    with pytest.raises(BadAction, match="needs what this workspace has switched off: moderation"):
        actions.perform("of_alerts", {}, fired)
    assert len(done) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("conditions", "text", "words"),
    [
        ([{"says": ["replay", "Clip"]}], "clip that", "Clip"),
        ([{"matches": "cl.p"}], "clip that", ""),
        ([{"role": "moderator"}, {"says": "clip"}, {"says": "that"}], "clip that", "clip"),
    ],
)
def test_the_words_are_those_that_the_rule_looks_for(conditions: list[object], text: str, words: str) -> None:
    workspace = make_workspace()
    live = on_air(workspace)
    chat(live, text)
    key = f"chat:{live.messages.get().pk}"

    firing = make_firing(make_rule(workspace, spec(conditions=conditions)), live, trigger=key)

    assert queries.fired(firing.pk).words == words


@pytest.mark.django_db
def test_of_a_trigger_that_is_gone_there_are_no_words(fired: Fired) -> None:
    assert (fired.last, fired.words) == (None, "")
