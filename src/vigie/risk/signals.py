"""What the rules can see in a text. The values are stored with assessments: they stay as they are."""

from enum import StrEnum


class Kind(StrEnum):
    """What is said, and of whom; one a frame."""

    THREAT = "threat"
    DEHUMANIZATION = "dehumanization"
    HATE = "hate"
    EXCLUSION = "exclusion"
    INFERIORITY = "inferiority"
    ACCUSATION = "accusation"
    DENIAL = "denial"
    """Something good, negated: they deserve no respect."""
    SLUR = "slur"
    INSULT = "insult"
    """A slur that is also thrown at just anybody."""
    PERSONAL_THREAT = "personal_threat"
    """Violence announced to a person, or to people of no protected group."""
    UNNAMED_THREAT = "unnamed_threat"
    """Violence called for against `them`, and nobody was named."""
    CRITICISM = "criticism"
    """Of an institution, of people in power, of a religion: an opinion."""
    ABUSE = "abuse"
    """Of people of no protected group."""


class Circumstance(StrEnum):
    """What makes a frame weigh more or less."""

    EVERYONE = "everyone"
    ADDRESSED = "addressed"
    DISGUISED = "disguised"
    DISCLAIMED = "disclaimed"
    PRONOUN = "pronoun"
    LOOSE = "loose"
    INDIVIDUAL = "individual"
    BY_INSULT = "by_insult"
    REPORTED = "reported"
    QUOTED = "quoted"
    PRAISED = "praised"
    DENOUNCED = "denounced"
    RECLAIMED = "reclaimed"
    PLAYING = "playing"
    NEGATED = "negated"


class Remark(StrEnum):
    """What is worth telling where nothing was said of anybody, or nothing could be read."""

    MENTION = "mention"
    PROFANITY = "profanity"
    NOTHING = "nothing"
    NO_WORDS = "no_words"
    TOO_SHORT = "too_short"
    NO_LEXICON = "no_lexicon"
