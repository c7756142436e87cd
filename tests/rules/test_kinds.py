"""What a rule can wait for."""

from vigie.events import ActivityKind
from vigie.rules.kinds import KNOWN_OF, OF_THE_CHAT, WITH_TEXT, WITH_TOTAL, Scope, When


def test_whatever_an_audience_does_can_be_waited_for() -> None:
    done = {When.CHAT if kind is ActivityKind.MESSAGE else When(kind.value) for kind in ActivityKind}
    assert done == OF_THE_CHAT


def test_counts_have_no_text_and_nobody_makes_them() -> None:
    assert not WITH_TOTAL & (OF_THE_CHAT | WITH_TEXT)


def test_a_rest_for_somebody_needs_somebody() -> None:
    assert dict(KNOWN_OF) == {Scope.USER: OF_THE_CHAT, Scope.TARGET: {When.ASSESSMENT}}
