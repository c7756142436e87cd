"""What the pages of channels say in the same way: how a channel stands, what can be done about a reason."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from vigie.watch import wording
from vigie.watch.models import Channel
from vigie.watch.queries import Standing

register = template.Library()

RINGS = {
    Standing.LIVE: "ok",
    Standing.OFFLINE: "end",
    Standing.UNKNOWN: "unk",
    Standing.NOT_SET_UP: "norec",
    Standing.LOOKING: "lag",
    Standing.WAITING: "lag",
    Standing.UNWATCHED: "mute",
}


@register.simple_tag
def standing_ring(channel: Channel) -> SafeString:
    """Return how a channel of `with_activity` stands, as a form and a word."""
    standing = Standing(channel.standing)  # type: ignore[attr-defined]
    return format_html('<span class="state"><span class="ring {}"></span>{}</span>', RINGS[standing], standing.label)


@register.filter
def remedy(reason: str) -> str:
    """Return what can be done about what a platform says of an account; empty where nothing is known."""
    return wording.fix(reason)
