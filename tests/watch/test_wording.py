import pytest
from django.utils import translation

from vigie.watch import hearing, watcher
from vigie.watch.wording import TROUBLE, told

URL = "https://example.org/live.m3u8"
OURS = (
    *(hearing.NOT_RUNNING, hearing.SKIPPED, hearing.CUT_SHORT),
    *(watcher.NO_SOUND, watcher.OVER, watcher.MUTE, watcher.UNWANTED),
)


@pytest.mark.parametrize("reason", [*OURS, *(f"{URL}: {trouble}" for trouble in sorted(TROUBLE))])
def test_reason_is_told_in_french(reason: str) -> None:
    with translation.override("fr"):
        assert told(reason) != reason
    with translation.override("en"):
        assert told(reason) == reason


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("no data for 20 s.", "aucune donnée depuis 20 s."),
        ("HTTP 503 (Service Unavailable).", "HTTP 503 (Service Unavailable)."),
        ("cannot be reached ([Errno -2] Name or service not known).", "injoignable (aucun site de ce nom)."),
        ("cannot be reached ([Errno 99] Odd).", "injoignable (Odd)."),
    ],
)
def test_reason_keeps_its_address_numbers_and_details(reason: str, french: str) -> None:
    with translation.override("fr"):
        assert told(f"{URL}: {reason}") == f"{URL}\N{NO-BREAK SPACE}: {french}"


@pytest.mark.parametrize("reason", ["", "unheard of", f"{URL}: unheard of", f"{URL}: {{}} {{0}} %s (a) 7"])
def test_reason_without_a_translation_is_told_as_it_is(reason: str) -> None:
    with translation.override("fr"):
        assert told(reason) == reason
