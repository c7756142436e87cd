"""Words, sentences and quotations."""
# ruff: noqa: RUF001 -- letters that look alike are what is tested

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.risk.words import Words, spell, split


def sentences(text: str) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for word in split(text).words:
        found.setdefault(word.sentence, []).append(word.text)
    return list(found.values())


def quoted(read: Words) -> list[str]:
    return [read.folded.text[start:end].strip('"«»“” ') for start, end in read.quotations]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("...", []),
        ("L'été, j'aime ça", ["l", "ete", "j", "aime", "ca"]),
        ("don't stop", ["don", "t", "stop"]),
        ("sous-hommes", ["sous", "hommes"]),
        ("#NoMore @somebody", ["nomore", "@somebody"]),
        ("ar@be n*gre pu$e p€dale", ["ar@be", "n*gre", "pu$e", "p€dale"]),
        ("*mot* (mot) mot*", ["mot", "mot", "mot"]),
        ("snake_case", ["snake", "case"]),
        ("3e jour", ["3e", "jour"]),
        ("ok 🐒🐒 ❤️", ["ok", "🐒", "🐒", "❤"]),
        ("🏳️‍🌈", ["🏳", "🌈"]),
    ],
)
def test_split_finds_the_words(text: str, words: list[str]) -> None:
    assert [word.text for word in split(text).words] == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("un. deux! trois? quatre; cinq\nsix", [["un"], ["deux"], ["trois"], ["quatre"], ["cinq"], ["six"]]),
        ("un, deux : trois - quatre", [["un", "deux", "trois", "quatre"]]),
        ("fin...début", [["fin"], ["debut"]]),
        ("fin.Début", [["fin"], ["debut"]]),
        ("p.e.d.e ici", [["p", "e", "d", "e", "ici"]]),
        ("p.e.d.e. Ici", [["p", "e", "d", "e"], ["ici"]]),
        ("...un", [["un"]]),
    ],
)
def test_split_ends_sentences(text: str, expected: list[list[str]]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('he said "go home" to me', ["go home"]),
        ("il a dit « dehors » et “va-t'en”", ["dehors", "va-t'en"]),
        ('"one" and "two', ["one"]),
        ("no quote » here", []),
        ("‘single’ quotes are apostrophes", []),
        ('""', [""]),
    ],
)
def test_split_finds_quotations(text: str, expected: list[str]) -> None:
    assert quoted(split(text)) == expected


@pytest.mark.parametrize(
    ("form", "words"), [("N'ont  rien à faire", ("n", "ont", "rien", "a", "faire")), ("🏳️‍🌈", ("🏳", "🌈")), ("?!", ())]
)
def test_spell_cuts_an_entry_of_a_lexicon_in_the_same_way(form: str, words: tuple[str, ...]) -> None:
    assert spell(form) == words


@given(st.text(max_size=80))
def test_words_stand_in_the_folded_text_in_order(text: str) -> None:
    read = split(text)

    assert [read.folded.text[word.start : word.end] for word in read.words] == [word.text for word in read.words]
    assert all(a.end <= b.start and a.sentence <= b.sentence for a, b in zip(read.words, read.words[1:], strict=False))


@given(st.text(st.sampled_from('ab "«»“”'), max_size=40))
def test_quotations_do_not_overlap(text: str) -> None:
    quotations = split(text).quotations

    assert all(start < end for start, end in quotations)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(quotations))
