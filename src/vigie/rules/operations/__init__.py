"""What is done with rules, by people; and what rules do, written by Vigie as it happens."""

from vigie.rules.operations.firings import ACT, WasFollowed, note_outcomes
from vigie.rules.operations.running import give_back_crashed, give_up_lost, perform, refuse
from vigie.rules.operations.versions import (
    MOST_KEYWORDS_OF_TEAM,
    ChangedMeanwhile,
    NeedsSecondPerson,
    NothingToPublish,
    TooManyKeywords,
    add_rule,
    bring_back,
    end_trial,
    import_rules,
    pause,
    propose,
    put_in_force,
    remove_rule,
    resume,
    save_draft,
    try_out,
)

__all__ = [
    "ACT",
    "MOST_KEYWORDS_OF_TEAM",
    "ChangedMeanwhile",
    "NeedsSecondPerson",
    "NothingToPublish",
    "TooManyKeywords",
    "WasFollowed",
    "add_rule",
    "bring_back",
    "end_trial",
    "give_back_crashed",
    "give_up_lost",
    "import_rules",
    "note_outcomes",
    "pause",
    "perform",
    "propose",
    "put_in_force",
    "refuse",
    "remove_rule",
    "resume",
    "save_draft",
    "try_out",
]
