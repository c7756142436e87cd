"""The first tier: hand-written rules. They rank, pre-screen and explain; they miss much and conclude nothing."""

from collections.abc import Mapping, Sequence

from vigie.ports import TextToAssess, Verdict
from vigie.risk.frames import frames
from vigie.risk.guards import guarded
from vigie.risk.languages import UNTOLD
from vigie.risk.lexicon import Lexicon
from vigie.risk.reading import Reading, Target
from vigie.risk.scoring import verdict
from vigie.risk.signals import Remark
from vigie.risk.vocabulary import Vocabulary

FEWEST_WORDS = 2
"""A single word is judged only when the lexicon knows it."""


class RulesAnalyst:
    """Judges texts by lexicons, one a language. Implements `ports.Analyst`; raises nothing."""

    def __init__(self, lexicons: Mapping[str, Lexicon], version: str) -> None:
        """Judge by `lexicons`; `version` is shown beside every assessment."""
        self.name = f"rules {version}"
        self.lexicons = lexicons
        self.vocabularies = {language: Vocabulary(lexicon) for language, lexicon in lexicons.items()}

    def assess(self, texts: Sequence[TextToAssess]) -> list[Verdict]:
        """Return one verdict a text, in order."""
        return [self._assess(text) for text in texts]

    def label(self, group: str, language: str) -> str:
        """Return how a group is called in a sentence, in `language` where there are rules for it; else its key."""
        known = {code: each.labels[group] for code, each in self.vocabularies.items() if group in each.labels}
        return known.get(language) or next(iter(known.values()), group)

    def _assess(self, text: TextToAssess) -> Verdict:
        language = text.language.lower().replace("_", "-").partition("-")[0]
        if language in {"", UNTOLD}:  # the gravest verdict holds
            return max((_judged(text, each) for each in self.vocabularies.values()), key=lambda verdict: verdict.score)
        if language not in self.vocabularies:
            return _abstained(Remark.NO_LEXICON)
        return _judged(text, self.vocabularies[language])


def _judged(text: TextToAssess, vocabulary: Vocabulary) -> Verdict:
    reading = Reading(text.text, vocabulary, lambda: _last_named(text.previous, vocabulary))
    if not any(word.text[0].isalpha() for word in reading.words) and not reading.marks:
        return _abstained(Remark.NO_WORDS)
    if len(reading.words) < FEWEST_WORDS and not reading.marks:
        return _abstained(Remark.TOO_SHORT)
    return verdict(reading, [guarded(reading, frame) for frame in frames(reading)])


def _abstained(reason: Remark) -> Verdict:
    return Verdict("abstained", signals=(reason,))


def _last_named(previous: Sequence[str], vocabulary: Vocabulary) -> Target | None:
    """Return whom the texts said before named last."""
    for text in reversed(previous):
        named = [target for target in Reading(text, vocabulary).targets if not target.is_pronoun]
        if named:
            return named[-1]
    return None
