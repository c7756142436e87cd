from string import Formatter

import pytest
from django.utils import translation

from tests.rules.happenings import chat, happening
from vigie.events import Badge
from vigie.rules import editing, wording
from vigie.rules.brakes import Brake
from vigie.rules.conditions import CONDITIONS
from vigie.rules.editing import Data, sheet
from vigie.rules.kinds import Scope, When
from vigie.rules.matching import KeywordFlaw, Place
from vigie.rules.models import Mode
from vigie.rules.patterns import PatternFlaw
from vigie.rules.spec import Day

NARROW, BROAD = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (wording.WHEN, set(When)),
        (wording.CONDITIONS, set(CONDITIONS)),
        (wording.PLACES, set(Place)),
        (wording.ROLES, set(Badge)),
        (wording.SCOPES, set(Scope)),
        (wording.DAYS, set(Day)),
        (wording.MODES, set(Mode) - {Mode.FORMER}),
        (wording.BRAKES, set(Brake)),
        (wording.KEYWORD_FLAWS, set(KeywordFlaw)),
        (wording.PATTERN_FLAWS, set(PatternFlaw)),
        (wording.EXAMPLES, set(editing.EXAMPLES)),
    ],
)
def test_everything_has_words(words: dict[str, object], values: set[str]) -> None:
    assert set(words) == values


def flaw_of(change: Data, language: str) -> str:
    """Return the one thing that is wrong with a rule."""
    shown = sheet({"name": "r", "when": "chat", **change})
    told = [flaw for flaws in shown.flaws.values() for flaw in flaws]
    [flaw] = [*told, *(flaw for row in shown.rows for flaw in row.flaws)]
    with translation.override(language):
        return wording.flaw_words(flaw)


@pytest.mark.parametrize(
    ("change", "words", "french"),
    [
        ({"name": ""}, "This is needed.", "Il faut le remplir."),
        (
            {"name": "x" * 121},
            "This is too long: at most 120 characters.",
            "C’est trop long : 120 caractères au plus.",
        ),
        ({"if": [{"says": []}]}, "Name at least one.", "Nommez-en au moins un."),
        ({"if": [{"viewers": "many"}]}, "This must be a whole number.", "Il faut un nombre entier."),
        (
            {"if": [{"score": 0.5}]},
            "“severity” cannot be asked of “somebody writes in the chat”.",
            "« gravité » ne se demande pas de « quelqu’un écrit dans le chat ».",
        ),
        (
            {"unless": [{"burst": 3}]},
            "“burst” counts: it can only stand below “If”.",
            "« rafale » compte : cela ne peut se trouver que sous « Si ».",
        ),
        (
            {"cooldown": {"channel": "soon"}},
            "“soon” is no duration of at most a day: write 30 s, 2 min or 1 h.",
            "“soon” n’est pas une durée d’un jour au plus : écrivez 30 s, 2 min ou 1 h.",
        ),
        (
            {"cooldown": {"target": "1 s"}},
            "“somebody writes in the chat” tells of no target: the rule cannot rest for one.",
            "« quelqu’un écrit dans le chat » ne dit rien de : cible. La règle ne peut se reposer pour cela.",
        ),
        (
            {"when": "viewers", "if": [{"drops": "lots"}]},
            "“lots” is no share: write 0.3 or 30 %.",
            "« lots » n’est pas une part : écrivez 0,3 ou 30 %.",
        ),
        ({"schedule": {"zone": "Mars"}}, "“Mars” is no time zone.", "« Mars » n’est pas un fuseau horaire."),
        (
            {"schedule": {"from": "noon"}},
            "“noon” is no time of day: write 18:30.",
            "« noon » n’est pas une heure : écrivez 18:30.",
        ),
        (
            {"when": "gift", "if": [{"value": 5, "at_most": 3}]},
            "Nothing is at least 5 and at most 3.",
            "Rien n’est au moins 5 et au plus 3.",
        ),
        ({"per_hour": 601}, "This must be at most 600.", "C’est 600 au plus."),
        ({"quorum": {"users": 1, "within": "5 s"}}, "This must be at least 2.", "C’est 2 au moins."),
        (
            {"if": [{"matches": "("}]},
            "The pattern cannot be used: missing ): (",
            "Ce motif ne peut pas servir : missing ): (",
        ),
        (
            {"if": [{"says": ["\N{ZERO WIDTH SPACE}"]}]},
            "“” holds nothing to look for.",
            "«  » ne contient rien à chercher.",
        ),
        (
            {"when": "likes"},
            "This happens all the time: say what it reaches, or how far it drops.",
            "Cela arrive sans cesse : dites ce qu’il atteint, ou de combien il chute.",
        ),
    ],
)
def test_a_flaw_is_told_in_the_readers_language(change: Data, words: str, french: str) -> None:
    assert flaw_of(change, "en") == words
    assert plain(flaw_of(change, "fr")) == french


def plain(text: str) -> str:
    return text.replace(NARROW, " ").replace(BROAD, " ")


def test_a_flaw_that_has_no_words_is_told_as_it_is() -> None:
    assert wording.flaw_words({"type": "new", "msg": "Something new"}) == "Something new"


@pytest.mark.parametrize(
    ("brake", "figures", "words"),
    [
        ("HISTORY", {}, "History: before Vigie was connected"),
        ("EXCEPT", {"which": "user"}, "Exception: person"),
        ("QUORUM", {"people": 1, "needed": 2}, "Quorum: 1 of 2"),
        ("SCHEDULE", {}, "Schedule: not in force then"),
        ("COOLDOWN", {"ago": "57 s", "scope": "channel"}, "Rest: acted 57 s ago"),
        ("HOURLY_CAP", {"cap": 60}, "Cap: 60 times within the hour"),
    ],
)
def test_why_a_rule_held_back_is_told(brake: str, figures: dict[str, object], words: str) -> None:
    assert wording.brake_words(brake, figures) == words


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        (happening("viewers", value=120), "120 viewers"),
        (happening("likes", value=3), "3 likes"),
        (happening("hype", value=14), "14 people wrote within 5 s"),
        (happening("raid", value=300), "a raid of 300"),
        (happening("like", count=7), "7 likes"),
        (happening("live_started"), "a live starts"),
        (chat(0, "ana", ""), "somebody writes in the chat"),
    ],
)
def test_what_has_no_words_is_told(happened: object, words: str) -> None:
    assert wording.event_words(happened) == words  # type: ignore[arg-type]


def test_words_have_places_for_the_same_figures_in_both_languages() -> None:
    with translation.override("fr"):
        french = {key: str(value) for key, value in wording.FLAWS.items()}
    for key, english in wording.FLAWS.items():
        assert places(str(english)) == places(french[key]), key


def places(text: str) -> set[str]:
    return {part.partition(")")[0] for part in text.split("%(")[1:]} | {
        name for _, name, _, _ in Formatter().parse(text.replace("%", "")) if name
    }
