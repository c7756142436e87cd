"""What a template makes of names: of an example, of one that means harm, of a clip."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from vigie.clips import operations
from vigie.clips.filenames import EXAMPLE, ClipValues, Template
from vigie.clips.models import Clip

HOSTILE = replace(
    EXAMPLE,
    channel="CON",
    chatter="../../\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    trigger='<img src="x">|\N{NULL} ' + "a" * 90,
)
"""Leads elsewhere, hides how it ends, holds what no system takes, and is too long."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A name that a template makes."""

    label: str
    name: str


def previews(text: str, now: datetime) -> list[Preview]:
    """Return what a template makes of an example, and of names that mean harm. Raises BadTemplate."""
    template, zone = Template.parse(text), ZoneInfo(settings.TIME_ZONE)
    usual, hostile = (replace(one, at=now, zone=zone) for one in (EXAMPLE, HOSTILE))
    return [
        Preview(_("For example"), template.name(usual)),
        Preview(_("Of a hostile name"), template.name(hostile)),
    ]


def preview_of(clip: Clip, text: str) -> list[Preview]:
    """Return what a template makes of a clip. Raises BadTemplate."""
    return [Preview(_("It will be"), Template.parse(text).name(values_of(clip)))]


def values_of(clip: Clip) -> ClipValues:
    """Return what a name can tell of a clip."""
    channel = clip.channel.name if clip.channel else ""
    at, zone = operations.moment_of(clip), ZoneInfo(settings.TIME_ZONE)
    return ClipValues(channel, clip.chatter, clip.trigger, at, zone, clip.seq, clip.score, clip.viewers)
