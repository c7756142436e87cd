import pytest
from django.utils import translation

from tests.factories import NOW
from vigie.clips import reasons
from vigie.clips.models import Clip, ClipState
from vigie.clips.templatetags.clips import (
    clip_label,
    clip_reason,
    clip_ring,
    clip_title,
    length_of_film,
    moment_of_clip,
    removal_words,
    size,
)


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"title": "The goal", "trigger": "clip", "firing_id": 1}, "The goal"),
        ({"trigger": "clip", "firing_id": 1}, "clip"),
        ({"trigger": "M-03"}, "C-7"),
        ({"firing_id": 1}, "C-7"),
    ],
)
def test_a_clip_goes_by_its_title_by_its_rule_or_by_its_number(fields: dict[str, object], title: str) -> None:
    clip = Clip(seq=7, **fields)

    assert (clip_title(clip), clip_label(clip)) == (title, "C-7")


@pytest.mark.parametrize("state", ClipState)
def test_every_state_has_a_ring_and_words(state: ClipState) -> None:
    ring = clip_ring(Clip(state=state))

    assert ring.startswith('<span class="state"><span class="ring ')
    assert str(state.label)[1:] in ring


def test_a_reason_is_told_in_the_readers_language() -> None:
    assert clip_reason(reasons.NOT_KEPT) == reasons.NOT_KEPT
    with translation.override("fr"):
        assert clip_reason(reasons.NOT_KEPT) != reasons.NOT_KEPT


@pytest.mark.parametrize(
    ("removal", "words"), [("person", "Deleted"), ("age", "Deleted: it was old enough"), ("odd", "Deleted")]
)
def test_a_clip_that_is_gone_says_why(removal: str, words: str) -> None:
    assert removal_words(Clip(removal=removal)) == words


def test_the_moment_of_a_clip_without_its_live_is_when_it_was_asked_for() -> None:
    assert moment_of_clip(Clip(requested_at=NOW, at_s=12.0)) == NOW


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0:00"), (9.6, "0:10"), (59.6, "1:00"), (70, "1:10"), (3599, "59:59"), (3725, "1:02:05")],
)
def test_the_length_of_a_film_is_written_as_players_do(seconds: float, told: str) -> None:
    assert length_of_film(seconds) == told


@pytest.mark.parametrize(
    ("count", "told"),
    [(None, "0 kB"), (0, "0 kB"), (1499, "1 kB"), (12_340_000, "12.3 MB"), (1_000_000_000, "1.0 GB")],
)
def test_a_size_is_written_in_thousands(count: int | None, told: str) -> None:
    assert size(count) == told


def test_a_size_is_written_in_french() -> None:
    with translation.override("fr"):
        assert size(12_340_000) == "12,3\N{NO-BREAK SPACE}Mo"
