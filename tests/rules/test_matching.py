"""Keywords are found where they are, and nowhere else."""

import re
import threading
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.rules.hostile import PIECES, TEXTS
from vigie.errors import VigieError
from vigie.rules import matching
from vigie.rules.matching import BadKeyword, Keyword, KeywordFlaw, Matcher, Place, checked
from vigie.rules.normalizing import haystack_of, loosen, normalize

ALL_PLACES = {Place.EXACT, Place.PREFIX, Place.WORD, Place.ANYWHERE}


def places(text: str, keyword: str, *, is_loose: bool = False) -> set[Place]:
    """Where the text holds the keyword."""
    matcher = Matcher({place: [Keyword(keyword, place, is_loose)] for place in Place})
    return set(matcher.hits(text))


@pytest.mark.parametrize(
    ("text", "keyword", "found_at"),
    [
        ("Clip", "clip", ALL_PLACES),
        ("  CLIP \n", "clip", ALL_PLACES),
        ("\u200b clip\u200b ", "clip", ALL_PLACES),
        ("clip stp", "clip", {Place.PREFIX, Place.WORD, Place.ANYWHERE}),
        ("clipper", "clip", {Place.PREFIX, Place.ANYWHERE}),
        ("un clip!", "clip", {Place.WORD, Place.ANYWHERE}),
        ("éclipse", "clip", {Place.ANYWHERE}),
        ("mon_clip clip2", "clip", {Place.ANYWHERE}),
        ("éclipse, clip", "clip", {Place.WORD, Place.ANYWHERE}),
        ("cl ip", "clip", set()),
        ("", "clip", set()),
        ("Ça  va\nbien", "ca va", {Place.PREFIX, Place.WORD, Place.ANYWHERE}),
        ("c’est ça", "C'EST", {Place.PREFIX, Place.WORD, Place.ANYWHERE}),
        ("go #clip", "#clip", {Place.WORD, Place.ANYWHERE}),
        ("go#clip", "#clip", {Place.WORD, Place.ANYWHERE}),
        ("#clips", "#clip", {Place.PREFIX, Place.ANYWHERE}),
        ("lol💀💀lol", "💀", {Place.WORD, Place.ANYWHERE}),
        ("mdr❤️", "❤", {Place.WORD, Place.ANYWHERE}),
        ("👍🏽", "👍", {Place.PREFIX, Place.WORD, Place.ANYWHERE}),
        ("我看直播吧", "直播", {Place.WORD, Place.ANYWHERE}),
        ("ดูคลิปนี้", "คลิป", {Place.WORD, Place.ANYWHERE}),
        ("看clip吧", "clip", {Place.WORD, Place.ANYWHERE}),
        ("바다", "바", {Place.PREFIX, Place.ANYWHERE}),
        ("клипы", "клип", {Place.PREFIX, Place.ANYWHERE}),
        ("कला", "कल", {Place.PREFIX, Place.ANYWHERE}),
        ("cl1p cliip", "clip", set()),
    ],
)
def test_keyword_counts_at_its_places(text: str, keyword: str, found_at: set[Place]) -> None:
    assert places(text, keyword) == found_at


@pytest.mark.parametrize(
    ("text", "found_at"),
    [
        ("cl1p", ALL_PLACES),
        ("CLIIIP", ALL_PLACES),
        ("clip", ALL_PLACES),
        ("un cl1ppp !", {Place.WORD, Place.ANYWHERE}),
        ("3cl1p53", {Place.ANYWHERE}),
        ("clip$ clip", {Place.PREFIX, Place.WORD, Place.ANYWHERE}),
        ("clap", set()),
    ],
)
def test_loose_keyword_is_found_disguised_too(text: str, found_at: set[Place]) -> None:
    assert places(text, "clip", is_loose=True) == found_at


def test_loose_keyword_is_found_where_the_plain_one_is() -> None:
    assert places("clip$", "clip", is_loose=True) >= places("clip$", "clip") >= {Place.WORD}


def test_hits_tells_whose_keywords_and_how_they_were_typed() -> None:
    matcher = Matcher(
        {
            ("rule 1", 0): [Keyword("Clip"), Keyword("clip"), Keyword("GG", Place.ANYWHERE)],
            ("rule 1", 1): [Keyword("bravo")],
            ("rule 2", 0): [Keyword("ⒸⓁⒾⓅ", Place.PREFIX), Keyword("cliip", is_loose=True)],
            ("rule 3", 0): [],
        }
    )

    assert matcher.hits("gg le clip, clip gg") == {("rule 1", 0): ("GG", "Clip", "clip"), ("rule 2", 0): ("cliip",)}
    assert matcher.hits("clip") == {("rule 1", 0): ("Clip", "clip"), ("rule 2", 0): ("ⒸⓁⒾⓅ", "cliip")}
    assert matcher.hits("rien") == {}


def test_hits_of_keeps_the_order_of_the_texts() -> None:
    matcher = Matcher({place: [Keyword("clip", place), Keyword("bravo", place)] for place in Place})
    texts = [piece for number in range(300) for piece in ("", "clip", "un clip", f"{number} bravo", "\0", "é" * 20)]

    assert matcher.hits_of(texts) == [matcher.hits(text) for text in texts]
    assert matcher.hits_of([]) == []


def test_text_is_read_up_to_a_size_also_among_others() -> None:
    matcher = Matcher({0: [Keyword("clip"), Keyword("é", Place.ANYWHERE)]})
    long = "x " * (matching.MOST_BYTES // 2 - 10)
    texts = ["clip", long + "clip", long + "💀💀💀💀💀💀 clip", "clip é"]

    assert [matcher.hits(text) for text in texts] == [{0: ("clip",)}, {0: ("clip",)}, {}, {0: ("clip", "é")}]
    assert matcher.hits_of(texts) == [matcher.hits(text) for text in texts]


def test_matcher_without_keywords_finds_nothing() -> None:
    assert Matcher[int]({}).hits_of(["clip", ""]) == [{}, {}]


@pytest.mark.parametrize("text", ["rien", "clip", "clip bravo"])
def test_nobody_can_change_what_was_found(text: str) -> None:
    with pytest.raises(TypeError):
        Matcher({0: [Keyword("clip"), Keyword("bravo")]}).hits(text)[0] = ("gg",)  # type: ignore[index]


# ── beside the naive way ──


def naive(keyword: Keyword, text: str) -> bool:
    """Look at each place of a text on its own."""
    strict = _holds(normalize(keyword.text), keyword.place, normalize(text))
    return strict or (keyword.is_loose and _holds(loosen(keyword.text), keyword.place, loosen(text)))


def _holds(keyword: str, place: Place, text: str) -> bool:
    starts = [start for start in range(len(text)) if text.startswith(keyword, start)]
    match place:
        case Place.EXACT:
            return text == keyword
        case Place.PREFIX:
            return text.startswith(keyword)
        case Place.ANYWHERE:
            return keyword in text
        case Place.WORD:
            return any(
                not (_joins(text[start - 1 : start] if start else "") and _joins(keyword[0]))
                and not (_joins(text[start + len(keyword) :][:1]) and _joins(keyword[-1]))
                for start in starts
            )


def _joins(char: str) -> bool:
    if not char or re.match("CJK|HIRAGANA|KATAKANA|THAI|LAO|KHMER|MYANMAR|BOPOMOFO", unicodedata.name(char, "")):
        return False
    return char == "_" or unicodedata.category(char)[0] in "LNM"


def is_usable(keyword: Keyword) -> bool:
    try:
        checked([keyword])
    except BadKeyword:
        return False
    return True


TYPED = st.one_of(
    st.sampled_from(PIECES),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    st.text("aclip1é_ 直", min_size=1, max_size=5),
)
KEYWORDS = st.builds(Keyword, TYPED, st.sampled_from(Place), st.booleans()).filter(is_usable)
CHATS = st.one_of(TEXTS, st.text("aclip1é_ 直", max_size=30))


@given(st.lists(KEYWORDS, max_size=12), st.lists(CHATS, max_size=8))
@example([Keyword("a" * n, Place.ANYWHERE) for n in range(1, 9)], ["a" * 20, "baab"])
@example([Keyword("clip", Place.EXACT)], ["clip", "", "\0", "clip"])
def test_hits_are_those_of_the_naive_way(keywords: Sequence[Keyword], texts: Sequence[str]) -> None:
    matcher = Matcher({number: [keyword] for number, keyword in enumerate(keywords)})

    found = [set(hits) for hits in matcher.hits_of(texts)]

    assert found == [{number for number, keyword in enumerate(keywords) if naive(keyword, text)} for text in texts]


@given(st.lists(KEYWORDS, min_size=1, max_size=12), CHATS)
def test_hits_are_the_same_in_parts(keywords: list[Keyword], text: str) -> None:
    whole, split = matching._View[int](), matching._View[int]()
    for view, part_bytes in ((whole, 10**9), (split, 1)):
        for number, (keyword, spelling, _) in enumerate(checked(keywords)):
            view.add(spelling, keyword, number)
        view.build(part_bytes)
    haystack = haystack_of([text])

    assert len(whole.parts) == 1
    assert len(split.parts) == len(split.spellings)
    assert owners(whole, haystack) == owners(split, haystack)


def owners(view: matching._View[int], haystack: bytes) -> set[int]:
    found: matching._Found[int] = matching._Found([matching._NOTHING])
    view.search(haystack, found)
    return set(found.all()[0])


# ── what cannot be looked for ──


@pytest.mark.parametrize(
    ("keyword", "flaw", "message"),
    [
        (Keyword(""), KeywordFlaw.EMPTY, "“” holds nothing to look for"),
        (Keyword(" \u200b\n\u0301"), KeywordFlaw.EMPTY, "“\u0301” holds nothing to look for"),
        (
            Keyword("à\n" * 150),
            KeywordFlaw.TOO_LONG,
            f"“{' '.join('à' * 20)}…” has 300 characters; a keyword has at most 200",
        ),
        (
            Keyword("Boob", is_loose=True),
            KeywordFlaw.TOO_SHORT,
            "“Boob” is too short to be looked for loosely: it has 3 characters once repeated ones are one, and needs 4",
        ),
    ],
)
def test_keyword_that_cannot_be_looked_for_is_refused_in_one_line(
    keyword: Keyword, flaw: KeywordFlaw, message: str
) -> None:
    with pytest.raises(BadKeyword) as refused:
        Matcher({0: [Keyword("clip"), keyword]})

    assert (refused.value.flaw, str(refused.value)) == (flaw, message)
    assert isinstance(refused.value, VigieError)


def test_keyword_of_the_greatest_length_is_found() -> None:
    longest = "é" * matching.LONGEST_KEYWORD
    assert places(longest, longest) == ALL_PLACES


def test_rule_with_too_many_keywords_is_refused() -> None:
    keywords = [Keyword(f"mot{number}") for number in range(matching.MOST_KEYWORDS + 1)]

    with pytest.raises(BadKeyword, match=r"^a rule has at most 20000 keywords, not 20001$"):
        Matcher({0: keywords})
    matcher = Matcher({0: keywords[:-1]})
    assert matcher.hits("le mot19999 du jour") == {0: ("mot19999",)}


def test_all_rules_with_too_many_keywords_are_refused() -> None:
    same = [Keyword("clip")] * matching.MOST_KEYWORDS

    with pytest.raises(BadKeyword, match=r"^all rules have at most 200000 keywords, not 220000$"):
        Matcher(dict.fromkeys(range(11), same))
    assert len(Matcher(dict.fromkeys(range(10), same)).hits("clip")) == 10


def test_all_rules_with_too_long_keywords_are_refused() -> None:
    long = {rule: [Keyword(f"{rule} {number} {'我' * 180}") for number in range(20_000)] for rule in range(2)}

    with pytest.raises(BadKeyword, match=r"^the keywords of all rules have at most 20000000 bytes, not \d+$"):
        Matcher(long)


def test_threads_may_share_it() -> None:
    matcher = Matcher({number: [Keyword(f"mot{number}", Place.ANYWHERE)] for number in range(1000)})
    found: list[bool] = []

    def look(start: int) -> None:
        texts = [f"le mot{number} et É{number}" for number in range(start, 1000)]
        found.append(all(number in hits for number, hits in enumerate(matcher.hits_of(texts), start)))

    threads = [threading.Thread(target=look, args=(start,)) for start in (0, 100, 200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert found == [True] * 4
