"""What depends on the settings of an OBS; the rest is in the contract."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.simulators.obs.buffer import ReplayBuffer
from vigie.simulators.obs.faults import Fault, Faults, Kind
from vigie.simulators.obs.requests import Answer, Asked, Requests
from vigie.simulators.obs.settings import Settings

ABOUT_THE_BUFFER = (
    "GetReplayBufferStatus",
    "StartReplayBuffer",
    "StopReplayBuffer",
    "ToggleReplayBuffer",
    "SaveReplayBuffer",
    "GetLastReplayBufferReplay",
)


@pytest.fixture
def requests(tmp_path: Path) -> Requests:
    settings, faults = Settings(), Faults()
    buffer = ReplayBuffer(settings, faults, folder=tmp_path, now=lambda: datetime.now(UTC))
    return Requests(settings, buffer, faults, tmp_path)


@pytest.mark.parametrize("name", ABOUT_THE_BUFFER)
def test_without_a_replay_buffer_nothing_can_be_done_with_it(requests: Requests, name: str) -> None:
    requests.settings.has_replay_buffer = False

    assert requests.answer(name, None) == Answer(604, "Replay buffer is not available.")
    assert requests.answer("GetVersion", None).code == 100


def test_what_is_answered_is_written_down(requests: Requests) -> None:
    requests.answer("StartReplayBuffer", None)
    requests.answer("StopReplayBuffer", None)
    requests.answer("Sing", None)

    assert requests.asked == [Asked("StartReplayBuffer", 500), Asked("StopReplayBuffer", 100), Asked("Sing", 204)]


def test_a_request_is_refused_on_demand(requests: Requests) -> None:
    requests.faults.add(Fault(Kind.CODE, request="GetVersion", code=207))

    assert requests.answer("StopReplayBuffer", None).code == 100
    assert [requests.answer("GetVersion", None).code for _ in range(2)] == [207, 100]


def test_a_request_is_not_heard_on_demand(requests: Requests) -> None:
    requests.faults.add(Fault(Kind.DEAF, request="StopReplayBuffer"))

    assert requests.answer("StopReplayBuffer", None).code == 100
    assert requests.buffer.is_active
    assert requests.answer("StopReplayBuffer", None).code == 100
    assert not requests.buffer.is_active


@pytest.mark.parametrize("told_folder", ["", "D:/clips"])
def test_the_folder_is_told_as_its_machine_spells_it(requests: Requests, told_folder: str, tmp_path: Path) -> None:
    requests.settings.told_folder = told_folder

    assert requests.answer("GetRecordDirectory", None).data == {"recordDirectory": told_folder or str(tmp_path)}


def test_the_pattern_of_names_is_a_parameter_with_a_default(requests: Requests) -> None:
    requests.settings.file_pattern = "%hh"
    asked = {"parameterCategory": "Output", "parameterName": "FilenameFormatting"}

    assert requests.answer("GetProfileParameter", asked).data == {
        "parameterValue": "%hh",
        "defaultParameterValue": "%CCYY-%MM-%DD %hh-%mm-%ss",
    }
