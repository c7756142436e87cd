"""The pages of rules as a browser reads them: what a form would send."""

import re
from collections import defaultdict
from html import unescape

from django.test import Client
from django.urls import reverse

from vigie.people.models import Workspace

Sent = dict[str, list[str]]


NEW: Sent = {
    "name": ["Clip it"],
    "when": ["chat"],
    "if-0-kind": ["says"],
    "if-0-says": ["clip, !clip"],
    "rest-0-scope": ["channel"],
    "rest-0-time": ["2 min"],
    "then-0-do": ["mark"],
}
"""A form that was filled in: a rule that can be saved."""


_FIELD = re.compile(r"<input([^>]*)>|<select([^>]*)>(.*?)</select>|<textarea([^>]*)>(.*?)</textarea>", re.DOTALL)
_OPTION = re.compile(r"<option([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def sent(html: str) -> Sent:
    """Return what a browser would send of the fields in a page, lines ending as it ends them."""
    fields: Sent = defaultdict(list)
    for given, select, options, area, text in _FIELD.findall(html):
        tag = _attributes(given or select or area)
        name = tag.get("name", "")
        if select:
            offered = [_attributes(option) for option in _OPTION.findall(options)]
            chosen = [option["value"] for option in offered if "selected" in option]
            fields[name] = (chosen or [option["value"] for option in offered])[:1]
        elif area:
            fields[name].append(unescape(text).replace("\n", "\r\n"))
        elif tag.get("type") not in {"checkbox", "radio"} or "checked" in tag:
            fields[name].append(tag.get("value", ""))
    return {name: values for name, values in fields.items() if name not in {"", "csrfmiddlewaretoken"}}


def address(name: str, workspace: Workspace, number: int | None = None) -> str:
    return reverse(name, args=[workspace.slug, *([] if number is None else [number])])


def opened(client: Client, name: str, workspace: Workspace, number: int | None = None, query: str = "") -> str:
    """Return a page that opens."""
    answer = client.get(address(name, workspace, number) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def flat(html: str) -> str:
    """Return a page with any run of white space as one space."""
    return " ".join(html.split())
