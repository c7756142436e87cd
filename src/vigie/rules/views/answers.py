"""What the pages of rules say where something cannot be done."""

from vigie.errors import VigieError
from vigie.rules import operations, wording
from vigie.rules.actions import BadAction
from vigie.rules.document import BadRules

REFUSALS = (
    operations.DoesNothing,
    operations.NameTaken,
    operations.NeedsSecondPerson,
    operations.NothingToPublish,
    operations.RuleIsGone,
    operations.TooManyKeywords,
    BadAction,
    BadRules,
)
"""What is told, and changes nothing."""


def refusal(error: VigieError) -> str:
    """Return why something cannot be done, in the reader's language as far as it is known there."""
    return str(wording.REFUSALS.get(type(error).__name__, error))
