import re

import pytest
from django.utils import translation

from tests.watch.reasons import ANYTHING, SOURCE
from tests.watch.reasons import reasons as sentences
from vigie.clips import obslink, reasons
from vigie.clips.placing import Reason
from vigie.clips.reasons import ENDS_EARLY, NOT_KEPT, PLACING, STARTS_LATE, told

OBS = "OBS at h:1"
KNOWN = [
    *(NOT_KEPT, reasons.INTERRUPTED, reasons.LOST, reasons.OBS_AWAY, reasons.TOO_LONG, reasons.DAMAGED),
    *(reasons.OTHER_NAME, reasons.NO_FILE, STARTS_LATE.format(12), ENDS_EARLY.format(3)),
    *PLACING.values(),
    *(obslink.STOPPED, obslink.START_IT, obslink.IS_OFF, obslink.CLOSED, obslink.UNTOLD, obslink.UNREADABLE),
    reasons.NOT_MP4,
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


@pytest.mark.parametrize("module", ["adapters/obs/client.py", "adapters/obs/parse.py", "clips/replays.py"])
def test_whatever_is_said_of_an_obs_is_told_in_french(module: str) -> None:
    """Parts of sentences are looked up as the end of one, as they are said."""
    said = [re.sub(f"^{ANYTHING}\\b", OBS, reason) for reason in sentences(SOURCE / module) if reason.endswith(".")]
    whole = [reason if reason[0].isupper() or OBS in reason else f"{OBS}: {reason}" for reason in said]
    assert whole
    with translation.override("fr"):
        assert [reason for reason in whole if not is_told(reason)] == []


def is_told(reason: str) -> bool:
    """Return whether a reason is told in French, by itself or as the answer to a request."""
    answer = reason.replace(OBS, f"{OBS} refuses SaveReplayBuffer")
    return told(reason) != reason or not told(answer).endswith(reason.rpartition(": ")[2])


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("OBS at h:1: the password is wrong.", "OBS à h:1 : le mot de passe est faux."),
        ("OBS at ::1:4455: it was closed.", "OBS à ::1:4455 : il a été fermé."),
        (
            "OBS at h:1 refuses SaveReplayBuffer: the replay buffer is off: start it in OBS.",
            "OBS à h:1 refuse SaveReplayBuffer : le tampon de relecture est arrêté, démarrez-le dans OBS.",
        ),
        (
            "OBS at h:1 refuses SaveReplayBuffer: Disk full (600).",
            "OBS à h:1 refuse SaveReplayBuffer : Disk full (600).",
        ),
        (
            "OBS tells of 'C:/R/1.mp4', which is on another machine: map its folder to one here.",
            "OBS parle de 'C:/R/1.mp4', qui est sur une autre machine : dites quel dossier d’ici est le sien.",
        ),
    ],
)
def test_what_an_obs_says_keeps_its_address_and_its_details(reason: str, french: str) -> None:
    with translation.override("fr"):
        assert told(reason).replace("\N{NO-BREAK SPACE}", " ") == french


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
