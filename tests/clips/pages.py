"""Pages of clips as a person opens them."""

import html
import json
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from tests.clips.rows import JPEG, make_clip
from vigie.clips.models import Clip, Poster
from vigie.governance.models import AuditEntry
from vigie.people.models import Membership
from vigie.watch.models import Live

HTMX = {"HX-Request": "true"}


def address(name: str, member: Membership, *args: int) -> str:
    return reverse(name, args=[member.workspace.slug, *args])


def shown(client: Client, name: str, member: Membership, *args: int, **query: str) -> str:
    """Return what a page says, once it was found."""
    answer = client.get(address(name, member, *args), query)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def a_clip(live: Live, **fields: Any) -> Clip:
    """Return a clip that is ready, with its picture."""
    clip = make_clip(live, **fields)
    Poster.objects.create(clip=clip, jpeg=JPEG)
    return clip


def body(answer: HttpResponseBase) -> bytes:
    """Return what an answer brings, in one piece or in parts."""
    return answer.getvalue() if isinstance(answer, StreamingHttpResponse) else getattr(answer, "content", b"")


def toast_of(answer: HttpResponseBase) -> dict[str, Any]:
    """Return what an answer lets the page say at its foot."""
    told: dict[str, Any] = json.loads(answer["HX-Trigger"])["vigie:toast"]
    return told


def said(answer: HttpResponseBase) -> list[str]:
    """Return the messages of the page that an answer led to."""
    return [str(message) for message in answer.context["messages"]]  # type: ignore[attr-defined]


def verbs(*without: str) -> list[str]:
    """Return what the audit log holds, in order."""
    return [verb for verb in AuditEntry.objects.order_by("pk").values_list("verb", flat=True) if verb not in without]


def post(client: Client, name: str, member: Membership, pk: int, **fields: object) -> list[str]:
    """Return what the page says that the form led back to."""
    return said(client.post(address(name, member, pk), fields, follow=True))
