"""What can be wrong with a policy that somebody wrote. The values are said as they are, or in the reader's language."""

from enum import StrEnum

from vigie.errors import VigieError


class Flaw(StrEnum):
    """Why a policy cannot be used, with places for names."""

    NOT_YAML = "this is not YAML: %(why)s"
    NOT_FIELDS = "“%(what)s” must be fields, each on a line: name: value"
    NOT_A_LIST = "“%(name)s” must be a list: one entry a line after a dash, or [one, two]"
    NOT_WORDS = "“%(what)s” must be words, not a list or fields"
    EMPTY = "“%(what)s” is empty"
    TWICE = "“%(name)s” is given twice"
    MISSING = "“%(what)s” has no “%(name)s”"
    UNKNOWN = "“%(what)s” cannot have “%(name)s”"
    UNLIKE = "“%(name)s” cannot be “%(value)s”; it must look like %(pattern)s"
    NOT_A_CHOICE = "“%(name)s” cannot be “%(value)s”; it is one of: %(choices)s"
    NO_WORD = "“%(entry)s” holds no word"
    SEVERAL_WORDS = "“%(name)s” holds single words only, not “%(entry)s”"
    OPEN_BRACKET = "“%(entry)s”: the bracket at character %(at)d is never closed, is empty or lies in another"
    TOO_MANY_FORMS = "“%(entry)s” stands for %(count)d forms; at most %(limit)d"
    TOO_LARGE = "up to here the lexicon stands for more than %(limit)d forms"
    TOO_LONG_A_FORM = "“%(entry)s” stands for more than %(limit)d characters"
    TOO_OFTEN = "“%(entry)s” stands in more than %(limit)d lists"
    TOO_DEEP = "lists and fields lie in each other more than %(limit)d deep"
    NO_SUCH_SET = "there is no set named “%(name)s”"
    SAME_GROUP_TWICE = "two groups have the same key"
    SAME_LANGUAGE_TWICE = "there is a lexicon for “%(language)s” already"
    NOTHING = "the policy is empty"
    TOO_LONG = "the policy has %(count)d characters; at most %(limit)d"
    TOO_MANY_LINES = "the policy has %(count)d lines; at most %(limit)d"


class BadLexicon(VigieError):
    """The policy cannot be used as written."""

    def __init__(self, line: int, flaw: Flaw, **values: object) -> None:
        """Say where and why. Lines count from 1."""
        super().__init__(f"line {line}: {flaw.value % values}")
        self.line = line
        self.flaw = flaw
        self.values = values
