"""A small made-up lexicon, so that tests are about reading and not about words."""

from collections.abc import Sequence

from vigie.risk.frames import Frame, frames
from vigie.risk.guards import guarded
from vigie.risk.lexicon_yaml import parse
from vigie.risk.reading import Reading, Target
from vigie.risk.vocabulary import Vocabulary

LEXICON = """
language: en
version: "1"
groups:
  - {key: blorks, label: the blorks, names: [blork(s), blorkish people]}
  - {key: snorks, label: the snorks, names: [snork(s)], adjectives: [green]}
slurs:
  - {group: blorks, strength: strong, words: [blorkface(s)]}
  - {group: snorks, also_insult: true, words: [snorkel(s)]}
predicates:
  - {kind: dehumanization, group: before, needs: copula, words: [vermin, rat(s)]}
  - {kind: threat, group: around, needs: call, words: [squash(ed), boil(ed)]}
  - {kind: threat, group: after, words: [death to]}
  - {kind: hate, group: after, needs: speaker, words: [hate, can't stand]}
  - {kind: hate, group: before, words: [disgust me]}
  - {kind: exclusion, group: beside, words: [go home]}
  - {kind: inferiority, group: next, strength: weak, words: [filthy]}
others:
  - {kind: power, words: [government, church]}
  - {kind: people, words: [drummers]}
  - {kind: things, words: [monday(s), zombie(s)]}
calls: [we should, must, let's]
pronouns: [they, them]
profanity: [darn]
exceptions: [green tea, blork street]
guards:
  negation: [not, never, don't, aren't]
  nobody: [nobody]
  reporting: [said that, the word]
  denouncing: [unacceptable, blorkphobic, stop saying]
  reclaiming: [i am a, my]
  positive: [love, respect, brave]
  disclaimers: [nothing against]
  playing: [match]
grammar:
  determiners: [the, these, a]
  individuals: [a, this]
  people: [people, child(ren)]
  everyone: [all, every]
  object_pronouns: [em]
  copulas: [are, is, be]
  prepositions: [with, against]
  conjunctions: [how, who]
  neutral_pronouns: [it]
  barriers: [but, because]
  fillers: [really, just, all, um]
  first_person: [i, we]
  second_person: [you, your]
  speaker_as_object: [me]
"""

VOCABULARY = Vocabulary(parse(LEXICON)["en"])


def read(text: str, before: Target | None = None) -> Reading:
    return Reading(text, VOCABULARY, lambda: before)


def found(text: str, before: Target | None = None) -> list[Frame]:
    """Return the frames of a text, guards included."""
    reading = read(text, before)
    return [guarded(reading, frame) for frame in frames(reading)]


def told(text: str, before: Target | None = None) -> list[tuple[str, str, set[str]]]:
    """Return kind, target and circumstances of each frame of a text."""
    return [
        (frame.kind, frame.target.key if frame.target else "", {str(seen) for seen in frame.circumstances})
        for frame in found(text, before)
    ]


def highlighted(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]
