import pytest

from vigie.people.operations.refusals import Refused


@pytest.mark.parametrize("refusal", Refused.__subclasses__())
def test_every_refusal_has_words_for_the_person_who_asked(refusal: type[Refused]) -> None:
    assert str(refusal()).endswith(".")
