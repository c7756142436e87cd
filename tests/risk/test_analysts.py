import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_workspace
from tests.risk.policies import RULES, make_policy
from vigie.ports import TextToAssess
from vigie.risk import analysts
from vigie.risk.analysts import NoSuchAnalyst

pytestmark = pytest.mark.django_db


def test_the_rules_as_shipped_can_be_had_by_name() -> None:
    analyst = analysts.named("rules")

    (verdict,) = analyst.assess([TextToAssess("muslims are vermin", "en")])
    assert (analyst.name, verdict.hateful) == ("rules 2026.11.2", True)
    assert analysts.named("rules") is analyst


def test_there_is_no_other() -> None:
    with pytest.raises(NoSuchAnalyst, match="There is no analyst named 'oracle'; there is: rules"):
        analysts.named("oracle")


@pytest.mark.parametrize(
    ("target", "language", "label"),
    [("jews", "fr", "les juifs"), ("jews", "en", "Jews"), ("jews", "de", "les juifs"), ("martians", "en", "martians")],
)
def test_shipped_labels_are_in_the_language_asked_for_where_they_can(target: str, language: str, label: str) -> None:
    assert analysts.shipped_label(target, language) == label


def test_a_policy_is_compiled_once_however_many_share_its_rules(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rules = RULES.replace('version: "1"', 'version: "compiled once"')
    mine, theirs = make_policy(make_workspace(), rules), make_policy(make_workspace(), rules)

    with django_assert_num_queries(1):
        first = analysts.of_policy(mine)
    with django_assert_num_queries(0):
        assert analysts.of_policy(theirs) is first
    assert set(first.lexicons) == {"en"}
