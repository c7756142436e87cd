"""A text with all that was found in it, and questions to it."""

import pytest

from tests.risk.blorks import LEXICON, VOCABULARY, highlighted, read
from vigie.risk.lexicon_yaml import parse
from vigie.risk.reading import Nature, Reading, Target
from vigie.risk.vocabulary import Role, Vocabulary


def named(text: str, before: Target | None = None) -> list[tuple[str, str, bool]]:
    return [(target.nature.name, target.key, target.is_pronoun) for target in read(text, before).targets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nobody here", []),
        ("blorks and snorks", [("GROUP", "blorks", False), ("GROUP", "snorks", False)]),
        ("a blorkface", [("GROUP", "blorks", False)]),
        ("the government, drummers and zombies", [("POWER", "", False), ("PEOPLE", "", False), ("THINGS", "", False)]),
        ("the green", [("GROUP", "snorks", False)]),
        ("green people", [("GROUP", "snorks", False)]),
        ("um green car", []),
        ("green tea", []),
        ("blorks came. they left", [("GROUP", "blorks", False), ("GROUP", "blorks", True)]),
        ("they left", []),
        (
            "blorks met zombies and drummers. they left",
            [("GROUP", "blorks", False), ("THINGS", "", False), ("PEOPLE", "", False), ("GROUP", "blorks", True)],
        ),
        (
            "blorks met the government. they left",
            [("GROUP", "blorks", False), ("POWER", "", False), ("POWER", "", True)],
        ),
        ("zombies came. they left", [("THINGS", "", False), ("THINGS", "", True)]),
    ],
)
def test_targets_are_who_is_named_and_who_pronouns_stand_for(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert named(text) == expected


def test_a_pronoun_may_stand_for_somebody_named_before() -> None:
    before = Target(3, 4, Nature.GROUP, "snorks")

    assert named("they left", before) == [("GROUP", "snorks", True)]
    assert named("blorks came. they left", before)[-1] == ("GROUP", "blorks", True)


def test_what_was_said_before_is_asked_once_and_only_when_a_pronoun_needs_it() -> None:
    asked: list[str] = []

    def before() -> None:
        asked.append("asked")

    assert len(Reading("blorks came, they left", VOCABULARY, before).targets) == 2
    assert asked == []
    assert Reading("they left, they left, they left", VOCABULARY, before).targets == []
    assert asked == ["asked"]


@pytest.mark.parametrize(
    ("text", "index", "key"),
    [("blorks and snorks em", 3, "snorks"), ("blorks and snorks", 2, "blorks"), ("blorks and snorks", 0, "")],
)
def test_named_before_is_who_was_named_last(text: str, index: int, key: str) -> None:
    target = read(text).named_before(index)

    assert (target.key if target else "") == key


def test_statements_end_with_sentences_and_at_words_that_turn() -> None:
    reading = read("one two. three but four because five")

    assert reading.statement_starts == [0, 0, 2, 3, 3, 5, 5]
    assert reading.is_one_statement(3, 4)
    assert not reading.is_one_statement(1, 2)


def test_a_word_that_turns_inside_a_phrase_ends_no_statement() -> None:
    vocabulary = Vocabulary(parse(LEXICON.replace("nobody: [", "nobody: [not because, "))["en"])

    assert Reading("it is not because of me because of you", vocabulary).statement_starts == [0] * 6 + [6] * 3


def test_between_returns_the_marks_of_a_role_that_start_there() -> None:
    reading = read("not blorks not snorks not")

    assert [mark.start for mark in reading.between(Role.NEGATION, 1, 4)] == [2]
    assert [mark.start for mark in reading.marks_of(Role.NEGATION)] == [0, 2, 4]
    assert reading.marks_of(Role.CALL) == ()
    assert [target.key for target in reading.targets_between(0, 3)] == ["blorks"]


def test_has_looks_at_no_word_outside_the_text() -> None:
    reading = read("all blorks")

    assert reading.has(frozenset({"all"}), -3, 1)
    assert not reading.has(frozenset({"all"}), 1, 9)
    assert not reading.has(frozenset({"blorks"}), -1, 0)


@pytest.mark.parametrize(
    ("text", "index", "quoted"),
    [
        ('he said "go home" to us', 1, False),
        ('he said "go home" to us', 2, True),
        ('he said "go home" to us', 3, True),
        ('he said "go home" to us', 4, False),
        ('"b l o r k s" left', 0, True),
        ('"b l o r k s" left', 1, False),
        ("no quotes", 0, False),
    ],
)
def test_is_quoted_tells_whose_words_they_are(text: str, index: int, *, quoted: bool) -> None:
    assert read(text).is_quoted(index) is quoted


def test_span_leads_back_to_the_original() -> None:
    text = "ÉH, the bl\u200bo0rks — B L O R K S!"
    reading = read(text)

    assert highlighted(text, [reading.span(2, 3), reading.span(3, 4)]) == ["bl\u200bo0rks", "B L O R K S"]


def test_is_disguised_tells_of_hidden_words() -> None:
    reading = read("bl0rks and snorks")

    assert reading.is_disguised(0, 1)
    assert not reading.is_disguised(1, 3)


@pytest.mark.parametrize(
    "text",
    [
        "blorks are vermin " * 5_500,
        "they " * 20_000,
        '"' * 100_000,
        "b " * 50_000,
        "b.l.o.r.k." * 10_000,
        "not " * 25_000,
        "x" * 100_000,
        "bl0rks" * 16_000,
        "\u202eblorks\u202c \u200b" * 10_000,
    ],
    ids=lambda text: text[:8],
)
def test_a_very_long_text_is_read_whole(text: str) -> None:
    reading = read(text)

    assert all(0 <= mark.start < mark.end <= len(reading.words) for mark in reading.marks)
    assert [target.start for target in reading.targets] == sorted(target.start for target in reading.targets)
