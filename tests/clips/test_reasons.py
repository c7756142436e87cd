import pytest
from django.utils import translation

from vigie.clips import reasons
from vigie.clips.placing import Reason
from vigie.clips.reasons import ENDS_EARLY, NOT_KEPT, PLACING, STARTS_LATE, told

KNOWN = [
    *(NOT_KEPT, reasons.INTERRUPTED, reasons.LOST, reasons.OBS_AWAY, reasons.TOO_LONG, reasons.DAMAGED),
    *(reasons.OTHER_NAME, reasons.NO_FILE, STARTS_LATE.format(12), ENDS_EARLY.format(3)),
    *PLACING.values(),
    "3.mp4: these packets make no video.",
    "3.mp4 cannot be written: the disk is full.",
    "clip 0001.mp4: no video that can be played.",
    "a: b.mp4 cannot be read: the disk refuses.",
]


@pytest.mark.parametrize("reason", KNOWN)
def test_every_reason_reads_the_same_in_english_and_otherwise_in_french(reason: str) -> None:
    assert told(reason) == reason
    with translation.override("fr"):
        assert told(reason) != reason


def test_a_reason_keeps_its_figures_and_names_in_french() -> None:
    with translation.override("fr"):
        assert "12" in told(STARTS_LATE.format(12))
        assert "clip 0001.mp4" in told("clip 0001.mp4 cannot be written: the disk is full.")
        assert "disk" not in told("clip 0001.mp4 cannot be written: the disk is full.")


@pytest.mark.parametrize("reason", ["", "Something that nobody foresaw.", "100 %", "a\nb"])
def test_what_is_not_known_is_told_as_it_was(reason: str) -> None:
    with translation.override("fr"):
        assert told(reason) == reason


def test_every_reason_why_a_file_cannot_be_placed_has_words() -> None:
    assert set(PLACING) == set(Reason)
