"""Disguises of words, seen through; innocent words, left alone."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.risk.spelling import Speller
from vigie.risk.words import split

SPELLER = Speller(
    known=frozenset({"blork", "blorks", "grumbles", "gramble", "the", "are", "dirty", "vermin", "i"}),
    hidden=frozenset({"blork", "blorks", "grumbles"}),
    joints=frozenset({"the", "are"}),
)


def respelt(text: str) -> str:
    return " ".join(word.text for word in SPELLER.respell(split(text).words))


def test_a_masked_word_is_compared_with_a_bounded_number_of_words() -> None:
    many = [f"x{first}{second}{third}" for first, second, third in itertools.product("abcdefgh", repeat=3)]
    speller = Speller(frozenset(many), frozenset(many), frozenset())

    assert [word.text for word in speller.respell(split("xa*c xh*h").words)] == ["xaac", "xh*h"]


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("bl0rks", "blorks"),
        ("8l0rks", "8l0rks"),
        ("b1orks", "b1orks"),
        ("gr@mb1e", "gr@mb1e"),
        ("bl*rks", "blorks"),
        ("b**rks", "blorks"),
        ("b****s", "b****s"),
        ("blooooorks", "blorks"),
        ("bloorks", "bloorks"),
        ("BLOOORKSSS", "blorks"),
        ("b l o r k s", "blorks"),
        ("b.l.o.r.k.s", "blorks"),
        ("b-l-o-r-k-s", "blorks"),
        ("a b l o r k", "a blork"),
        ("b l o r k y", "blork y"),
        ("grum bles", "grumbles"),
        ("bolrks", "blorks"),
        ("gurmbles", "grumbles"),
        ("grumles", "grumbles"),
        ("rgumbles", "rgumbles"),
        ("theblorks", "the blorks"),
        ("blorksare", "blorks are"),
    ],
)
def test_respell_sees_through_disguises(disguised: str, plain: str) -> None:
    assert respelt(disguised) == plain


@pytest.mark.parametrize(
    "innocent",
    [
        "the blorks are dirty",
        "gramble",
        "4s 5ans 12 3x",
        "i a y o",
        "thereabouts",
        "barks forks blocks",
        "the are",
        "hello world",
        "a b",
    ],
)
def test_respell_leaves_other_words_alone(innocent: str) -> None:
    assert respelt(innocent) == innocent


def test_only_words_that_people_hide_count_as_disguised() -> None:
    words = SPELLER.respell(split("bl0rks are dirtyyyy v3rmin theblorks").words)

    assert [(word.text, word.is_disguised) for word in words] == [
        ("blorks", True),
        ("are", False),
        ("dirty", False),
        ("vermin", False),
        ("the", True),
        ("blorks", True),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [("oh bl0rks!", (3, 9)), ("oh b l o r k s!", (3, 14)), ("oh grum bles!", (3, 12)), ("oh theblorks!", (6, 12))],
)
def test_a_respelt_word_keeps_its_place(text: str, place: tuple[int, int]) -> None:
    last = SPELLER.respell(split(text).words)[-1]

    assert (last.start, last.end) == place


@given(st.text(st.sampled_from("blorks 0*.@-"), max_size=60))
def test_respelling_keeps_places_in_order_and_inside(text: str) -> None:
    read = split(text)
    words = SPELLER.respell(read.words)

    assert all(a.end <= b.start for a, b in itertools.pairwise(words))
    assert all(0 <= word.start < word.end <= len(read.folded.text) for word in words)
    assert [word.sentence for word in words] == sorted(word.sentence for word in words)
