import re

import pytest
from django.utils import translation

from tests.watch.reasons import ANYTHING, SOURCE
from tests.watch.reasons import reasons as sentences
from vigie.clips import obslink, reasons
from vigie.clips.placing import Reason
from vigie.clips.reasons import ENDS_EARLY, NOT_KEPT, PLACING, STARTS_LATE, told

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
def test_whatever_is_said_of_an_obs_is_known(module: str) -> None:
    said = {reason.replace(ANYTHING, "{}") for reason in sentences(SOURCE / module) if reason.endswith(".")}
    said -= {"{}: {} (HTTP {})."}  # two of them
    assert said
    assert [reason for reason in sorted(said) if not said_of_obs(reason) & reasons.OBS] == []


def said_of_obs(reason: str) -> set[str]:
    """Return what a sentence, or the end of one, may be a part of."""
    return {
        reason,
        re.sub(r"^\{\}", "OBS at {}", reason),
        f"OBS at {{}}: {reason}",
        f"OBS at {{}} refuses {{}}: {reason}",
    }


@pytest.mark.parametrize("reason", sorted(reasons.OBS))
def test_whatever_is_said_of_an_obs_is_told_in_french(reason: str) -> None:
    with translation.override("fr"):
        assert told(reason.replace("{}", "moka")) != reason.replace("{}", "moka")


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
