from collections.abc import Collection, Mapping

import pytest
from django.utils.functional import Promise

from vigie.moderation import states, wording
from vigie.moderation.models import AlertState
from vigie.moderation.ordering import Reason
from vigie.runtime.models import WorkState


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (wording.REASONS, list(Reason)),
        (wording.DONE, AlertState.values),
        (wording.UNHEARD, WorkState.values),
        (
            wording.REFUSED,
            [
                states.AlreadyDecided,
                states.NoSuchMove,
                states.CannotUndo,
                states.NotYourDecision,
                states.TooLateToUndo,
            ],
        ),
    ],
)
def test_there_are_words_for_everything(words: Mapping[object, Promise], keys: Collection[object]) -> None:
    assert set(words) == set(keys)
