"""What every page says in the same way: icons, times, severity, reach, the state of a live, marked words."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Literal

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info, gettext, pgettext

from vigie.moderation.ordering import waited
from vigie.ports import HIGH, MEDIUM
from vigie.risk.models import Assessment
from vigie.risk.queries import justification_of
from vigie.runtime import clock as time_of_day
from vigie.site.marking import hinted, pieces
from vigie.watch import wording
from vigie.watch.models import Live, LiveState, Reach

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return a drawing of `icons.svg`, hidden from screen readers unless it has a label of its own."""
    said = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="i" {}><use href="{}#{}"/></svg>', said, static("vigie/icons.svg"), name)


@register.filter
def control(field: BoundField) -> SafeString:
    """Return a form field's widget, dressed for its kind."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    dress = "form-select" if isinstance(widget, Select) and not isinstance(widget, FileInput) else "form-control"
    return field.as_widget(attrs={"class": f"{dress} {widget.attrs.get('class', '')}".strip()})


@register.filter
def language_name(code: str) -> str:
    """Return the name of a language in the reader's; the code where Django knows no name."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


# ── times ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def timecode(seconds: float) -> str:
    """Return a place in a live: 6138.4 -> `01:42:18`."""
    whole = max(int(seconds), 0)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


@register.filter
def duration(seconds: float) -> str:
    """Return how long something lasts, in the two largest units that say something: `3.2 s`, `1 min 33`, `2 h 05`."""
    whole = round(seconds)
    if seconds < 10 and seconds != whole:
        return gettext("%(seconds)s s") % {"seconds": formats.number_format(round(seconds, 1), 1)}
    if whole < 60:
        return gettext("%(seconds)s s") % {"seconds": whole}
    if whole < 3600:
        return gettext("%(minutes)d min %(seconds)02d") % {"minutes": whole // 60, "seconds": whole % 60}
    return gettext("%(hours)d h %(minutes)02d") % {"hours": whole // 3600, "minutes": whole // 60 % 60}


CLOCKS = {"time": "H:i:s", "minute": "H:i", "day": "j M H:i", "date": "j M Y"}


@register.filter
def clock(moment: datetime | None, form: str = "time") -> SafeString | str:
    """Return a moment on the reader's clock; the page puts it into their zone where the server could not.

    `time` 21:14:18, `minute` 21:14, `day` 20 Nov 21:14, `date` 20 Nov 2026.
    """
    if moment is None:
        return ""
    # Short months as the page's script writes them: 20 Nov, 20 nov.
    written = CLOCKS[form].replace("M", "N") if get_language() == "fr" else CLOCKS[form]
    text = formats.date_format(timezone.localtime(moment), written)
    return format_html('<time datetime="{}" data-clock="{}">{}</time>', moment.isoformat(), form, text)


@register.filter
def elapsed(moment: datetime) -> SafeString:
    """Return the timecode of now in a live that began at `moment`; the page keeps it running."""
    text = timecode((time_of_day.now() - moment).total_seconds())
    return format_html('<time class="num" datetime="{}" data-clock="elapsed">{}</time>', moment.isoformat(), text)


@register.filter
def since(moment: datetime) -> SafeString:
    """Return how long ago something was: `52 s`, `8 min`, `3 h`; the page keeps it running."""
    text = waited((time_of_day.now() - moment).total_seconds())
    return format_html('<time class="num" datetime="{}" data-clock="since">{}</time>', moment.isoformat(), text)


# ── judgements ─────────────────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def score(value: float) -> str:
    """Return a score as it is written in the reader's language: `0.82`, `0,82`."""
    return formats.number_format(value, 2)


@register.filter
def percent(share: float) -> str:
    """Return a share 0..1 as people read it: `99.6%`, `99,6 %`; never a hundred unless it is whole."""
    tenths = min(round(share * 1000), 999) if share < 1 else 1000
    figure = formats.number_format(tenths / 10, 1 if tenths % 10 else 0)
    return gettext("%(figure)s%%") % {"figure": figure}


@register.filter
def number(value: int) -> str:
    """Return an amount with its thousands set apart: `4,128`, `4 128`."""
    return formats.number_format(value, 0, use_l10n=True, force_grouping=True)


@register.filter
def band(value: float) -> str:
    """Return the severity of a score as a CSS class: `high`, `med` or `low`."""
    return "high" if value >= HIGH else "med" if value >= MEDIUM else "low"


def _severity_words(value: float) -> tuple[str, str]:
    return {
        "high": (pgettext("severity", "High"), gettext("High severity")),
        "med": (pgettext("severity", "Medium"), gettext("Medium severity")),
        "low": (pgettext("severity", "Low"), gettext("Low severity")),
    }[band(value)]


@register.filter
def severity_word(value: float) -> str:
    """Return the severity of a score in a word: `High`."""
    return _severity_words(value)[0]


@register.simple_tag
def severity(value: float, form: Literal["word", "full", "figure", "bars"] = "word") -> SafeString:
    """Return one to three bars and: a `word` (High), the `full` words, the `figure` (0.82), or nothing."""
    word, full = _severity_words(value)
    if form == "bars":
        said = format_html('role="img" aria-label="{0}" title="{0}"', full)
        return format_html('<span class="sev {}" {}><i></i></span>', band(value), said)
    if form == "figure":
        figure = format_html('<span class="sr">{} </span>{}', full, score(value))
        return format_html('<span class="sev {}"><i></i><span class="num">{}</span></span>', band(value), figure)
    return format_html('<span class="sev {}"><i></i>{}</span>', band(value), full if form == "full" else word)


@register.simple_tag
def reach(value: str, form: Literal["word", "full"] = "full") -> SafeString:
    """Return how far a text may go, as a dot, a ring or two rings and words; never coloured, never added to a score.

    Where it was not measured, a word says so, or nothing does.
    """
    if value == Reach.UNKNOWN:
        return format_html("{}", capfirst(Reach.UNKNOWN.label) if form == "word" else "")
    shape, full = {
        Reach.HIGH: ("far", gettext("High reach")),
        Reach.MEDIUM: ("mid", gettext("Medium reach")),
    }.get(Reach(value), ("near", gettext("Low reach")))
    words = full if form == "full" else capfirst(Reach(value).label)
    return format_html('<span class="reach {}"><i></i>{}</span>', shape, words)


@register.filter
def analyst(name: str) -> str:
    """Return who judged, in the reader's language: `rules 2026.11`."""
    return name.replace("rules", gettext("rules"), 1) if name.startswith("rules ") else name


@register.simple_tag
def marked(text: str, spans: Sequence[Sequence[int | str]] = (), score: float = 1.0) -> SafeString:
    """Return a text with its spans highlighted by severity (from medium on) and its slurs masked."""
    shown = []
    for is_marked, run in groupby(pieces(text, spans), key=attrgetter("is_marked")):
        words = format_html_join("", "{}", ((_masked(piece.text) if piece.is_masked else piece.text,) for piece in run))
        is_shown = is_marked and score >= MEDIUM
        shown.append(format_html('<mark class="{}">{}</mark>', band(score), words) if is_shown else words)
    return SafeString("".join(shown))


def _masked(word: str) -> SafeString:
    return format_html('<span class="slur" data-w="{}"><span>{}</span></span>', hinted(word), gettext("masked word"))


@register.filter
def justification(assessment: Assessment) -> str:
    """Return why a text got its score, in the reader's language; its category where nothing more is known."""
    return justification_of(assessment) or capfirst(assessment.get_category_display())


# ── lives ──────────────────────────────────────────────────────────────────────────────────────────────────────────

RINGS = {
    LiveState.STARTING: "unk",
    LiveState.OK: "ok",
    LiveState.LAG: "lag",
    LiveState.NO_AUDIO: "mute",
    LiveState.NO_RECOGNIZER: "norec",
    LiveState.RECONNECTING: "unk",
    LiveState.ENDED: "end",
    LiveState.FAILED: "unk",
}


@register.filter
def told(reason: str) -> str:
    """Return why a live is as it is, or what a gap comes from, in the reader's language."""
    return wording.told(reason)


@register.simple_tag
def state_ring(live: Live) -> SafeString:
    """Return the ring of a live and its state in words; why it is so is its title."""
    state = LiveState(live.state)
    words = gettext("Lag %(lag)s") % {"lag": duration(live.lag_s)} if state == LiveState.LAG else state.label
    return format_html(
        '<span class="state" title="{}"><span class="ring {}"></span>{}</span>', told(live.reason), RINGS[state], words
    )
