"""The pages of rules as a browser reads them: what a form would send."""

from collections import defaultdict
from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from vigie.people.models import Workspace

Sent = dict[str, list[str]]


class _Form(HTMLParser):
    """Gathers what the fields of a form hold."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Sent = defaultdict(list)
        self._select = self._area = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.fields[name].append(given.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self.fields):
            self.fields[self._select] = [given["value"]]
        elif tag == "textarea":
            self._area, self._text = name, []

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area].append("".join(self._text).replace("\n", "\r\n"))
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text.append(data)


def sent(html: str) -> Sent:
    """Return what a browser would send of the fields in a page, lines ending as it ends them."""
    form = _Form()
    form.feed(html)
    form.fields.pop("csrfmiddlewaretoken", None)
    return dict(form.fields)


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
