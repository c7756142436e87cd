from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from vigie.risk.models import Assessment, Category
from vigie.runtime import clock as time_of_day
from vigie.site.templatetags import vigie
from vigie.watch.models import Live, LiveState

MOMENT = datetime(2026, 11, 20, 20, 14, 18, tzinfo=UTC)


def rendered(source: str, **context: object) -> str:
    return Template("{% load vigie %}" + source).render(Context(context))


def test_icon_is_hidden_from_screen_readers() -> None:
    assert vigie.icon("wall") == '<svg class="i" aria-hidden="true"><use href="/static/vigie/icons.svg#wall"/></svg>'


def test_icon_with_a_label_is_an_image() -> None:
    assert 'role="img" aria-label="a &quot;wall&quot;"' in vigie.icon("wall", 'a "wall"')


class Everything(forms.Form):
    text = forms.CharField()
    choice = forms.ChoiceField(choices=[("a", "A")], widget=forms.Select(attrs={"class": "short"}))
    tick = forms.BooleanField()
    one = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


@pytest.mark.parametrize(("name", "dress"), [("text", 'class="form-control"'), ("choice", 'class="form-select short"')])
def test_control_dresses_a_widget_for_its_kind(name: str, dress: str) -> None:
    assert dress in vigie.control(Everything()[name])


@pytest.mark.parametrize("name", ["tick", "one"])
def test_control_leaves_boxes_as_they_are(name: str) -> None:
    assert "form-" not in vigie.control(Everything()[name])


@pytest.mark.parametrize(("code", "name"), [("de", "German"), ("zz", "zz")])
def test_language_name_is_the_readers_or_the_code(code: str, name: str) -> None:
    with translation.override("en"):
        assert vigie.language_name(code) == name


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "00:00:00"), (6138.9, "01:42:18"), (359_999, "99:59:59"), (-3, "00:00:00")]
)
def test_timecode_is_hours_minutes_seconds(seconds: float, expected: str) -> None:
    assert vigie.timecode(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (3.24, "3.2 s"), (3, "3 s"), (59.4, "59 s"), (59.6, "1 min 00"), (93, "1 min 33"), (7500, "2 h 05")],
)
def test_duration_names_the_two_largest_units(seconds: float, expected: str) -> None:
    with translation.override("en"):
        assert vigie.duration(seconds) == expected


@pytest.mark.parametrize(
    ("form", "text"), [("time", "21:14:18"), ("minute", "21:14"), ("day", "20 Nov 21:14"), ("date", "20 Nov 2026")]
)
def test_clock_is_in_the_readers_zone_and_can_be_set_anew_by_the_page(form: str, text: str) -> None:
    with timezone.override(ZoneInfo("Europe/Paris")), translation.override("en"):
        assert vigie.clock(MOMENT, form) == (
            f'<time datetime="2026-11-20T20:14:18+00:00" data-clock="{form}">{text}</time>'
        )


@pytest.mark.parametrize(("form", "text"), [("day", "20 nov. 21:14"), ("date", "20 nov. 2026")])
def test_clock_writes_months_as_the_page_does_in_french(form: str, text: str) -> None:
    with timezone.override(ZoneInfo("Europe/Paris")), translation.override("fr"):
        assert f">{text}<" in vigie.clock(MOMENT, form)


def test_clock_of_nothing_is_nothing() -> None:
    assert vigie.clock(None) == ""


def test_elapsed_is_the_timecode_of_now() -> None:
    began = time_of_day.now() - timedelta(hours=1, minutes=2, seconds=3)

    assert ">01:02:03</time>" in vigie.elapsed(began)


@pytest.mark.parametrize(("language", "expected"), [("en", "0.82"), ("fr", "0,82")])
def test_score_is_written_in_the_readers_language(language: str, expected: str) -> None:
    with translation.override(language):
        assert vigie.score(0.8249) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0, "0%"), (0.99, "99%"), (0.996, "99.6%"), (0.99999, "99.9%"), (1, "100%")]
)
def test_percent_is_never_a_hundred_unless_it_is_whole(share: float, expected: str) -> None:
    with translation.override("en"):
        assert vigie.percent(share) == expected


def test_number_sets_thousands_apart() -> None:
    with translation.override("en"):
        assert vigie.number(4128) == "4,128"


def test_ids_are_never_cut_by_separators() -> None:
    with translation.override("fr"):
        assert rendered("{{ pk }}", pk=1234567) == "1234567"


@pytest.mark.parametrize(("score", "band"), [(0, "low"), (0.39, "low"), (0.4, "med"), (0.69, "med"), (0.7, "high")])
def test_band_follows_the_two_thresholds(score: float, band: str) -> None:
    assert vigie.band(score) == band


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("word", '<span class="sev high"><i></i>High</span>'),
        ("full", '<span class="sev high"><i></i>High severity</span>'),
        (
            "figure",
            '<span class="sev high"><i></i><span class="num"><span class="sr">High severity </span>0.86</span></span>',
        ),
        (
            "bars",
            '<span class="sev high" role="img" aria-label="High severity" title="High severity"><i></i></span>',
        ),
    ],
)
def test_severity_is_a_form_and_words(form: str, expected: str) -> None:
    with translation.override("en"):
        assert rendered("{% severity score form %}", score=0.86, form=form) == expected


@pytest.mark.parametrize(
    ("value", "shape", "words"),
    [("low", "near", "Low reach"), ("medium", "mid", "Medium reach"), ("high", "far", "High reach")],
)
def test_reach_is_a_form_and_words_without_colour(value: str, shape: str, words: str) -> None:
    with translation.override("en"):
        assert vigie.reach(value) == f'<span class="reach {shape}"><i></i>{words}</span>'


def test_reach_that_was_not_measured_is_no_finding() -> None:
    with translation.override("fr"):
        assert vigie.reach("unknown") == ""
        assert vigie.reach("unknown", "word") == "Non mesurée"


def test_marked_highlights_by_severity_and_masks_slurs() -> None:
    with translation.override("en"):
        marked = vigie.marked("Hit the slur <b>", [[0, 12, "threat"], [8, 12, "slur"]], 0.8)

    assert marked == (
        '<mark class="high">Hit the <span class="slur" data-w="s•••"><span>masked word</span></span></mark> &lt;b&gt;'
    )


def test_marked_masks_slurs_without_highlight_where_the_score_is_low() -> None:
    with translation.override("en"):
        marked = vigie.marked("a slur", [[2, 6, "slur"]], 0.2)

    assert marked == 'a <span class="slur" data-w="s•••"><span>masked word</span></span>'


def test_marked_takes_text_without_spans() -> None:
    assert rendered("{% marked text nothing|default:'' nothing|default:0 %}", text="a & b", nothing=None) == "a &amp; b"


def test_justification_falls_back_to_the_category() -> None:
    with translation.override("en"):
        assert vigie.justification(Assessment(category=Category.POLEMIC, signals=[])) == "Polemic"


@pytest.mark.parametrize(
    ("state", "ring", "words"),
    [
        (LiveState.OK, "ok", "on air"),
        (LiveState.LAG, "lag", "Lag 24 s"),
        (LiveState.NO_AUDIO, "mute", "no audio"),
        (LiveState.NO_RECOGNIZER, "norec", "no recognizer"),
        (LiveState.RECONNECTING, "unk", "reconnecting"),
        (LiveState.ENDED, "end", "ended"),
    ],
)
def test_state_ring_is_a_form_words_and_the_reason(state: LiveState, ring: str, words: str) -> None:
    with translation.override("en"):
        shown = vigie.state_ring(Live(state=state, lag_s=24, reason="because <it> is"))

    assert shown == (
        f'<span class="state" title="because &lt;it&gt; is"><span class="ring {ring}"></span>{words}</span>'
    )


@pytest.mark.parametrize(("ago_s", "text"), [(12, "12 s"), (59 * 60, "59 min"), (7300, "2 h")])
def test_since_is_how_long_ago_something_was_and_goes_on(ago_s: int, text: str) -> None:
    moment = time_of_day.now() - timedelta(seconds=ago_s)

    shown = vigie.since(moment)

    assert shown == f'<time class="num" datetime="{moment.isoformat()}" data-clock="since">{text}</time>'


@pytest.mark.parametrize(("score", "word"), [(0.7, "High"), (0.4, "Medium"), (0.39, "Low")])
def test_severity_word_is_that_of_its_band(score: float, word: str) -> None:
    with translation.override("en"):
        assert vigie.severity_word(score) == word


def test_every_state_has_a_ring() -> None:
    assert set(vigie.RINGS) == set(LiveState)
