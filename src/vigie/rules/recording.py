"""A recording of lives as lines of JSON, one thing that happened a line: what the dry run reads.

`{"type": "chat", "at": "2026-11-22T20:15:00Z", "user": "ana", "text": "clip!"}`; the types are those a rule can wait
for (`vigie.rules.kinds.When`). What `vigie watch --json` prints can be read too: its seconds count from where its
dates say that the live began.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import chain, islice
from typing import Any, TypeVar

from vigie.errors import VigieError
from vigie.rules.conditions import MOST, folded
from vigie.rules.kinds import When
from vigie.rules.occurrences import Occurrence

NAMES: Mapping[str, When] = {kind.value: kind for kind in When if kind is not When.HYPE} | {
    "message": When.CHAT,
    "comment": When.CHAT,
    "utterance": When.SPEECH,
    "sample": When.VIEWERS,
}
"""What rules make of what is recorded is never read."""
LEFT_OUT = frozenset({"alert", "gap", "end"})
"""What `vigie watch` prints, and no rule waits for."""
COMPLETE = {When.SPEECH: "done", When.ASSESSMENT: "analysed"}
"""In which `state` there is anything to look at."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When a recording without dates begins: its seconds count from here."""
LONGEST_S = 10_000_000
SHUFFLED = 10_000
"""Lines that are put in order; what lies farther out of place is refused."""

Number = TypeVar("Number", int, None)


class BadRecording(VigieError):
    """The recording cannot be read."""

    def __init__(self, message: str | None = None) -> None:
        """Say why, in one line, whatever was recorded."""
        super().__init__(message and " ".join(message.split()))


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    data: Mapping[str, Any]
    kind: When


@dataclass(slots=True)
class _Clock:
    """When things happened, of which lines tell the date, or seconds since the live began, or nothing."""

    began_at: datetime
    latest: datetime = BEGINNING
    """Of the line above."""
    said: dict[tuple[str, int | None], Occurrence] = field(default_factory=dict)
    """Utterances by live and `seq`: a verdict tells neither when nor what was said."""


def read(lines: Iterable[str]) -> Iterator[Occurrence]:
    """Yield what is recorded, in the order of dates. Raises BadRecording with the line and the reason."""
    told = _told(lines)
    first = list(islice(told, SHUFFLED))
    viewers: dict[str, int] = {}
    for happened in _in_order(_happened(chain(first, told), _Clock(_began_at(first)))):
        if happened.kind is When.VIEWERS:
            viewers[happened.live] = happened.value
        counted = viewers.get(happened.live) if happened.viewers is None else None
        yield happened if counted is None else replace(happened, viewers=counted)


def _told(lines: Iterable[str]) -> Iterator[_Line]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                data = _object(line)
                kind = _kind(data)
            except ValueError as error:
                raise BadRecording(f"line {number}: {error}.") from None
            if kind:
                yield _Line(number, data, kind)


def _happened(told: Iterable[_Line], clock: _Clock) -> Iterator[tuple[int, Occurrence]]:
    """Yield what the lines tell, each with the number of its line; what came to nothing is left out."""
    for line in told:
        try:
            happened = _occurrence(line, clock)
            if line.kind is When.SPEECH:
                clock.said[_number_of(line)] = happened
        except ValueError as error:
            raise BadRecording(f"line {line.number}: {error}.") from None
        clock.latest = happened.at
        if line.data.get("state") in (None, COMPLETE.get(line.kind)):
            yield line.number, happened


def _in_order(happened: Iterable[tuple[int, Occurrence]]) -> Iterator[Occurrence]:
    waiting: list[tuple[datetime, int, Occurrence]] = []
    latest = datetime.min.replace(tzinfo=UTC)
    for number, occurrence in happened:
        if occurrence.at < latest:
            raise BadRecording(f"line {number}: it belongs more than {SHUFFLED:,} lines above; sort the lines by date.")
        heappush(waiting, (occurrence.at, number, occurrence))
        if len(waiting) > SHUFFLED:
            latest, _, earliest = heappop(waiting)
            yield earliest
    while waiting:
        yield heappop(waiting)[2]


def _object(line: str) -> Mapping[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this is no JSON") from None
    if not isinstance(data, dict):
        raise ValueError("an event must be an object")  # noqa: TRY004 -- told like any other flaw
    return data


def _kind(data: Mapping[str, Any]) -> When | None:
    """Return what happened; None where no rule waits for it."""
    name = _text(data, "type")
    if name in LEFT_OUT:
        return None
    if name not in NAMES:
        what = f"“{name[:40]}” is no “type”" if name else "“type” is missing"
        raise ValueError(f"{what}; it is one of: {', '.join(sorted(NAMES))}")
    return NAMES[name]


# ── when ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _began_at(told: Iterable[_Line]) -> datetime:
    """Return when the live began: as far before the first date as was told in seconds until then."""
    offset_s = 0.0
    for line in told:
        try:
            date, seconds = _date(line.data, "at"), _offset_s(line.data)
        except ValueError:
            break  # told when it is its turn
        offset_s = offset_s if seconds is None else seconds
        if date:
            return date - timedelta(seconds=offset_s)
    return BEGINNING


def _at(line: _Line, clock: _Clock) -> datetime:
    """Return when it happened; a verdict that does not tell is of when its words were said, else of the line above."""
    data = line.data
    if date := _date(data, "at"):
        return date
    if (offset_s := _offset_s(data)) is not None:
        return clock.began_at + timedelta(seconds=offset_s)
    if line.kind is not When.ASSESSMENT:
        raise ValueError("“at” is missing")
    said = _said(line, clock)
    return said.at if said else clock.latest


def _said(line: _Line, clock: _Clock) -> Occurrence | None:
    """Return the utterance that a verdict is of."""
    if line.kind is not When.ASSESSMENT or line.data.get("of") == "chat":
        return None
    return clock.said.get(_number_of(line))


def _number_of(line: _Line) -> tuple[str, int | None]:
    """Return the number of an utterance, or of the one that a verdict is of, among all lives."""
    return _text(line.data, "live"), _number(line.data, "seq", None)


def _date(data: Mapping[str, Any], name: str) -> datetime | None:
    """Return a date as UTC; None where there is none. One of no zone is UTC."""
    given = data.get(name)
    if not isinstance(given, str):
        return None
    with suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(given)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        if 1970 <= at.year <= 2999:
            return at
    raise ValueError(f"“{name}” must be a date such as 2026-11-22T20:15:00Z, or seconds since the live began")


def _offset_s(data: Mapping[str, Any], *names: str) -> float | None:
    """Return how many seconds after the live began it happened; None where that is not told."""
    for name in names or ("at", "end_s", "at_s"):
        given = data.get(name)
        if given is None or (name == "at" and isinstance(given, str)):
            continue
        if isinstance(given, bool) or not isinstance(given, int | float) or not abs(given) <= LONGEST_S:
            raise ValueError(f"“{name}” must be seconds since the live began, at most {LONGEST_S:,}")
        return float(given)
    return None


# ── what ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _occurrence(line: _Line, clock: _Clock) -> Occurrence:
    data, kind = line.data, line.kind
    at, said = _at(line, clock), _said(line, clock)
    user, count = _text(data, "user"), _number(data, "count", 1)
    return Occurrence(
        kind,
        key=_text(data, "id") or f"{kind}:{line.number}",
        at=at,
        live=_text(data, "live"),
        channel=next(iter(folded([_text(data, "channel")]))),
        text=_text(data, "text") or (said.text if said else ""),
        user=_text(data, "user_id") or user,
        names=tuple(filter(None, [user, *_texts(data, "names")])),
        roles=frozenset(_texts(data, "roles")),
        value=_number(data, "value", _number(data, kind.value, count if kind is When.RAID else 0)),
        count=count,
        score=_fraction(data),
        category=_text(data, "category"),
        target=_text(data, "target"),
        viewers=_number(data, "viewers", None),
        since=_since(line, clock) or (said.since if said else None),
        is_history=data.get("is_history") is True,
    )


def _since(line: _Line, clock: _Clock) -> datetime | None:
    """Return when it began, where that is told."""
    start_s = _offset_s(line.data, "start_s")
    return clock.began_at + timedelta(seconds=start_s) if start_s is not None else _date(line.data, "since")


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"“{name}” must be a text")  # noqa: TRY004 -- told like any other flaw
    return str(value).encode(errors="replace").decode()


def _texts(data: Mapping[str, Any], name: str) -> list[str]:
    values = data.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"“{name}” must be a list of texts")
    return [value.encode(errors="replace").decode() for value in values]


def _number(data: Mapping[str, Any], name: str, default: Number) -> int | Number:
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise ValueError(f"“{name}” must be a number from 0 to {MOST:,}")
    return int(value)


def _fraction(data: Mapping[str, Any]) -> float | None:
    value = data.get("score")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("“score” must be a number from 0 to 1")
    return float(value)
