"""What judging a text costs, beside the usual way: one Python regular expression for each list of words.

Both ways have the same rules (those that come with Vigie) and the same reading after them; only how entries are found
differs. The texts are pairs of the functional cases in tests/risk, so that no two are alike.
"""

import platform
import random
import re
from collections.abc import Iterator, Sequence
from itertools import product
from time import perf_counter

import yaml

from bench import Result, measured, resident_mb
from tools import ROOT
from vigie.adapters.langdetect.client import FastTextIdentifier
from vigie.ports import TextToAssess
from vigie.risk.languages import language_of
from vigie.risk.lexicon import Lexicon
from vigie.risk.lexicon_yaml import parse, shipped_policy
from vigie.risk.rules_analyst import RulesAnalyst
from vigie.risk.vocabulary import Mark, Meaning, Vocabulary, meanings
from vigie.risk.words import Word

CASES = ROOT / "tests" / "risk" / "cases.yaml"
PEER = f"re of Python {platform.python_version()}, a pattern a list"
LANGUAGES = ("fr", "en")


class PatternVocabulary(Vocabulary):
    """Finds the same entries with one regular expression a list."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile a pattern for each list of `lexicon`."""
        super().__init__(lexicon)
        self._patterns: list[tuple[re.Pattern[str], Meaning]] = []
        for phrases, meaning in meanings(lexicon):
            forms = sorted((" ".join(form) for form in phrases.forms), key=len, reverse=True)
            if forms:
                self._patterns.append((re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)"), meaning))

    def find(self, words: Sequence[Word]) -> list[Mark]:
        """Return the entries found, in order."""
        text = " ".join(word.text for word in words)
        marks = []
        for pattern, meaning in self._patterns:
            for match in pattern.finditer(text):
                start = text.count(" ", 0, match.start())
                marks.append(Mark(start, start + match.group().count(" ") + 1, meaning))
        return sorted(marks, key=lambda mark: (mark.start, -mark.end))


class PatternAnalyst(RulesAnalyst):
    """Judges by patterns."""

    def __init__(self, lexicons: dict[str, Lexicon]) -> None:
        """Compile `lexicons`."""
        super().__init__(lexicons, "of patterns")
        self.vocabularies = {language: PatternVocabulary(lexicon) for language, lexicon in lexicons.items()}


def run(quick: bool) -> Iterator[Result]:  # noqa: FBT001 - the modules' agreed signature
    """Measure both ways on the same texts; `quick` takes fewer of them."""
    lexicons = parse(shipped_policy())
    before_mb = resident_mb()
    began = perf_counter()
    ours = RulesAnalyst(lexicons, "bench")
    compiled_s, grown_mb = perf_counter() - began, resident_mb() - before_mb
    theirs = PatternAnalyst(lexicons)
    for language in LANGUAGES:
        sample = texts(language, 4_000 if quick else 20_000)
        yield Result(
            "texts_per_core_s",
            rate(ours, sample),
            "texts/s",
            PEER,
            rate(theirs, sample[: len(sample) // 20]),
            {"language": language, "texts": len(sample), "mean_chars": mean_chars(sample)},
        )
    yield Result("resident_growth_mb", grown_mb, "MB", details={"resident_mb": round(resident_mb(), 1)})
    yield Result("compile_s", compiled_s, "s", details={"languages": len(lexicons)})
    for language in LANGUAGES:
        yield Result("language_us", language_cost_us(texts(language, 4_000)), "µs", details={"language": language})
    yield from long_texts(ours)


def texts(language: str, count: int) -> list[TextToAssess]:
    """Return `count` texts, no two alike, in an order that is always the same."""
    cases = [case for function in yaml.safe_load(CASES.read_text(encoding="utf-8")) for case in function[language]]
    pairs = [f"{first}. {second}" for first, second in product(cases, cases) if first != second]
    return [TextToAssess(text, language) for text in random.Random(1).sample(pairs, count)]  # noqa: S311 - no secret: the same sample each time


def mean_chars(sample: Sequence[TextToAssess]) -> float:
    """Return the mean length of the texts."""
    return round(sum(len(text.text) for text in sample) / len(sample), 1)


def rate(analyst: RulesAnalyst, sample: Sequence[TextToAssess]) -> float:
    """Return how many texts a second of processor time is enough for."""
    with measured() as spent:
        analyst.assess(sample)
    return len(sample) / spent.cpu_s


def language_cost_us(sample: Sequence[TextToAssess]) -> float:
    """Return the processor time that telling the language of a text takes, on average."""
    identifier = FastTextIdentifier()
    with measured() as spent:
        for text in sample:
            language_of(text.text, text.language, identifier)
    return spent.cpu_s / len(sample) * 1e6


def long_texts(analyst: RulesAnalyst) -> Iterator[Result]:
    """Measure texts of 50,000 and of 100,000 characters: a character must cost the same, whatever they say."""
    for text in (
        "les migrants ne sont pas des parasites et ils disent que il faut les tuer ",
        "si tous les si tous ",  # words that may stand inside any phrase, and begin some
    ):
        rates = {}
        for chars in (50_000, 100_000):
            long = TextToAssess((text * (chars // len(text) + 1))[:chars], "fr")
            with measured() as spent:
                analyst.assess([long] * (500_000 // chars))
            rates[chars] = 500_000 / spent.cpu_s
        yield Result(
            "long_text_chars_per_core_s",
            rates[100_000],
            "chars/s",
            "ours on 50,000 characters",
            rates[50_000],
            {"chars": 100_000, "text": text},
        )
