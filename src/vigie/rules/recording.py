"""A recording of a live as lines of JSON, one thing that happened a line: what the dry run reads.

`{"type": "chat", "at": "2026-11-22T20:15:00Z", "user": "ana", "text": "clip!"}`; the types are those a rule can wait
for (`vigie.rules.kinds.When`). What `vigie watch --json` prints can be read too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from vigie.errors import VigieError
from vigie.rules.kinds import When
from vigie.rules.occurrences import Occurrence

ONLY_LIVE = "live"
NAMES: Mapping[str, When] = {kind.value: kind for kind in When} | {
    "message": When.CHAT,
    "comment": When.CHAT,
    "utterance": When.SPEECH,
    "sample": When.VIEWERS,
}
LEFT_OUT = frozenset({"alert", "gap", "end"})
"""What `vigie watch` prints, and no rule waits for."""
DERIVED = frozenset({When.HYPE})
"""What rules make of what is recorded; never read."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""When a recording without dates begins: its offsets count from here."""


class BadRecording(VigieError):
    """The recording cannot be read."""


def read(lines: Iterable[str]) -> Iterator[Occurrence]:
    """Yield what is recorded, line by line, in its order. Raises BadRecording with the line and the reason."""
    spoken: dict[object, datetime] = {}
    viewers: dict[str, int] = {}
    latest = BEGINNING
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = _object(line)
            kind = _kind(data)
            if kind is None:
                continue
            latest = _at(data, latest, spoken)
            happened = _occurrence(data, kind, latest, number)
        except (TypeError, ValueError, OverflowError) as error:
            raise BadRecording(f"line {number}: {error}.") from None
        if kind is When.VIEWERS:
            viewers[happened.live] = happened.value
        yield replace(happened, viewers=viewers.get(happened.live)) if happened.viewers is None else happened


def _object(line: str) -> Mapping[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this is no JSON") from None
    if not isinstance(data, dict):
        raise TypeError("an event must be an object")
    return data


def _kind(data: Mapping[str, Any]) -> When | None:
    name = data.get("type")
    if name in LEFT_OUT:
        return None
    kind = NAMES.get(name) if isinstance(name, str) else None
    if kind is None or kind in DERIVED:
        raise ValueError(f"“type” is {name!r}; it must be one of: {', '.join(sorted(NAMES.keys() - DERIVED))}")
    return kind


def _at(data: Mapping[str, Any], latest: datetime, spoken: dict[object, datetime]) -> datetime:
    """Return when it happened; a verdict without a date happened when its words were said, else with what is before."""
    given = data.get("at")
    if isinstance(given, str):
        at = datetime.fromisoformat(given)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    offset = given if given is not None else data.get("end_s", data.get("at_s"))
    if isinstance(offset, int | float) and not isinstance(offset, bool):
        at = BEGINNING + timedelta(seconds=offset)
        spoken[data.get("seq")] = at
        return at
    if given is not None:
        raise ValueError("“at” must be a date such as 2026-11-22T20:15:00Z, or seconds")
    return spoken.get(data.get("seq"), latest)


def _occurrence(data: Mapping[str, Any], kind: When, at: datetime, number: int) -> Occurrence:
    user = _text(data, "user")
    names = [user, *_texts(data, "names")]
    return Occurrence(
        kind,
        key=_text(data, "id") or f"{kind}:{number}",
        at=at,
        live=_text(data, "live") or ONLY_LIVE,
        channel=_text(data, "channel").removeprefix("@").casefold(),
        text=_text(data, "text"),
        user=_text(data, "user_id") or user,
        names=tuple(name for name in names if name),
        roles=frozenset(_texts(data, "roles")),
        value=_number(data, "value", _number(data, str(kind), 0)),
        count=max(0, _number(data, "count", 1)),
        score=_fraction(data.get("score")),
        category=_text(data, "category"),
        target=_text(data, "target"),
        viewers=_number(data, "viewers", -1) if data.get("viewers") is not None else None,
        is_history=data.get("is_history") is True,
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"“{name}” must be a text")
    return str(value)


def _texts(data: Mapping[str, Any], name: str) -> list[str]:
    values = data.get(name) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"“{name}” must be a list of texts")
    return values


def _number(data: Mapping[str, Any], name: str, default: int) -> int:
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise TypeError(f"“{name}” must be a number from 0")
    return int(value)


def _fraction(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise TypeError("“score” must be a number from 0 to 1")
    return float(value)
