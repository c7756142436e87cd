"""What trouble means for a room."""

import httpx
import pytest

from vigie.adapters.gated import Refusal
from vigie.adapters.twitch.troubles import LATER_S, first, refused
from vigie.ports import PortError

PASSING, LASTING = PortError("passing", retryable=True), PortError("lasting", permanent=True)


@pytest.mark.parametrize(("status", "permanent"), [(400, False), (401, True), (403, True), (404, False), (429, False)])
def test_only_a_missing_right_lasts(status: int, *, permanent: bool) -> None:
    trouble = refused(Refusal("refused", httpx.Response(status), permanent=status != 429), "reader")

    assert (trouble.permanent, trouble.retryable) == (permanent, not permanent)
    assert trouble.retry_after_s == (None if permanent else LATER_S)


@pytest.mark.parametrize(
    ("troubles", "told"),
    [
        ([PASSING], PASSING),
        ([PASSING, LASTING], LASTING),
        ([ExceptionGroup("inner", [PASSING, ExceptionGroup("inmost", [LASTING])]), PASSING], LASTING),
    ],
)
def test_of_several_troubles_a_lasting_one_is_told(troubles: list[Exception], told: PortError) -> None:
    assert first(ExceptionGroup("several", troubles)) is told
