"""The lines of `vigie watch`: in order of time, whatever the order in which things become known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.events import AlertRaised, GapRecorded, TextAssessed, UtteranceSettled
from vigie.site.report import Report


def said(seq: int, start_s: float | None = None) -> UtteranceSettled:
    start = seq * 10.0 if start_s is None else start_s
    return UtteranceSettled(
        workspace_id=1,
        live_id=1,
        utterance_id=seq,
        seq=seq,
        start_s=start,
        end_s=start + 4.25,
        text=f"sentence {seq}",
        source="asr",
        language="fr",
        state="done",
    )


VERDICT = TextAssessed(
    workspace_id=1,
    live_id=1,
    assessment_id=5,
    of="utterance",
    ref_id=1,
    seq=1,
    text="sentence 1",
    category="hateful",
    score=0.81234,
    hateful=True,
    reach="unknown",
    target="migrants",
    spans=((0, 8),),
    justification="because",
    analyst="rules 1",
    state="analysed",
)
ALERT = AlertRaised(workspace_id=1, live_id=1, alert_id=9, assessment_id=5, seq=1, score=0.81234)
GAP = GapRecorded(workspace_id=1, live_id=1, gap_id=3, from_s=15.0, to_s=17.5, cause="connection reset")


def test_report_tells_an_utterance_its_verdict_and_its_alert() -> None:
    report = Report()

    lines = report.settled(said(1)) + report.assessed(VERDICT) + report.alerted(ALERT) + report.end(20.0)

    assert lines == [
        {
            "type": "utterance",
            "seq": 1,
            "start_s": 10.0,
            "end_s": 14.25,
            "text": "sentence 1",
            "source": "asr",
            "language": "fr",
            "state": "done",
        },
        {
            "type": "assessment",
            "of": "utterance",
            "seq": 1,
            "category": "hateful",
            "score": 0.812,
            "hateful": True,
            "reach": "low",
            "target": "migrants",
            "spans": [[0, 8]],
            "justification": "because",
            "analyst": "rules 1",
            "state": "analysed",
        },
        {"type": "alert", "id": 9, "seq": 1, "score": 0.812},
        {"type": "end", "utterances": 1, "assessments": 1, "alerts": 1, "audio_s": 20.0, "lost_s": 0.0},
    ]


def test_report_keeps_a_verdict_back_until_its_utterance_is_told() -> None:
    report = Report()

    assert report.settled(said(2)) == []
    assert report.assessed(replace(VERDICT, seq=2)) == []
    assert report.assessed(VERDICT) == []
    told = [(line["type"], line["seq"]) for line in report.settled(said(1))]
    assert told == [("utterance", 1), ("assessment", 1), ("utterance", 2), ("assessment", 2)]


def test_report_tells_verdicts_in_the_order_of_what_was_said() -> None:
    """Texts are judged side by side."""
    report = Report()
    for seq in (1, 2, 3):
        report.settled(said(seq))

    assert report.assessed(replace(VERDICT, seq=3)) == []
    assert report.alerted(replace(ALERT, seq=3)) == []
    assert [line["seq"] for line in report.assessed(replace(VERDICT, seq=1))] == [1]
    lines = report.assessed(replace(VERDICT, seq=2))
    assert [(line["type"], line["seq"]) for line in lines] == [("assessment", 2), ("assessment", 3), ("alert", 3)]


def test_report_waits_for_no_verdict_of_what_has_no_words() -> None:
    report = Report()
    report.settled(replace(said(1), text="", state="failed"))
    report.settled(said(2))

    assert [line["seq"] for line in report.assessed(replace(VERDICT, seq=2))] == [2]


def test_report_tells_a_second_verdict_at_once() -> None:
    """A text that changed is judged anew."""
    report = Report()
    for seq in (1, 2):
        report.settled(said(seq))
    report.assessed(replace(VERDICT, seq=1))

    assert [line["seq"] for line in report.assessed(replace(VERDICT, seq=1, score=0.2))] == [1]


def test_report_tells_at_the_end_what_a_missing_verdict_held_back() -> None:
    report = Report()
    for seq in (1, 2, 3):
        report.settled(said(seq))
    report.assessed(replace(VERDICT, seq=3))
    report.assessed(replace(VERDICT, seq=2))

    assert [(line["type"], line.get("seq")) for line in report.end(30.0)] == [
        ("assessment", 2),
        ("assessment", 3),
        ("end", None),
    ]


@given(order=st.permutations(range(1, 9)), settled=st.permutations(range(1, 9)), split=st.integers(0, 8))
def test_report_tells_every_verdict_once_in_order(order: list[int], settled: list[int], split: int) -> None:
    report = Report()

    lines = [line for seq in settled[:split] for line in report.settled(said(seq))]
    lines += [line for seq in order for line in report.assessed(replace(VERDICT, seq=seq))]
    lines += [line for seq in settled[split:] for line in report.settled(said(seq))]

    assert [line["seq"] for line in lines if line["type"] == "assessment"] == list(range(1, 9))
    assert [line["type"] for line in report.end(100.0)] == ["end"]


def test_report_tells_a_gap_between_the_utterances_around_it() -> None:
    report = Report()
    report.interrupted(GAP)

    lines = report.settled(said(1)) + report.settled(said(2)) + report.end(30.0)

    assert [line["type"] for line in lines] == ["utterance", "gap", "utterance", "end"]
    assert lines[1] == {"type": "gap", "from_s": 15.0, "to_s": 17.5, "cause": "connection reset"}
    assert lines[-1]["lost_s"] == 2.5


def test_report_tells_a_last_gap_before_the_end() -> None:
    report = Report()
    report.interrupted(GAP)

    assert [line["type"] for line in report.end(15.0)] == ["gap", "end"]


@given(order=st.permutations(range(1, 9)))
def test_report_tells_every_utterance_once_in_order(order: list[int]) -> None:
    report = Report()

    lines = [line for seq in order for line in report.settled(said(seq))]

    assert [line["seq"] for line in lines] == list(range(1, 9))


@pytest.mark.parametrize("count", [0, 3])
def test_report_counts_at_the_end(count: int) -> None:
    report = Report()
    for seq in range(1, count + 1):
        report.settled(said(seq))

    assert report.end(1.234)[-1] == {
        "type": "end",
        "utterances": count,
        "assessments": 0,
        "alerts": 0,
        "audio_s": 1.23,
        "lost_s": 0.0,
    }
