"""What several tests of alerts say in the same words."""

from typing import Any

from django.urls import reverse

from tests.factories import make_alert, make_assessment, make_utterance
from vigie.moderation.models import Alert
from vigie.people.models import Membership
from vigie.watch.models import Live

HTMX = {"HX-Request": "true"}


def an_alert(
    live: Live, text: str = "Il faut les jeter dehors.", *, score: float = 0.82, start_s: float = 100
) -> Alert:
    said = make_utterance(live, text=text, start_s=start_s)
    return make_alert(make_assessment(said, score=score, spans=[[8, 18, "exclusion"]], reach="high"))


def address(name: str, alert: Alert) -> str:
    return reverse(name, args=[alert.workspace.slug, alert.pk])


def queue(member: Membership) -> str:
    return reverse("alerts", args=[member.workspace.slug])


def text_of(response: Any) -> str:
    text: str = response.content.decode()
    return text
