import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.moderation.excerpts import LIMIT, Excerpt, excerpt

WORDS = "un deux trois quatre cinq six sept huit neuf dix"


def test_a_short_text_is_kept_whole() -> None:
    assert excerpt("Bonjour à tous. ", [[0, 7, "target"]]) == Excerpt("Bonjour à tous.", [[0, 7, "target"]])


def test_a_long_text_begins_a_little_before_its_first_span() -> None:
    text = f"{WORDS * 4} MENACE {WORDS * 10}"
    start = text.index("MENACE")

    found = excerpt(text, [[start, start + 6, "threat"]])

    [[from_, to, reason]] = found.spans
    assert (found.text[int(from_) : int(to)], reason) == ("MENACE", "threat")
    assert found.text[0] == found.text[-1] == "…"
    assert len(found.text) <= LIMIT + 2


def test_a_long_text_without_spans_is_cut_at_its_end() -> None:
    assert excerpt(f"{WORDS} {WORDS}", [], limit=60) == Excerpt(f"{WORDS} un deux…", [])


def test_a_span_longer_than_the_excerpt_is_cut_with_it() -> None:
    assert excerpt("a" * 500, [[0, 500, "slur"]], limit=50) == Excerpt("a" * 50 + "…", [[0, 50, "slur"]])


def test_a_span_outside_the_excerpt_is_dropped() -> None:
    assert excerpt("a b " * 200, [[0, 1, "slur"], [700, 701, "threat"]], limit=50).spans == [[0, 1, "slur"]]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_stays_nothing(text: str) -> None:
    assert excerpt(text, []) == Excerpt("", [])


@given(st.text(alphabet="ab \u202e\u200b\n", max_size=2000), st.data())
def test_spans_still_mark_the_same_characters(text: str, data: st.DataObject) -> None:
    text = text.rstrip()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    found = excerpt(text, [[start, end, "threat"]])

    assert len(found.text) <= LIMIT + 2
    for from_, to, _ in found.spans:
        assert 0 <= int(from_) <= int(to) <= len(found.text)
        assert text[start:end].startswith(found.text[int(from_) : int(to)])
