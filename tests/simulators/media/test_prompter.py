"""The prompter says each cue once a round, at its end."""

from threading import Event

import pytest

from vigie.simulators.media.prompter import Prompter
from vigie.simulators.media.vtt import Cue

CUES = [Cue(1.0, 2.0, "one"), Cue(3.0, 9.5, "two")]


@pytest.mark.parametrize(
    ("from_s", "to_s", "said"),
    [
        (0.0, 1.9, []),
        (0.0, 2.0, ["one"]),
        (2.0, 9.4, []),
        (2.0, 12.0, ["two", "one"]),
        (9.5, 32.0, ["one", "two", "one", "two", "one"]),
    ],
)
def test_due_are_the_cues_that_end_in_between(from_s: float, to_s: float, said: list[str]) -> None:
    prompter = Prompter(CUES, 10.0, lambda: 0.0, print)

    assert [cue.text for cue in prompter.due(from_s, to_s)] == said


def test_a_prompter_says_what_the_clock_passes() -> None:
    moments, said, heard = iter([0.0, 0.0, 2.5, 11.0]), list[str](), Event()

    def say(cue: Cue) -> None:
        said.append(cue.text)
        if len(said) == 2:
            heard.set()

    with Prompter(CUES, 10.0, lambda: next(moments, 11.0), say):
        assert heard.wait(10)

    assert said == ["one", "two"]
