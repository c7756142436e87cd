import pytest

from vigie.errors import VigieError
from vigie.rules import operations, wording
from vigie.rules.actions import BadAction
from vigie.rules.views.answers import REFUSALS, refusal


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (operations.NothingToPublish(), "Somebody else changed this rule meanwhile."),
        (operations.TooManyKeywords(), "All rules in force have 50,000 keywords at most. Let another rule rest first."),
        (BadAction("“dance” is no action."), "“dance” is no action."),
    ],
)
def test_a_refusal_says_why(error: VigieError, words: str) -> None:
    assert refusal(error) == words


def test_what_has_words_is_a_refusal() -> None:
    assert set(wording.REFUSALS) <= {kind.__name__ for kind in REFUSALS}
