"""The shipped rules on our own functional cases (cases.yaml), and what must not depend on the group that is named."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vigie.ports import TextToAssess, Verdict
from vigie.risk.lexicon import Group
from vigie.risk.lexicon_yaml import parse, shipped_policy
from vigie.risk.reading import Reading
from vigie.risk.rules_analyst import RulesAnalyst
from vigie.risk.vocabulary import Role, meanings

LEXICONS = parse(shipped_policy())
ANALYST = RulesAnalyst(LEXICONS, "test")
FUNCTIONS = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))


def judged(text: str, language: str, *previous: str) -> Verdict:
    (verdict,) = ANALYST.assess([TextToAssess(text, language, previous)])
    return verdict


def cases() -> Iterator[object]:
    for function in FUNCTIONS:
        for language in ("fr", "en"):
            for case in function[language]:
                yield pytest.param(function["verdict"], language, case, id=f"{function['function']}: {case}")


@pytest.mark.parametrize(("expected", "language", "case"), list(cases()))
def test_the_shipped_rules_get_our_cases_right(expected: str, language: str, case: str) -> None:
    *previous, text = case.split(" | ")

    verdict = judged(text, language, *previous)

    assert verdict.state == "analysed"
    assert verdict.hateful is (expected == "hateful")
    assert verdict.score >= 0.5 if expected == "hateful" else verdict.score < 0.4


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "je vais te trancher la gorge"),
        ("fr", "on va venir brûler ta maison"),
        ("fr", "je sais où t'habites"),
        ("en", "I'm going to find you and break your legs"),
        ("en", "I will slit your throat"),
        ("fr", "t'inquiète je vais te retrouver et te casser les dents"),
        ("fr", "je vais venir chez toi et te défoncer la gueule"),
        ("fr", "donnez moi son adresse on va aller lui péter les genoux"),
        ("fr", "je sais où tu bosses fais gaffe à toi ce soir"),
        ("fr", "toi je te retrouve je te crève"),
        ("en", "I know where you live and I'm coming to break your legs"),
        ("en", "somebody post her address so we can pay her a visit and beat her up"),
        ("en", "keep talking and I'll put a bullet in your head"),
        ("en", "im gonna find you and stab you"),
        ("fr", "attends que je te chope je vais te planter"),
        ("fr", "je vais brûler ta voiture et ta maison avec"),
        ("en", "I swear to god I'll slit your throat when I see you"),
        ("en", "show up at my house and I will shoot you"),
    ],
)
def test_a_threat_to_a_person_is_no_hate_and_yet_for_a_human_to_see(language: str, text: str) -> None:
    verdict = judged(text, language)

    assert not verdict.hateful
    assert 0.4 <= verdict.score < 0.7


def test_there_are_enough_cases_of_every_function() -> None:
    for language in ("fr", "en"):
        texts = [case for function in FUNCTIONS for case in function[language]]
        assert len(texts) >= 150
        assert len(set(texts)) == len(texts)
    assert {function["verdict"] for function in FUNCTIONS} == {"hateful", "low"}


@pytest.mark.parametrize(
    ("language", "text", "target", "marked"),
    [
        ("fr", "il faut gazer tous les juifs", "jews", ["gazer", "juifs"]),
        ("fr", "Les « GITANS » SONT DES RATS", "roma", ["GITANS", "RATS"]),
        ("fr", "ces gens du voyage sont de la vermine", "roma", ["ces gens du voyage", "vermine"]),
        ("fr", "sale p\u200be\u0301de\u0301 !", "gay_people", ["sale", "p\u200be\u0301de\u0301"]),
        ("en", "go back to your country, you wetback", "latinos", ["go back to your country", "wetback"]),
        ("en", "women don't deserve respect", "women", ["women", "don't deserve respect"]),
        ("en", "the j3ws control the media", "jews", ["j3ws", "control the media"]),
    ],
)
def test_target_and_spans_are_those_of_the_text(language: str, text: str, target: str, marked: list[str]) -> None:
    verdict = judged(text, language)

    assert verdict.target == target
    assert [text[span.start : span.end] for span in verdict.spans] == marked


@pytest.mark.parametrize(
    ("language", "text", "marked"),
    [
        ("fr", "les juifs sont des rats il faut les exterminer", ["juifs", "rats", "les", "exterminer"]),
        ("fr", "les juifs je peux pas les voir", ["juifs", "je peux pas les voir"]),
        (
            "fr",
            "les ju\u0301ifs ? faut tous \u202ele\u00ads\u202c EX\u200bTERMINER",
            ["le\u00ads", "EX\u200bTERMINER"],
        ),
    ],
)
def test_who_is_meant_by_a_pronoun_is_marked_where_they_are_said(language: str, text: str, marked: list[str]) -> None:
    verdict = judged(text, language)

    assert [text[span.start : span.end] for span in verdict.spans] == marked


def disguised(word: str) -> st.SearchStrategy[str]:
    """Return what a writer makes of a word: mostly as it is; loud, in leet, masked, with letters nobody sees, ..."""
    leet = word.translate(str.maketrans("oieas", "01345"))
    hidden = [word.upper(), leet, f"{word[:1]}*{word[2:]}", "\u200b".join(word), " ".join(word), word + word[-1:] * 3]
    return st.just(word) | st.sampled_from(hidden)


def words_of(language: str) -> st.SearchStrategy[str]:
    """Return words of a lexicon, and orders with a pronoun: `il faut`, `les`, `tuer`."""
    lexicon = LEXICONS[language]
    by_role: dict[Role, list[str]] = {}
    for phrases, meaning in meanings(lexicon):
        by_role.setdefault(meaning.role, []).extend(" ".join(form) for form in phrases.forms)
    any_of = {role: st.sampled_from(words) for role, words in by_role.items()}
    pronoun = st.sampled_from(sorted(lexicon.grammar.object_pronouns | lexicon.grammar.copulas))
    order = st.tuples(any_of[Role.CALL], pronoun, any_of[Role.PREDICATE]).map(" ".join)
    return st.one_of(any_of[Role.GROUP], order, pronoun, *any_of.values())


BETWEEN = [" "] * 9 + [
    "",
    ", ",
    ". ",
    "! ",
    "\n",
    "-",
    "'",
    '"',
    " « ",
    " » ",
    "\u200b",
    "\u202e",
    "\u0301",
    "😀",
    "🐀 ",
]


def texts_of(language: str) -> st.SearchStrategy[str]:
    word = words_of(language).flatmap(disguised)
    pieces = st.lists(st.tuples(st.sampled_from(BETWEEN), word | word | st.text(max_size=3)), max_size=12)
    return pieces.map(lambda pairs: "".join(part for pair in pairs for part in pair))


@pytest.mark.parametrize("language", ["fr", "en"])
@given(data=st.data())
def test_spans_are_in_order_and_cover_what_was_typed(language: str, data: st.DataObject) -> None:
    text = data.draw(texts_of(language))
    reading = Reading(text, ANALYST.vocabularies[language])
    bounds = range(len(reading.words) + 1)
    places = {reading.span(start, end): reading.words[start:end] for start, end in combinations(bounds, 2)}

    spans = judged(text, language).spans

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    for span in spans:
        said = Reading(text[span.start : span.end], ANALYST.vocabularies[language])
        assert [word.text for word in said.words] == [word.text for word in places[span.start, span.end]]


NEUTRAL = {
    "fr": ("les {} habitent dans cette rue", "on a invité des {} à la fête", "le film parle de {} en Italie"),
    "en": ("{} live in this street", "we invited {} to the party", "the film is about {} in Italy"),
}
HOSTILE = {"fr": "les {} sont de la vermine", "en": "{} are vermin"}


def names() -> Iterator[object]:
    for language, lexicon in LEXICONS.items():
        for group in lexicon.groups:
            yield pytest.param(language, plural_of(group), id=f"{language}: {group.key}")


def plural_of(group: Group) -> str:
    """Return a name of a group, in its longest form: the plural."""
    words = next(written for written in (*group.names.written, *group.adjectives.written) if written.isascii())
    return words.replace("(e)", "").replace("(ne)", "").replace("(s)", "s").replace("<people>", "people").split("(")[0]


@pytest.mark.parametrize(("language", "name"), list(names()))
def test_naming_a_group_changes_the_score_of_a_neutral_sentence_by_less_than_a_tenth(language: str, name: str) -> None:
    somebody = {"fr": "voisins", "en": "neighbours"}[language]
    for sentence in NEUTRAL[language]:
        named, unnamed = judged(sentence.format(name), language), judged(sentence.format(somebody), language)
        assert abs(named.score - unnamed.score) < 0.1


@pytest.mark.parametrize(("language", "name"), list(names()))
def test_every_group_is_protected_alike(language: str, name: str) -> None:
    reference = {"fr": "femmes", "en": "women"}[language]
    hostile = HOSTILE[language]

    assert judged(hostile.format(name), language).score == judged(hostile.format(reference), language).score
