"""What pages say of clips: their number, title, state, length and size."""

from datetime import datetime

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext

from vigie.clips import reasons, wording
from vigie.clips.models import Clip, ClipState
from vigie.clips.operations import moment_of

register = template.Library()

RINGS = {
    ClipState.REQUESTED: "unk",
    ClipState.SAVING: "lag",
    ClipState.SAVED: "lag",
    ClipState.RENAMED: "lag",
    ClipState.VERIFIED: "ok",
    ClipState.FAILED: "end",
}


@register.filter
def clip_label(clip: Clip) -> str:
    """Return the number of a clip in its workspace: `C-118`."""
    return f"C-{clip.seq}"


@register.filter
def clip_title(clip: Clip) -> str:
    """Return what a clip is called: its title, else what made the rule act, else its number."""
    return clip.title or (clip.trigger if clip.firing_id else "") or clip_label(clip)


@register.filter
def moment_of_clip(clip: Clip) -> datetime:
    """Return when what a clip is about happened."""
    return moment_of(clip)


@register.filter
def clip_reason(reason: str) -> str:
    """Return why a clip failed, or is not what was asked for, in the reader's language."""
    return reasons.told(reason)


@register.filter
def removal_words(clip: Clip) -> str:
    """Return why a clip is gone."""
    return str(wording.REMOVALS.get(clip.removal, wording.REMOVALS["person"]))


@register.simple_tag
def clip_ring(clip: Clip) -> SafeString:
    """Return the ring of a clip and its state in words."""
    state = ClipState(clip.state)
    return format_html(
        '<span class="state"><span class="ring {}"></span>{}</span>', RINGS[state], capfirst(str(state.label))
    )


@register.filter
def length_of_film(seconds: float) -> str:
    """Return how long a film is, as players write it: `0:40`, `1:02:05`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


@register.filter
def size(count: int | None) -> str:
    """Return an amount of bytes as people read it: `12.3 MB`, `12,3 Mo`; a thousand bytes are a kB."""
    for limit, words in ((10**9, gettext("%(amount)s GB")), (10**6, gettext("%(amount)s MB"))):
        if (count or 0) >= limit:
            return words % {"amount": formats.number_format((count or 0) / limit, 1)}
    return gettext("%(amount)s kB") % {"amount": formats.number_format(round((count or 0) / 1000), 0)}


@register.filter
def obs_ring(state: str) -> str:
    """Return the shape of how an OBS does."""
    return wording.OBS_RINGS[state]
