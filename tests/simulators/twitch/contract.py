"""Checks answers against the schemas of an OpenAPI 3.0 file: the part of JSON Schema that Twitch's uses."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


class Contract:
    """The answers that a file promises."""

    def __init__(self, path: Path) -> None:
        self._file = json.loads(path.read_text(encoding="utf-8"))

    def breaches(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Return what is wrong with an answer, one line each; `body` is None where there is none."""
        operation = self._file["paths"].get(f"/{path}", {}).get(method.lower())
        if operation is None:
            return [f"{method} {path}: unknown"]
        answer = operation["responses"].get(str(status))
        if answer is None:
            return [f"{method} {path}: {status} is not an answer of it"]
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        if status >= 400:
            return [] if body and set(body) == {"error", "status", "message"} else [f"{method} {path}: {body}"]
        if schema is None:
            return [] if body is None else [f"{method} {path}: {status} has no body"]
        return list(self.wrong(schema, body, "$"))

    def wrong(self, schema: dict[str, Any], value: Any, place: str) -> Iterator[str]:
        """Yield where a value is not as a schema says."""
        if "$ref" in schema:
            schema = self._file["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if value is None and schema.get("nullable"):
            return
        kinds = TYPES[schema.get("type", "object")]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            yield f"{place}: {value!r} is no {schema.get('type')}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{place}: {value!r} is not one of {schema['enum']}"
        if schema.get("format") == "date-time" and not is_moment(str(value)):
            yield f"{place}: {value!r} is no RFC 3339 date"
        yield from self._inside(schema, value, place)

    def _inside(self, schema: dict[str, Any], value: Any, place: str) -> Iterator[str]:
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self.wrong(schema["items"], item, f"{place}[{number}]")
        elif isinstance(value, dict) and "properties" in schema:
            known = schema["properties"]
            yield from (f"{place}.{name}: missing" for name in schema.get("required", []) if name not in value)
            yield from (f"{place}.{name}: unknown" for name in value if name not in known)
            for name, item in value.items():
                if name in known:
                    yield from self.wrong(known[name], item, f"{place}.{name}")


def is_moment(text: str) -> bool:
    """Tell whether a text is a date and a time with its zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None and bool(re.match(r"\d{4}-\d\d-\d\dT", text))
    except ValueError:
        return False
