"""From signals to a sentence for a person, in the language that is active: what was seen, never what to do about it."""

from collections.abc import Iterable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vigie.risk.signals import Circumstance, Kind, Remark

MAX_CHARS: Final = 280

_STATEMENTS: Final[dict[str, str | Promise]] = {
    Kind.THREAT: _("Calls for or announces violence against %(target)s."),
    Kind.DEHUMANIZATION: _("Denies that %(target)s are human: likened to animals, vermin, disease or waste."),
    Kind.HATE: _("Expresses hatred or disgust towards %(target)s."),
    Kind.EXCLUSION: _("Wants to drive out %(target)s or to take rights away from them."),
    Kind.INFERIORITY: _("Belittles %(target)s: inferior, incapable or contemptible."),
    Kind.ACCUSATION: _("Accuses %(target)s as a whole of crimes or of a plot."),
    Kind.DENIAL: _("Refuses respect or worth to %(target)s."),
    Kind.SLUR: _("Uses a slur against %(target)s."),
    Kind.INSULT: _("Uses an ordinary insult that also hurts %(target)s."),
    Kind.PERSONAL_THREAT: _("Threatens a person, or people of no protected group."),
    Kind.UNNAMED_THREAT: _("Calls for violence without naming anyone."),
    Kind.CRITICISM: _("Criticizes an institution, a religion or people in power: an opinion."),
    Kind.ABUSE: _("Insults people of no protected group."),
    Remark.MENTION: _("Mentions %(target)s without saying anything against them."),
    Remark.PROFANITY: _("Swearing that is aimed at no protected group."),
    Remark.NOTHING: _("Nothing in the rules was found."),
    Remark.NO_WORDS: _("Not judged: no words."),
    Remark.TOO_SHORT: _("Not judged: too short to mean anything alone."),
    Remark.NO_LEXICON: _("Not judged: there are no rules for this language."),
}
_BESIDE: Final[dict[str, str | Promise]] = {
    Circumstance.NEGATED: _("The statement is denied."),
    Circumstance.RECLAIMED: _("The speaker counts among them."),
    Circumstance.PLAYING: _("It sounds like a game or a match."),
    Circumstance.DENOUNCED: _("The speaker denounces it."),
    Circumstance.QUOTED: _("The words are quoted."),
    Circumstance.REPORTED: _("The words are reported."),
    Circumstance.PRAISED: _("Kind words stand beside it."),
    Circumstance.EVERYONE: _("All of them are meant."),
    Circumstance.INDIVIDUAL: _("Only one person is meant."),
    Circumstance.PRONOUN: _("They were named just before."),
    Circumstance.DISCLAIMED: _("It comes after a disclaimer."),
    Circumstance.ADDRESSED: _("It is said to somebody."),
    Circumstance.DISGUISED: _("The spelling hides the word."),
    Circumstance.BY_INSULT: _("They are named by an insult only."),
    Circumstance.LOOSE: _("The link between the words is uncertain."),
}


def justify(signals: Iterable[str], target: str) -> str:
    """Return at most 280 characters on why a text got its score, in the active language.

    Args:
        signals: as stored with an assessment, strongest first. Unknown ones are left out: a later version wrote them.
        target: how the group is called in a sentence, in the same language: `les musulmans`; empty for nobody.
    """
    text = ""
    for signal in signals:
        sentence = str(_STATEMENTS.get(signal) or _BESIDE.get(signal) or "") % {"target": target or _("somebody")}
        longer = f"{text} {sentence}".strip()
        if len(longer) > MAX_CHARS:
            break
        text = longer
    return text
