"""Sentences for people, from signals."""

import pytest
from django.utils import translation

from vigie.risk.justification import MAX_CHARS, justify
from vigie.risk.signals import Circumstance, Kind, Remark


@pytest.mark.parametrize(
    ("signals", "target", "text"),
    [
        (["threat"], "Muslims", "Calls for or announces violence against Muslims."),
        (
            ["dehumanization", "everyone"],
            "women",
            "Denies that women are human: likened to animals, vermin, disease or waste. All of them are meant.",
        ),
        (["criticism"], "", "Criticizes an institution, a religion or people in power: an opinion."),
        (["mention"], "Jews", "Mentions Jews without saying anything against them."),
        (["slur"], "", "Uses a slur against somebody."),
        (["nothing"], "", "Nothing in the rules was found."),
        (["no_lexicon"], "", "Not judged: there are no rules for this language."),
        ([], "", ""),
        (["of a later version"], "", ""),
        (
            ["hate", "of a later version", "quoted"],
            "men",
            "Expresses hatred or disgust towards men. The words are quoted.",
        ),
    ],
)
def test_justify_says_what_was_seen(signals: list[str], target: str, text: str) -> None:
    with translation.override("en"):
        assert justify(signals, target) == text


@pytest.mark.parametrize("first", [*Kind, *Remark])
def test_every_signal_has_its_words(first: str) -> None:
    with translation.override("en"):
        assert justify([first], "them").endswith(".")
        assert all(justify([seen], "them") for seen in Circumstance)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", Kind)
def test_a_justification_is_never_longer_than_280_characters_nor_cut(kind: Kind, language: str) -> None:
    with translation.override(language):
        text = justify([kind, *Circumstance], "les personnes en situation de handicap" * 2)

    assert len(text) <= MAX_CHARS
    assert text.endswith(".")


def test_a_label_may_hold_any_sign() -> None:
    with translation.override("en"):
        assert justify(["hate"], "100 % of %(target)s") == "Expresses hatred or disgust towards 100 % of %(target)s."
