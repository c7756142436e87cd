"""What no real OBS is asked in the contract, since it would crash or cannot be set up so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulators.obs.clients import proof_of
from vigie.simulators.obs.buffer import ReplayBuffer
from vigie.simulators.obs.dialogue import ALL_EVENTS, Dialogue, event
from vigie.simulators.obs.encodings import Closing
from vigie.simulators.obs.faults import Faults
from vigie.simulators.obs.requests import Requests
from vigie.simulators.obs.settings import Settings

PASSWORD, SALT, CHALLENGE = "pässword", "c2FsdA==", "Y2hhbGxlbmdl"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["rpcVersion", "eventSubscriptions", "requestId", "requestType", "requestData", "requests", "executionType"]
)
WORDS = st.sampled_from(["GetVersion", "GetProfileParameter", "StopReplayBuffer", ""]) | ANYTHING
MESSAGES = st.fixed_dictionaries({"op": st.integers(0, 10), "d": st.dictionaries(FIELDS, WORDS)}) | ANYTHING


def dialogue(password: str = PASSWORD, *, is_identified: bool = False) -> Dialogue:
    settings, faults, folder = Settings(), Faults(), Path("nothing-is-written")
    buffer = ReplayBuffer(settings, faults, folder=folder, now=lambda: datetime.now(UTC))
    return Dialogue(Requests(settings, buffer, faults, folder), password, SALT, CHALLENGE, is_identified)


def identify(**data: object) -> dict[str, object]:
    return {"op": 1, "d": {"rpcVersion": 1, **data}}


def test_the_proof_of_the_password_is_taken() -> None:
    session = dialogue()
    authentication = session.hello()["d"]["authentication"]

    told = session.take(identify(authentication=proof_of(PASSWORD, authentication)))

    assert authentication == {"challenge": CHALLENGE, "salt": SALT}
    assert told == {"op": 2, "d": {"negotiatedRpcVersion": 1}}
    assert session.is_identified


@pytest.mark.parametrize("given_proof", [5, None, "", "é", ["x"]])
def test_a_proof_that_is_none_is_refused(given_proof: object) -> None:
    with pytest.raises(Closing, match="4009: Authentication failed"):
        dialogue().take(identify(authentication=given_proof))


def test_without_a_password_nothing_is_asked_for() -> None:
    session = dialogue("")

    assert "authentication" not in session.hello()["d"]
    assert session.take(identify())["op"] == 2


@pytest.mark.parametrize(("wanted", "hears"), [(None, True), (0, False), (1, False), (64, True), (65, True)])
def test_events_are_for_those_who_want_them(wanted: int | None, *, hears: bool) -> None:
    session = dialogue("")
    assert not session.hears(64)

    session.take(identify() if wanted is None else identify(eventSubscriptions=wanted))

    assert session.hears(64) is hears
    assert session.subscriptions == (ALL_EVENTS if wanted is None else wanted)


@pytest.mark.parametrize("requests", [[3], [{}], [{"requestType": 7}], {}])
def test_a_batch_of_nonsense_is_refused(requests: object) -> None:
    with pytest.raises(Closing, match="4004"):
        dialogue(is_identified=True).take({"op": 8, "d": {"requestId": "b", "requests": requests}})


@given(message=MESSAGES, is_identified=st.booleans())
def test_whatever_is_said_is_answered_or_ends_it(message: object, *, is_identified: bool) -> None:
    session = dialogue(is_identified=is_identified)
    try:
        told = session.take(message)
    except Closing as closing:
        told = {"op": None, "code": closing.code}

    assert told["op"] in {2, 7, 9} or 4002 <= told["code"] <= 4012


def test_an_event_is_about_outputs() -> None:
    assert event("ReplayBufferSaved", {"savedReplayPath": "a"}) == {
        "op": 5,
        "d": {"eventType": "ReplayBufferSaved", "eventIntent": 64, "eventData": {"savedReplayPath": "a"}},
    }
