"""Who is said to be what."""

import pytest

from tests.risk.blorks import LEXICON, read, told
from vigie.risk.frames import Frame, frames
from vigie.risk.lexicon import Strength
from vigie.risk.lexicon_yaml import parse
from vigie.risk.reading import Nature, Reading, Target
from vigie.risk.signals import Circumstance, Kind
from vigie.risk.vocabulary import Vocabulary

Told = list[tuple[str, str, set[str]]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "blorks live here",
        "vermin everywhere",
        "blorks were boiled yesterday",
        "zombies are vermin",
        "I hate mondays",
        "filthy and then the blorks",
        "we should boil water",
        "they disgust me",
        "blorks came. rats left",
        "that blork must squash me",
    ],
)
def test_nothing_is_said_of_anybody(text: str) -> None:
    assert frames(read(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blorks are vermin", [("dehumanization", "blorks", set())]),
        ("blorks are really all just vermin", [("dehumanization", "blorks", {"everyone"})]),
        ("vermin blorks", [("dehumanization", "blorks", {"loose"})]),
        ("blorks vermin", [("dehumanization", "blorks", set())]),
        ("blorks and their many vermin", [("dehumanization", "blorks", {"loose"})]),
        ("blorks are good with rats", [("dehumanization", "blorks", {"loose"})]),
        ("laws against blorks are vermin", [("dehumanization", "blorks", {"loose"})]),
        ("blorks came, it is vermin", [("dehumanization", "blorks", {"loose"})]),
        ("are blorks vermin", [("dehumanization", "blorks", set())]),
        ("blorks um you know as we say around here today are vermin", []),
        ("a blork is vermin", [("dehumanization", "blorks", {"individual"})]),
        ("all blorks are vermin", [("dehumanization", "blorks", {"everyone"})]),
        ("I hate blorks", [("hate", "blorks", set())]),
        ("hate all blorks", [("hate", "blorks", {"everyone"})]),
        ("he does hate blorks", [("hate", "blorks", {"loose"})]),
        ("I hate how blorks live", [("hate", "blorks", {"loose"})]),
        ("blorks hate noise", []),
        ("blorks disgust me", [("hate", "blorks", set())]),
        ("filthy blorks", [("inferiority", "blorks", set())]),
        ("go home blorks", [("exclusion", "blorks", set())]),
        ("blorks go home", [("exclusion", "blorks", set())]),
        ("we should boil blorks", [("threat", "blorks", set())]),
        ("boil all blorks", [("threat", "blorks", {"everyone"})]),
        ("blorks must be squashed", [("threat", "blorks", set())]),
        ("death to blorks", [("threat", "blorks", set())]),
    ],
)
def test_predicates_are_bound_to_the_group_they_are_said_of(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "most", "there", "beyond"),
    [
        ("blorks … are vermin", 7, [("dehumanization", "blorks", set())], []),
        ("i hate … blorks", 4, [("hate", "blorks", set())], []),
        ("filthy … blorks", 1, [("inferiority", "blorks", set())], []),
        ("blorks … go home", 1, [("exclusion", "blorks", set())], []),
        ("must … boil blorks", 7, [("threat", "blorks", set())], []),
        ("… boil blorks", 2, [("threat", "blorks", set())], []),
        ("must boil … you", 0, [("personal_threat", "", {"addressed"})], []),
        ("i … hate blorks", 5, [("hate", "blorks", set())], [("hate", "blorks", {"loose"})]),
        (
            "all … blorks are vermin",
            2,
            [("dehumanization", "blorks", {"everyone"})],
            [("dehumanization", "blorks", set())],
        ),
        ("are … vermin blorks", 2, [("dehumanization", "blorks", set())], [("dehumanization", "blorks", {"loose"})]),
    ],
)
def test_a_statement_reaches_over_so_many_words_and_no_more(text: str, most: int, there: Told, beyond: Told) -> None:
    assert told(text.replace("…", "um " * most)) == there
    assert told(text.replace("…", "um " * (most + 1))) == beyond


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blorks left but are vermin", []),
        ("are um blorks and vermin", [("dehumanization", "blorks", {"loose"})]),
        ("laws against the blorks are vermin", [("dehumanization", "blorks", {"loose"})]),
        ("let's hate blorks", [("hate", "blorks", set())]),
        ("we should boil you blorks", [("threat", "blorks", {"addressed"})]),
        ("we should em boil zombies", []),
        ("must you boil", [("personal_threat", "", {"addressed"})]),
        ("we must em boil", [("unnamed_threat", "", set())]),
        ("em must boil", []),
        ("blorks must me squash", []),
        ("I hate you", []),
    ],
)
def test_the_words_beside_a_predicate_tell_of_whom_it_is_said(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("implied", "text", "expected"),
    [
        ("snorks", "go home", (Kind.EXCLUSION, "snorks")),
        ("snorks", "blorks go home", (Kind.EXCLUSION, "blorks")),
        ("somebody", "go home", (Kind.ABUSE, "")),
    ],
)
def test_a_predicate_may_imply_of_whom_it_is_said(implied: str, text: str, expected: tuple[Kind, str]) -> None:
    rules = LEXICON.replace("beside, words: [go home]", f"beside, implies: {implied}, words: [go home]")

    (frame,) = frames(Reading(text, Vocabulary(parse(rules)["en"])))

    assert (frame.kind, frame.target.key if frame.target else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the government is vermin", [("criticism", "", set())]),
        ("I hate the church", [("criticism", "", set())]),
        ("death to the government", [("personal_threat", "", set())]),
        ("drummers are vermin", [("abuse", "", set())]),
        ("we should boil drummers", [("personal_threat", "", set())]),
        ("we should boil you", [("personal_threat", "", {"addressed"})]),
        ("we should boil your zombies", [("personal_threat", "", {"addressed"})]),
        ("monday we must squash you", [("personal_threat", "", {"addressed"})]),
        ("we should boil them", [("unnamed_threat", "", set())]),
        ("we should boil them all", [("unnamed_threat", "", {"everyone"})]),
        ("let's squash zombies", []),
    ],
)
def test_what_is_said_of_others_is_something_else(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blorks came. they are vermin", [("dehumanization", "blorks", {"pronoun"})]),
        ("blorks came and we should boil them", [("threat", "blorks", {"pronoun"})]),
        ("blorks came but we should boil them", [("threat", "blorks", {"pronoun"})]),
        ("blorks came. we must em boil", [("threat", "blorks", {"pronoun"})]),
        ("the government came. they are vermin", [("criticism", "", {"pronoun"})]),
    ],
)
def test_a_pronoun_stands_for_who_was_named(text: str, expected: Told) -> None:
    assert told(text) == expected


def test_a_pronoun_that_is_an_object_stands_where_it_was_said() -> None:
    (frame,) = frames(read("blorks came. we must em boil"))

    assert frame.target == Target(4, 5, Nature.GROUP, "blorks", is_pronoun=True)


def test_a_pronoun_stands_for_who_was_named_in_the_texts_before() -> None:
    before = Target(0, 1, Nature.GROUP, "snorks")

    assert told("they are vermin", before) == [("dehumanization", "snorks", {"pronoun"})]
    assert told("I hate them", before) == [("hate", "snorks", {"pronoun"})]
    assert told("we must em boil", before) == [("threat", "snorks", {"pronoun"})]


def test_slurs_stand_alone() -> None:
    assert frames(read("that blorkface")) == [
        Frame(1, 2, Kind.SLUR, Target(1, 2, Nature.GROUP, "blorks"), Strength.STRONG)
    ]
    assert told("you snorkel") == [("insult", "snorks", {"addressed"})]


def test_an_ordinary_insult_weighs_more_when_said_of_a_group() -> None:
    assert told("blorks are snorkels") == [("inferiority", "blorks", set())]
    assert told("drummers are snorkels") == [("insult", "snorks", set())]
    assert told("blorks own snorkels") == [("insult", "snorks", set())]


def test_what_is_said_of_somebody_named_by_an_insult_says_so() -> None:
    assert told("filthy snorkel") == [("insult", "snorks", set()), ("inferiority", "snorks", {"by_insult"})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blorks are not brave", [("denial", "blorks", set())]),
        ("I don't respect blorks", [("denial", "blorks", set())]),
        ("all snorks are not brave", [("denial", "snorks", {"everyone"})]),
        ("blorks are brave", []),
        ("I don't respect drummers", []),
        ("not brave", []),
    ],
)
def test_something_good_that_is_negated_refuses_worth(text: str, expected: Told) -> None:
    assert told(text) == expected


def test_frames_keep_the_strength_of_their_rule() -> None:
    (frame,) = frames(read("filthy snorks"))

    assert (frame.start, frame.end, frame.strength) == (0, 1, Strength.WEAK)
    assert frame.circumstances == frozenset[Circumstance]()
