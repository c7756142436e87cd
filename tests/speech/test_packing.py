import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.events import SAMPLE_RATE
from vigie.ports import Phrase, Transcript
from vigie.speech.packing import TOLD_BESIDE, unpack

S = SAMPLE_RATE


def heard(*phrases: Phrase) -> Transcript:
    return Transcript(" ".join(phrase.text for phrase in phrases), "fr", 0.8, phrases)


def test_one_utterance_is_its_clip() -> None:
    whole = heard(Phrase(0.0, 2.0, "bonsoir"))

    assert unpack(whole, [5 * S]) == [whole]


def test_phrases_go_where_they_were_said() -> None:
    whole = heard(Phrase(0.5, 3.0, "un"), Phrase(5.2, 6.0, "deux"), Phrase(6.0, 9.5, "trois"))

    assert unpack(whole, [4 * S, 6 * S]) == [
        Transcript("un", "fr", 0.8, (Phrase(0.5, 3.0, "un"),)),
        Transcript("deux trois", "fr", 0.8, (Phrase(1.2000000000000002, 2.0, "deux"), Phrase(2.0, 5.5, "trois"))),
    ]


def test_a_phrase_over_a_border_goes_to_its_larger_part_and_is_told_there() -> None:
    first, second = unpack(heard(Phrase(1.0, 6.0, "un deux")), [4 * S, 6 * S])

    assert first == Transcript("un deux", "fr", 0.8, (Phrase(1.0, 4.0, "un deux"),))
    assert second == Transcript("", "fr", 0.8, note=TOLD_BESIDE)


def test_what_is_withheld_is_withheld_for_all() -> None:
    withheld = Transcript("", "fr", 0.1, note="repetition")

    assert unpack(withheld, [S, S, S]) == [withheld] * 3


def test_words_without_places_go_to_the_first() -> None:
    whole = Transcript("tout ensemble", "fr", None)

    assert unpack(whole, [S, S]) == [whole, Transcript("", "fr", None, note=TOLD_BESIDE)]


@pytest.mark.parametrize("at_s", [7.0, 100.0])
def test_a_phrase_after_the_end_belongs_to_the_last(at_s: float) -> None:
    first, last = unpack(heard(Phrase(at_s, at_s + 1, "fin")), [2 * S, 4 * S])

    assert (first.text, last.text) == ("", "fin")
    assert last.phrases == (Phrase(4.0, 4.0, "fin"),)


moments = st.floats(0, 30, allow_nan=False)
spoken = st.lists(st.tuples(moments, moments), max_size=12)


@given(lengths=st.lists(st.integers(S // 2, 15 * S), min_size=1, max_size=8), times=spoken)
def test_every_phrase_is_told_once_within_its_utterance(lengths: list[int], times: list[tuple[float, float]]) -> None:
    phrases = [Phrase(min(pair), max(pair), f"p{index}") for index, pair in enumerate(times)]

    shares = unpack(heard(*phrases), lengths)

    assert len(shares) == len(lengths)
    told = [phrase.text for share in shares for phrase in share.phrases]
    assert sorted(told) == sorted(phrase.text for phrase in phrases)
    if len(lengths) > 1:
        for share, length in zip(shares, lengths, strict=True):
            assert all(0 <= p.start_s <= p.end_s <= length / S + 1e-9 for p in share.phrases)
            assert share.text == " ".join(phrase.text for phrase in share.phrases)
