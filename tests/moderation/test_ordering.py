from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.moderation.ordering import Facts, Reason, Severity, reasons, severity, waited

CALM = Facts(score=0.5, on_air=False, live_id=1, reach="low", wait_s=30)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0.0, Severity.LOW),
        (0.3999, Severity.LOW),
        (0.4, Severity.MEDIUM),
        (0.6999, Severity.MEDIUM),
        (0.7, Severity.HIGH),
        (1.0, Severity.HIGH),
    ],
)
def test_severity_has_three_bands(score: float, band: Severity) -> None:
    assert severity(score) is band


ANY = st.builds(
    Facts,
    score=st.floats(0, 1),
    on_air=st.booleans(),
    live_id=st.integers(1, 3),
    reach=st.sampled_from(["low", "medium", "high"]),
    wait_s=st.floats(0, 1e6),
)


@given(ANY, st.none() | ANY)
def test_there_is_always_a_reason_and_severity_comes_first(facts: Facts, above: Facts | None) -> None:
    assert reasons(facts, above)[0] == f"{severity(facts.score)}_severity"


@pytest.mark.parametrize(
    ("facts", "above", "expected"),
    [
        (CALM, None, (Reason.MEDIUM_SEVERITY, Reason.ENDED)),
        (replace(CALM, score=0.1), None, (Reason.LOW_SEVERITY, Reason.ENDED)),
        (replace(CALM, score=0.9, on_air=True), None, (Reason.HIGH_SEVERITY, Reason.ON_AIR)),
        (replace(CALM, reach="high"), None, (Reason.MEDIUM_SEVERITY, Reason.ENDED, Reason.FAR_REACH)),
        (replace(CALM, wait_s=600), None, (Reason.MEDIUM_SEVERITY, Reason.ENDED, Reason.LONG_WAIT)),
        (CALM, CALM, (Reason.MEDIUM_SEVERITY, Reason.ENDED, Reason.SAME_LIVE)),
        (CALM, replace(CALM, live_id=2), (Reason.MEDIUM_SEVERITY, Reason.ENDED)),
    ],
)
def test_reasons_say_why_an_alert_stands_here(facts: Facts, above: Facts | None, expected: tuple[Reason, ...]) -> None:
    assert reasons(facts, above) == expected


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s"), (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (200_000, "55 h")],
)
def test_waiting_is_said_in_its_largest_unit(seconds: float, said: str) -> None:
    assert waited(seconds) == said
