import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_assessment, make_live, make_membership, make_utterance, make_workspace
from tests.risk.blorks import LEXICON
from tests.risk.policies import OUTDATED, make_policy
from vigie.risk import queries
from vigie.risk.models import Assessment
from vigie.watch.models import Live

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
def test_policies_are_read_without_their_text_newest_first(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    member = make_membership()
    for version in range(1, count + 1):
        make_policy(member.workspace, version=version)
    make_policy(make_workspace())

    with django_assert_num_queries(1):
        found = [(policy.version, policy.note, policy.author) for policy in queries.policies_for(member)]

    assert found == [(version, f"note {version}", None) for version in range(count, 0, -1)]


def test_the_policy_in_force_is_the_newest() -> None:
    workspace = make_workspace()
    assert queries.policy_in_force(workspace.pk) is None

    make_policy(workspace)
    newest = make_policy(workspace, version=2)
    make_policy(make_workspace(), version=3)

    assert queries.policy_in_force(workspace.pk) == newest


@pytest.mark.parametrize(("language", "label"), [("en", "the blorks"), ("fr", "les blorks"), ("de", "the blorks")])
def test_a_group_is_called_in_the_language_of_the_reader(language: str, label: str) -> None:
    both = LEXICON + "---" + LEXICON.replace("language: en", "language: fr").replace("the blorks", "les blorks")
    policy = make_policy(make_workspace(), both)

    with translation.override(language):
        assert queries.label_of("blorks", policy) == label


def test_a_group_that_is_not_in_the_policy_goes_by_its_key() -> None:
    assert queries.label_of("martians", make_policy(make_workspace())) == "martians"
    assert queries.label_of("martians", None) == "martians"
    assert queries.label_of("", None) == ""


def test_a_group_goes_by_its_key_where_the_policy_was_written_for_another_version_of_vigie() -> None:
    former = make_policy(make_workspace(), OUTDATED)
    assessment = make_assessment(target="blorks", signals=["hate"])
    assessment.policy = former

    assert queries.label_of("blorks", former) == "blorks"
    assert queries.justification_of(assessment) == "Expresses hatred or disgust towards blorks."


def test_a_justification_needs_no_query_where_the_policy_was_read_along(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = make_assessment(target="blorks", signals=["hate", "quoted"])
    Assessment.objects.update(policy=make_policy(made.live.channel.workspace))
    assessment = Assessment.objects.select_related("policy").get()
    queries.justification_of(assessment)

    with django_assert_num_queries(0):
        said = queries.justification_of(assessment)

    assert said == "Expresses hatred or disgust towards the blorks. The words are quoted."


def said(live: Live, seq: int, start_s: float, text: str, of: str = "utterance") -> Assessment:
    assessment = make_assessment(make_utterance(live, seq=seq, start_s=start_s, text=text))
    Assessment.objects.filter(pk=assessment.pk).update(of=of)
    return Assessment.objects.get(pk=assessment.pk)


def test_said_before_are_the_last_two_texts_of_the_same_kind_in_the_live() -> None:
    live, other = make_live(), make_live()
    one, two = said(live, 1, 0, "one"), said(live, 2, 5, "two")
    said(live, 3, 10, "chat", of="chat")
    said(other, 1, 0, "elsewhere")
    three, four = said(live, 4, 15, "three"), said(live, 5, 20, "four")

    assert queries.said_before([one, two, three, four]) == {
        one.pk: (),
        two.pk: ("one",),
        three.pk: ("one", "two"),
        four.pk: ("two", "three"),
    }


def test_what_was_said_long_before_does_not_matter() -> None:
    live = make_live()
    said(live, 1, 0, "long ago")
    later = said(live, 2, queries.CONTEXT_S + 1, "now")

    assert queries.said_before([later]) == {later.pk: ()}


@pytest.mark.parametrize(("after_s", "before"), [(30.0, ("just then",)), (30.5, ())])
def test_what_was_said_half_a_minute_before_still_matters(after_s: float, before: tuple[str, ...]) -> None:
    live = make_live()
    said(live, 1, 0, "just then")
    now, later = said(live, 2, after_s, "now"), said(live, 3, 100, "later")

    assert queries.said_before([now, later]) == {now.pk: before, later.pk: ()}


def test_said_before_asks_once_a_live(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    live, other = make_live(), make_live()
    texts = [said(live, 1, 0, "a"), said(live, 2, 5, "b"), said(other, 1, 0, "c"), said(other, 2, 4, "d")]

    with django_assert_num_queries(2):
        assert queries.said_before(texts)[texts[3].pk] == ("c",)
