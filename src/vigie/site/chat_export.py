"""The chat of a live as a file: CSV for a spreadsheet, JSON lines for a program; a line at a time."""

import csv
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from io import StringIO

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from vigie.site.templatetags.vigie import timecode
from vigie.watch import queries as watch
from vigie.watch.models import ChatMessage, Live

COLUMNS = (
    *("at", "timecode", "kind", "chatter", "login", "badges", "text", "count", "value", "removed_at"),
    *("is_history", "message_id"),
)
SIGNS = "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
"""What begins a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
_FORMULA = re.compile(rf"""((?:^|[;,\t\r\n])[ "]*)(?=[{re.escape(SIGNS)}])""")
_BLANK = re.compile(r" *[\t\r\n]")
TOGETHER = 1000
"""Lines a chunk."""


class LinesResponse(StreamingHttpResponse):
    """Lines as they are read from the database, off the loop where there is one."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what `__iter__` yields, without blocking."""
        chunks = iter(self)

        def following() -> bytes:
            return next(chunks, b"")

        while chunk := await sync_to_async(following)():
            yield chunk


def as_csv(live: Live) -> Iterator[str]:
    """Yield the chat of a live as CSV; no cell is taken for a formula."""
    page = StringIO()
    page.write("\ufeff")  # spreadsheets take it for UTF-8 then
    writer = csv.writer(page)
    writer.writerow(COLUMNS)
    for number, message in enumerate(watch.every_message(live), 1):
        writer.writerow(harmless(cell) for cell in _row(live, message).values())
        if number % TOGETHER == 0:
            yield _emptied(page)
    yield _emptied(page)


def _emptied(page: StringIO) -> str:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text


def as_json_lines(live: Live) -> Iterator[str]:
    """Yield the chat of a live, an object a line."""
    lines: list[str] = []
    for message in watch.every_message(live):
        lines.append(json.dumps(_row(live, message), ensure_ascii=False))
        if len(lines) == TOGETHER:
            yield "\n".join([*lines, ""])
            lines.clear()
    yield "\n".join([*lines, ""]) if lines else ""


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet computes: what would begin a formula is led by an apostrophe.

    Also after what separates cells elsewhere: a spreadsheet may take a semicolon or a tab for that, as in French.
    """
    if not isinstance(cell, str):
        return cell
    led = _FORMULA.sub(r"\1'", cell)
    return f"'{led}" if _BLANK.match(led) else led


def _row(live: Live, message: ChatMessage) -> dict[str, object]:
    at = live.started_at + timedelta(seconds=message.at_s)
    return {
        "at": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        "timecode": timecode(message.at_s),
        "kind": message.kind,
        "chatter": message.chatter.shown,
        "login": message.chatter.login,
        "badges": message.badges,
        "text": message.text,
        "count": message.count,
        "value": message.value,
        "removed_at": f"{message.removed_at:%Y-%m-%dT%H:%M:%SZ}" if message.removed_at else "",
        "is_history": message.is_history,
        "message_id": message.platform_id,
    }
