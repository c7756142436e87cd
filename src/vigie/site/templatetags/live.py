"""What only the page of a live says: moments of its clock, who somebody of a chat is, words that were looked for."""

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from vigie.events import Badge
from vigie.site.highlights import found_pieces

register = template.Library()

BADGES: dict[str, str | Promise] = {
    Badge.BROADCASTER: _("host"),
    Badge.MODERATOR: _("mod"),
    Badge.VIP: "VIP",
    Badge.SUBSCRIBER: _("subscriber"),
}
"""Those that matter to a reader; the others are left out."""


@register.filter
def badges(held: str) -> list[str | Promise]:
    """Return the badges of a message, `moderator subscriber`, in words."""
    return [words for badge, words in BADGES.items() if badge in held.split()]


@register.simple_tag
def local(began: datetime, at_s: float) -> str:
    """Return a moment of a live that began then, on the reader's clock: `21:14:18`."""
    return formats.date_format(timezone.localtime(began + timedelta(seconds=at_s)), "H:i:s")


@register.filter
def hour(at_s: float) -> str:
    """Return a whole minute of a live as an axis says it: 4800 -> `01:20`."""
    return f"{int(at_s) // 3600:02d}:{int(at_s) // 60 % 60:02d}"


@register.filter
def found(text: str, words: str) -> SafeString:
    """Return a text with the words that were looked for marked."""
    pieces = found_pieces(text, words)
    shown = ((format_html('<mark class="low">{}</mark>', one.text) if one.is_marked else one.text,) for one in pieces)
    return format_html_join("", "{}", shown)
