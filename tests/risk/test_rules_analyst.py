"""The analyst of the first tier: what it judges, what it abstains from."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.risk.blorks import LEXICON
from vigie.ports import Analyst, TextToAssess, Verdict
from vigie.risk.lexicon_yaml import parse
from vigie.risk.rules_analyst import RulesAnalyst

ANALYST = RulesAnalyst(parse(LEXICON), "1")


def judged(text: str, *previous: str, language: str = "en") -> Verdict:
    (verdict,) = ANALYST.assess([TextToAssess(text, language, previous)])
    return verdict


def test_it_is_an_analyst_named_with_its_version() -> None:
    assert isinstance(ANALYST, Analyst)
    assert ANALYST.name == "rules 1"


def test_assess_returns_a_verdict_a_text_in_order() -> None:
    texts = [TextToAssess(text, "en") for text in ("blorks are vermin", "good morning", "", "that blorkface")]

    verdicts = ANALYST.assess(texts)

    assert [verdict.signals[0] for verdict in verdicts] == ["dehumanization", "nothing", "no_words", "slur"]
    assert ANALYST.assess([]) == []


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("", "en", "no_words"),
        (" \n\t", "en", "no_words"),
        ("12 34", "en", "no_words"),
        ("?! ...", "en", "no_words"),
        ("\u200b\u202e", "en", "no_words"),
        ("hello", "en", "too_short"),
        ("blorks are vermin", "fr", "no_lexicon"),
        ("blorks are vermin", "es", "no_lexicon"),
        ("blorks are vermin", "enm", "no_lexicon"),
    ],
)
def test_it_abstains_from_what_it_cannot_judge_and_says_why(text: str, language: str, reason: str) -> None:
    assert judged(text, language=language) == Verdict("abstained", signals=(reason,))


@pytest.mark.parametrize("language", ["", "und"])
@pytest.mark.parametrize("text", ["blorks are vermin", "good morning all", "hello"])
def test_a_text_whose_language_cannot_be_told_has_the_gravest_of_its_verdicts(text: str, language: str) -> None:
    both = RulesAnalyst({**ANALYST.lexicons, "fr": parse(LEXICON.replace("blork", "zorg"))["en"]}, "1")

    assert both.assess([TextToAssess(text, language)]) == [judged(text)]


@pytest.mark.parametrize("text", ["blorkface", "blorks", "darn"])
def test_a_single_word_that_the_lexicon_knows_is_judged(text: str) -> None:
    assert judged(text).state == "analysed"


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", "en_us"])
def test_a_language_may_come_with_its_region(language: str) -> None:
    assert judged("blorks are vermin", language=language).hateful


@pytest.mark.parametrize(
    ("previous", "target"),
    [
        ((), ""),
        (("blorks came",), "blorks"),
        (("blorks came", "it rains"), "blorks"),
        (("blorks came", "and snorks"), "snorks"),
        (("it rains", "they came"), ""),
        (("blorks came", "the government came"), ""),
    ],
)
def test_a_pronoun_is_understood_from_what_was_said_before(previous: tuple[str, ...], target: str) -> None:
    assert judged("they are vermin", *previous).target == target


@pytest.mark.parametrize(
    ("group", "language", "label"),
    [
        ("blorks", "en", "the blorks"),
        ("blorks", "fr", "les blorks"),
        ("blorks", "de", "the blorks"),
        ("martians", "en", "martians"),
        ("", "en", ""),
    ],
)
def test_a_group_is_called_by_its_label_in_the_language_asked_for(group: str, language: str, label: str) -> None:
    french = LEXICON.replace("language: en", "language: fr").replace("the blorks", "les blorks")

    assert RulesAnalyst(parse(LEXICON + "---" + french), "1").label(group, language) == label


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_it_survives_any_text(text: str) -> None:
    verdict = judged(text, text)

    assert verdict.state in {"analysed", "abstained"}
    assert all(0 <= span.start < span.end <= len(text) for span in verdict.spans)


WORDS = 'blorks are not vermin they I hate the government snorkel " . \u200b bl0rkface'


@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=40).map(" ".join))
def test_spans_mark_exactly_what_was_seen(text: str) -> None:
    spans = judged(text).spans

    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[span.start : span.end].strip(' .?"') == text[span.start : span.end] for span in spans)


@pytest.mark.parametrize(
    "text", ["blorks are vermin " * 5_500, "\u202eblorkface\u202c " * 8_000, "they are not vermin. " * 4_700]
)
def test_a_very_long_text_is_judged_to_its_end(text: str) -> None:
    verdict = judged("blorks. " + text)

    assert verdict.state == "analysed"
    assert verdict.spans[-1].end > 90_000
