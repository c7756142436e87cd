"""What an error says."""

import pytest

from vigie.errors import VigieError


class TooLateError(VigieError):
    """The alert was decided already.

    What follows is for the reader of the code.
    """


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (TooLateError(), "The alert was decided already."),
        (TooLateError("Alert 7 was decided already."), "Alert 7 was decided already."),
        (VigieError(), "Vigie could not do what was asked."),
    ],
)
def test_vigie_error_says_its_docstring_unless_told(error: VigieError, message: str) -> None:
    assert str(error) == message
