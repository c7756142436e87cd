from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.obs import parse
from vigie.adapters.obs.parse import LONGEST_COMMENT, LONGEST_PATH, Reply
from vigie.ports import ObsEvent, ObsStatus, ReplayBufferTurned, ReplaySaved

PLACE = "OBS at studio:4455"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["savedReplayPath", "outputState", "outputActive"])
KINDS = st.sampled_from(["ReplayBufferSaved", "ReplayBufferStateChanged"])


def good(request: str, **data: object) -> Reply:
    return Reply(request, is_ok=True, code=100, data=data)


def bad(code: int, comment: str = "") -> Reply:
    return Reply("SaveReplayBuffer", is_ok=False, code=code, comment=comment)


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (
            "ReplayBufferSaved",
            {"savedReplayPath": "C:/Users/Zoé/Videos/Replay.mp4"},
            ReplaySaved("C:/Users/Zoé/Videos/Replay.mp4"),
        ),
        ("ReplayBufferSaved", {"savedReplayPath": "C:\\Videos\\a.mp4"}, ReplaySaved("C:\\Videos\\a.mp4")),
        ("ReplayBufferSaved", {"savedReplayPath": "p" * LONGEST_PATH}, ReplaySaved("p" * LONGEST_PATH)),
        ("ReplayBufferSaved", {"savedReplayPath": "p" * (LONGEST_PATH + 1)}, None),
        ("ReplayBufferSaved", {"savedReplayPath": "a\x00b"}, None),
        ("ReplayBufferSaved", {"savedReplayPath": ""}, None),
        ("ReplayBufferSaved", {"savedReplayPath": 7}, None),
        ("ReplayBufferSaved", {}, None),
        ("ReplayBufferSaved", None, None),
        (
            "ReplayBufferStateChanged",
            {"outputState": "OBS_WEBSOCKET_OUTPUT_STARTED"},
            ReplayBufferTurned(is_active=True),
        ),
        (
            "ReplayBufferStateChanged",
            {"outputState": "OBS_WEBSOCKET_OUTPUT_STOPPED"},
            ReplayBufferTurned(is_active=False),
        ),
        ("ReplayBufferStateChanged", {"outputState": "OBS_WEBSOCKET_OUTPUT_STARTING"}, None),
        ("ReplayBufferStateChanged", {"outputState": ["OBS_WEBSOCKET_OUTPUT_STARTED"]}, None),
        ("ReplayBufferStateChanged", {"outputActive": True}, None),
        ("RecordStateChanged", {"outputState": "OBS_WEBSOCKET_OUTPUT_STARTED"}, None),
        (7, {}, None),
    ],
)
def test_events_are_told_that_matter_and_make_sense(kind: object, data: object, told: ObsEvent | None) -> None:
    assert parse.event(kind, data) == told


@given(KINDS | ANYTHING, st.dictionaries(NAMES, ANYTHING) | ANYTHING)
def test_nothing_is_made_up_from_nonsense(kind: object, data: Any) -> None:
    told = parse.event(kind, data)

    if isinstance(told, ReplaySaved):
        assert told.path == data["savedReplayPath"]
    elif told:
        assert data["outputState"] in parse.TURNED


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_an_answer_makes_sense_or_is_none(is_ok: object, code: object, comment: object, data: object) -> None:
    try:
        told = parse.reply("GetVersion", is_ok=is_ok, code=code, comment=comment, data=data)
    except TypeError:
        assert not (isinstance(is_ok, bool) and isinstance(code, int))
    else:
        assert len(told.comment) <= LONGEST_COMMENT
        assert "\n" not in told.comment
        assert isinstance(parse.status(told, told, told, told), ObsStatus)


@pytest.mark.parametrize(
    ("version", "buffer", "parameter", "last", "status"),
    [
        (
            good("GetVersion", obsVersion="29.0.2"),
            good("GetReplayBufferStatus", outputActive=True),
            good("GetProfileParameter", parameterValue="%hh", defaultParameterValue="%CCYY"),
            good("GetLastReplayBufferReplay", savedReplayPath="/r/Replay 1.mp4"),
            ObsStatus("29.0.2", replay_is_active=True, file_pattern="%hh", last_replay="/r/Replay 1.mp4"),
        ),
        (
            good("GetVersion", obsVersion="30.1.0"),
            good("GetReplayBufferStatus", outputActive=False),
            good("GetProfileParameter", parameterValue=None, defaultParameterValue="%CCYY"),
            bad(501),
            ObsStatus("30.1.0", replay_is_active=False, file_pattern="%CCYY"),
        ),
        (good("GetVersion"), bad(604), bad(204), bad(604), ObsStatus("", replay_is_active=False)),
        (
            good("GetVersion", obsVersion=29),
            good("", outputActive="yes"),
            bad(300),
            good("", savedReplayPath="a\0b"),
            ObsStatus("", replay_is_active=False),
        ),
    ],
)
def test_status_is_what_was_answered(
    version: Reply, buffer: Reply, parameter: Reply, last: Reply, status: ObsStatus
) -> None:
    assert parse.status(version, buffer, parameter, last) == status


@pytest.mark.parametrize(
    ("told", "words", "may_pass"),
    [
        (bad(501), "the replay buffer is off: start it in OBS.", False),
        (bad(604, "Replay buffer is not available."), "there is no replay buffer: enable it in the settings", False),
        (bad(204, "Your request type is not valid."), "this OBS is too old for it.", False),
        (bad(207, "OBS is not ready."), "OBS is not ready. (207).", True),
        (bad(702), "it does not say why (702).", True),
        (bad(600, "No such source."), "No such source. (600).", False),
    ],
)
def test_a_refusal_says_why_and_whether_to_ask_again(told: Reply, words: str, *, may_pass: bool) -> None:
    error = parse.refused(told, PLACE)

    assert str(error).startswith(f"{PLACE} refuses SaveReplayBuffer: {words}")
    assert (error.retryable, error.permanent) == (may_pass, not may_pass)


@pytest.mark.parametrize(
    ("code", "words", "may_pass"),
    [
        (4009, "the password is wrong.", False),
        (4010, "it speaks another version of the protocol.", True),
        (4011, "somebody ended the session in OBS.", True),
        (1001, "it was closed.", True),
        (None, "the connection broke (1006).", True),
        (4002, "the connection broke (4002).", True),
    ],
)
def test_the_end_of_a_connection_says_whether_to_come_again(code: int | None, words: str, *, may_pass: bool) -> None:
    error = parse.closed(code, PLACE)

    assert (str(error), error.retryable, error.permanent) == (f"{PLACE}: {words}", may_pass, not may_pass)


@pytest.mark.parametrize(
    ("status", "wait_s", "told_s", "may_pass"),
    [(200, None, None, False), (404, 9.0, None, False), (429, 9.0, 9.0, True), (503, None, None, True)],
)
def test_an_answer_that_no_obs_gives_may_come_from_a_proxy(
    status: int, wait_s: float | None, told_s: float | None, *, may_pass: bool
) -> None:
    error = parse.answered(status, wait_s, PLACE)

    assert f"(HTTP {status})" in str(error)
    assert (error.retryable, error.permanent, error.retry_after_s) == (may_pass, not may_pass, told_s)
