"""Recordings: what each line tells, in which order it is yielded, and what is refused."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.rules.kinds import When
from vigie.rules.occurrences import Occurrence
from vigie.rules.recording import BEGINNING, SHUFFLED, BadRecording, read

AT = "2026-11-22T20:15:00Z"
MOMENT = datetime(2026, 11, 22, 20, 15, tzinfo=UTC)


def line(type_: str = "chat", at: Any = AT, **fields: Any) -> str:
    return json.dumps({"type": type_, "at": at} | fields)


def told(*lines: str) -> list[Occurrence]:
    return list(read(lines))


def one(*lines: str) -> Occurrence:
    return told(*lines)[-1]


def test_line_tells_what_happened() -> None:
    happened = one(
        line(
            channel=" @Place ",
            live="3",
            id="m1",
            user="ana",
            user_id=12,
            names=["Ana P."],
            roles=["vip"],
            text="un clip",
            count=2,
            viewers=40,
            is_history=True,
        )
    )
    assert happened == Occurrence(
        When.CHAT,
        "m1",
        MOMENT,
        "3",
        "place",
        text="un clip",
        user="12",
        names=("ana", "Ana P."),
        roles=frozenset({"vip"}),
        count=2,
        viewers=40,
        is_history=True,
    )


def test_line_may_tell_little() -> None:
    assert told("", " \n", line("live_started")) == [Occurrence(When.LIVE_STARTED, "live_started:3", MOMENT, "", "")]


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        (line("message"), "kind", When.CHAT),
        (line("comment"), "kind", When.CHAT),
        (line("utterance", text="x"), "kind", When.SPEECH),
        (line("sample", viewers=7), "kind", When.VIEWERS),
        (line("gift", value=500, count=3), "value", 500),
        (line("gift", gift=500), "value", 500),
        (line("viewers", value=7), "value", 7),
        (line("viewers", viewers=7), "value", 7),
        (line("likes", likes=7000), "value", 7000),
        (line("likes", value=7.0), "value", 7),
        (line("raid", count=80), "value", 80),
        (line("raid", value=80), "value", 80),
        (line("assessment", score=1), "score", 1.0),
        (line("assessment"), "score", None),
        (line("chat", user="ana"), "user", "ana"),
        (line("chat", text=12), "text", "12"),
        (line("chat", text="a\ud800b"), "text", "a?b"),
        (line("chat", since="2026-11-22T20:14:00Z"), "since", MOMENT - timedelta(minutes=1)),
        (line(at="2026-11-22T21:15:00+01:00"), "at", MOMENT),
        (line(at="2026-11-22 20:15"), "at", MOMENT),
        (line(at="2026-11-22"), "at", MOMENT.replace(hour=0, minute=0)),
        (line(at=12.5), "at", BEGINNING + timedelta(seconds=12.5)),
        (line(at=None, at_s=12), "at", BEGINNING + timedelta(seconds=12)),
    ],
)
def test_ways_to_write(written: str, field: str, value: object) -> None:
    assert getattr(one(written), field) == value


def test_lines_are_put_in_order_and_those_of_one_moment_stay_in_theirs() -> None:
    lines = [line(at=at, text=str(place)) for place, at in enumerate([5, 3, 9, 3, 1])]
    assert [happened.text for happened in told(*lines)] == ["4", "1", "3", "0", "2"]


def test_line_far_out_of_place_is_refused() -> None:
    lines = [line(at=10 + number) for number in range(SHUFFLED + 1)]
    assert len(told(*lines, line(at=10))) == SHUFFLED + 2
    with pytest.raises(BadRecording) as refused:
        told(*lines, line(at=9))
    assert str(refused.value) == "line 10002: it belongs more than 10,000 lines above; sort the lines by date."


def test_viewers_are_those_last_counted_in_the_live() -> None:
    happened = told(
        line(at=1, live="a"),
        line("viewers", 2, live="a", value=30),
        line("viewers", 3, live="b", value=9),
        line(at=4, live="a"),
        line(at=5, live="a", viewers=12),
        line(at=6, live="c"),
    )
    assert [one.viewers for one in happened if one.kind is When.CHAT] == [None, 30, 12, None]


# ── what `vigie watch --json` prints ───────────────────────────────────────────────────────────────────────────────

UTTERANCE = {
    "type": "utterance",
    "seq": 1,
    "start_s": 0.5,
    "end_s": 4.2,
    "text": "Bonsoir.",
    "source": "asr",
    "state": "done",
}
VERDICT = {"type": "assessment", "of": "utterance", "seq": 1, "state": "analysed"} | {
    "category": "hateful",
    "score": 0.8,
    "target": "x",
}


def printed(*lines: dict[str, Any]) -> list[Occurrence]:
    return told(*map(json.dumps, lines))


def test_verdict_is_of_what_was_said_and_when() -> None:
    said, judged = printed(UTTERANCE, VERDICT)

    assert (said.at, said.since) == (BEGINNING + timedelta(seconds=4.2), BEGINNING + timedelta(seconds=0.5))
    assert (judged.at, judged.since, judged.text) == (said.at, said.since, "Bonsoir.")
    assert (judged.score, judged.category, judged.target) == (0.8, "hateful", "x")


def test_verdict_of_a_message_is_of_the_line_above() -> None:
    *_, judged = printed(UTTERANCE, {"type": "chat", "at": AT, "user": "ana", "text": "x"}, VERDICT | {"of": "chat"})
    assert (judged.at, judged.text) == (MOMENT, "")


@pytest.mark.parametrize(
    "left_out",
    [
        UTTERANCE | {"state": "skipped", "text": ""},
        UTTERANCE | {"state": "failed"},
        VERDICT | {"state": "abstained"},
        VERDICT | {"state": "not_analysed"},
        {"type": "alert", "id": 1, "seq": 1, "score": 0.8},
        {"type": "gap", "from_s": 1, "to_s": 2, "cause": "x"},
        {"type": "end", "utterances": 1, "assessments": 1, "alerts": 0, "audio_s": 4.7, "lost_s": 0.0},
    ],
)
def test_what_came_to_nothing_is_left_out(left_out: dict[str, Any]) -> None:
    assert [happened.text for happened in printed(left_out, UTTERANCE | {"seq": 2})] == ["Bonsoir."]


@pytest.mark.parametrize(
    ("chat", "began_at"),
    [
        ({"type": "chat", "at": AT, "user": "ana", "text": "x"}, MOMENT - timedelta(seconds=4.2)),
        ({"type": "chat", "at": AT, "at_s": 60, "user": "ana", "text": "x"}, MOMENT - timedelta(seconds=60)),
    ],
)
def test_seconds_count_from_where_dates_say_that_the_live_began(chat: dict[str, Any], began_at: datetime) -> None:
    said = [
        happened for happened in printed(UTTERANCE, chat, UTTERANCE | {"seq": 2, "end_s": 30}) if happened.text != "x"
    ]
    assert [happened.at for happened in said] == [began_at + timedelta(seconds=4.2), began_at + timedelta(seconds=30)]


# ── what is refused ────────────────────────────────────────────────────────────────────────────────────────────────

DATE = "must be a date such as 2026-11-22T20:15:00Z, or seconds since the live began"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{", "this is no JSON"),
        ("\x89PNG", "this is no JSON"),
        ("[" * 100_000, "this is no JSON"),
        ("[1]", "an event must be an object"),
        ("12", "an event must be an object"),
        (
            "{}",
            "“type” is missing; it is one of: assessment, chat, comment, follow, gift, join, like, likes, live_ended",
        ),
        (line("hype"), "“hype” is no “type”; it is one of: assessment, chat, comment"),
        (line("x" * 99), f"“{'x' * 40}” is no “type”; it is one of: assessment"),
        (line("a\nb"), "“a b” is no “type”; it is one of: assessment"),
        (line([]), "“type” must be a text"),  # type: ignore[arg-type] # on purpose
        (line(at=None), "“at” is missing"),
        (line("utterance", None, text="x"), "“at” is missing"),
        (line(at="soon"), f"“at” {DATE}"),
        (line(at="\ud800"), f"“at” {DATE}"),
        (line(at=""), f"“at” {DATE}"),
        (line(at="1969-12-31T00:00:00Z"), f"“at” {DATE}"),
        (line(at="0001-01-01T00:00:00+14:00"), f"“at” {DATE}"),
        (line(at="9999-12-31T23:59:59-14:00"), f"“at” {DATE}"),
        (line(at=True), "“at” must be seconds since the live began, at most 10,000,000"),
        (line(at=[]), "“at” must be seconds since the live began, at most 10,000,000"),
        (line(at=float("nan")), "“at” must be seconds since the live began, at most 10,000,000"),
        ('{"type": "chat", "at": 1e400}', "“at” must be seconds since the live began, at most 10,000,000"),
        (f'{{"type": "chat", "at": {"9" * 400}}}', "“at” must be seconds since the live began, at most 10,000,000"),
        (f'{{"type": "chat", "at": {"9" * 5000}}}', "this is no JSON"),
        (line("utterance", None, end_s="4"), "“end_s” must be seconds since the live began, at most 10,000,000"),
        (line("utterance", start_s="4"), "“start_s” must be seconds since the live began, at most 10,000,000"),
        (line(since="soon"), f"“since” {DATE}"),
        (line(user=True), "“user” must be a text"),
        (line(text=1.5), "“text” must be a text"),
        (line(live={}), "“live” must be a text"),
        (line(names="ana"), "“names” must be a list of texts"),
        (line(roles=[1]), "“roles” must be a list of texts"),
        (line("gift", value=-1), "“value” must be a number from 0 to 1,000,000,000,000"),
        (line("gift", value="many"), "“value” must be a number from 0 to 1,000,000,000,000"),
        (line("gift", value=True), "“value” must be a number from 0 to 1,000,000,000,000"),
        (line("gift", value=float("nan")), "“value” must be a number from 0 to 1,000,000,000,000"),
        (line("gift", value=float("inf")), "“value” must be a number from 0 to 1,000,000,000,000"),
        (line("gift", value=10**13), "“value” must be a number from 0 to 1,000,000,000,000"),
        (line("like", count=-1), "“count” must be a number from 0 to 1,000,000,000,000"),
        (line(viewers=-1), "“viewers” must be a number from 0 to 1,000,000,000,000"),
        (line("assessment", score=1.1), "“score” must be a number from 0 to 1"),
        (line("assessment", score=True), "“score” must be a number from 0 to 1"),
        (line("assessment", score=float("nan")), "“score” must be a number from 0 to 1"),
        (line("assessment", seq=[]), "“seq” must be a number from 0 to 1,000,000,000,000"),
        (line("utterance", seq=[]), "“seq” must be a number from 0 to 1,000,000,000,000"),
    ],
)
def test_line_that_cannot_be_read_is_refused_with_its_number(written: str, message: str) -> None:
    with pytest.raises(BadRecording) as refused:
        told(line(at=1), "", written)

    assert str(refused.value).startswith(f"line 3: {message}")
    assert len(str(refused.value).splitlines()) == 1


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from([AT, "chat", "done"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
FIELDS = ("id", "live", "channel", "user", "names", "roles", "text", "value", "count", "score", "viewers", "seq")
TIMES = ("state", "since", "start_s", "end_s", "at_s", "of")


@given(
    st.lists(
        st.builds(
            lambda kind, at, fields: {"type": kind, "at": at} | fields,
            st.sampled_from(["chat", "utterance", "assessment", "viewers", "gift"]) | ANYTHING,
            st.sampled_from([AT, 3, None]) | ANYTHING,
            st.dictionaries(st.sampled_from(FIELDS + TIMES), ANYTHING, max_size=3),
        ).map(json.dumps)
        | st.text(max_size=20),
        max_size=5,
    )
)
def test_anything_is_read_in_order_or_refused_in_one_line(lines: list[str]) -> None:
    refused, happened = "one line", list[Occurrence]()
    try:
        happened = told(*lines)
    except BadRecording as error:
        refused = str(error)
    assert len(refused.splitlines()) == 1
    assert happened == sorted(happened, key=lambda one: one.at)
    for one_of_them in happened:
        f"{one_of_them.text}{one_of_them.names}{one_of_them.live}".encode()
