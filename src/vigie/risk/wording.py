"""What rules, and what is wrong with them, are called on screen."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vigie.risk.flaws import BadLexicon, Flaw
from vigie.risk.lexicon import Need, OtherKind, Side, Strength
from vigie.risk.signals import Kind

KINDS: Mapping[str, Promise] = {
    Kind.THREAT: _("Violence"),
    Kind.DEHUMANIZATION: _("Dehumanization"),
    Kind.HATE: _("Hatred and disgust"),
    Kind.EXCLUSION: _("Exclusion"),
    Kind.INFERIORITY: _("Contempt"),
    Kind.ACCUSATION: _("Accusation of a whole group"),
}
SIDES: Mapping[str, Promise] = {
    Side.BEFORE: _("after the group: they are …"),
    Side.AFTER: _("before the group: I hate …"),
    Side.NEXT: _("right before the group"),
    Side.BESIDE: _("right beside the group"),
    Side.AROUND: _("on either side of the group"),
}
NEEDS: Mapping[str, Promise] = {
    Need.COPULA: _("with “are” in between"),
    Need.CALL: _("with a call: we must, I will"),
    Need.SPEAKER: _("said by the speaker: I, we"),
}
STRENGTHS: Mapping[str, Promise] = {
    Strength.WEAK: pgettext_lazy("rule", "weak"),
    Strength.STRONG: pgettext_lazy("rule", "strong"),
}
OTHERS: Mapping[str, Promise] = {
    OtherKind.POWER: _("Institutions, people in power, religions: judging them is an opinion"),
    OtherKind.PEOPLE: _("People of no protected group"),
    OtherKind.THINGS: _("Things and characters"),
}
GUARDS: Mapping[str, Promise] = {
    "negation": _("Negation"),
    "nobody": _("Denies the whole statement"),
    "reporting": _("Somebody else's words"),
    "denouncing": _("Counter-speech"),
    "reclaiming": _("Reclaimed by those concerned"),
    "positive": _("Kind words"),
    "disclaimers": _("Disclaimers"),
    "playing": _("Games and sports, where nobody really dies"),
}
FLAWS: Mapping[Flaw, Promise] = {
    Flaw.NOT_YAML: _("this is not YAML: %(why)s"),
    Flaw.NOT_FIELDS: _("“%(what)s” must be fields, each on a line: name: value"),
    Flaw.NOT_A_LIST: _("“%(name)s” must be a list: one entry a line after a dash, or [one, two]"),
    Flaw.NOT_WORDS: _("“%(what)s” must be words, not a list or fields"),
    Flaw.EMPTY: _("“%(what)s” is empty"),
    Flaw.TWICE: _("“%(name)s” is given twice"),
    Flaw.MISSING: _("“%(what)s” has no “%(name)s”"),
    Flaw.UNKNOWN: _("“%(what)s” cannot have “%(name)s”"),
    Flaw.UNLIKE: _("“%(name)s” cannot be “%(value)s”; it must look like %(pattern)s"),
    Flaw.NOT_A_CHOICE: _("“%(name)s” cannot be “%(value)s”; it is one of: %(choices)s"),
    Flaw.NO_WORD: _("“%(entry)s” holds no word"),
    Flaw.SEVERAL_WORDS: _("“%(name)s” holds single words only, not “%(entry)s”"),
    Flaw.OPEN_BRACKET: _("“%(entry)s”: the bracket at character %(at)d is never closed, is empty or lies in another"),
    Flaw.TOO_MANY_FORMS: _("“%(entry)s” stands for %(count)d forms; at most %(limit)d"),
    Flaw.TOO_LARGE: _("up to here the lexicon stands for more than %(limit)d forms"),
    Flaw.TOO_LONG_A_FORM: _("“%(entry)s” stands for more than %(limit)d characters"),
    Flaw.TOO_OFTEN: _("“%(entry)s” stands in more than %(limit)d lists"),
    Flaw.TOO_DEEP: _("lists and fields lie in each other more than %(limit)d deep"),
    Flaw.NO_SUCH_SET: _("there is no set named “%(name)s”"),
    Flaw.SAME_GROUP_TWICE: _("two groups have the same key"),
    Flaw.SAME_LANGUAGE_TWICE: _("there is a lexicon for “%(language)s” already"),
    Flaw.NOTHING: _("the policy is empty"),
    Flaw.TOO_LONG: _("the policy has %(count)d characters; at most %(limit)d"),
    Flaw.TOO_MANY_LINES: _("the policy has %(count)d lines; at most %(limit)d"),
}


def flaw_words(error: BadLexicon) -> str:
    """Return what is wrong with a policy and on which line, in the reader's language."""
    why = str(FLAWS[error.flaw]) % error.values
    return _now("Line %(line)d: %(why)s.") % {"line": error.line, "why": why}
