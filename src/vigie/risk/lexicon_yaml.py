"""The YAML of a policy: one stream, one document a language. Every error names the line that cannot be used."""

from collections.abc import Iterable
from dataclasses import fields as dataclass_fields
from functools import cache
from importlib.resources import files

from vigie.risk.flaws import BadLexicon, Flaw
from vigie.risk.lexicon import (
    SAYABLE,
    SOMEBODY,
    Grammar,
    Group,
    Guards,
    Lexicon,
    Need,
    Other,
    OtherKind,
    Predicate,
    Side,
    Slur,
    Strength,
)
from vigie.risk.signals import Kind
from vigie.risk.yaml_fields import Fields, documents, texts

SHIPPED = ("fr", "en")
MAX_CHARS = 400_000
"""Of a policy: several times the shipped one."""
MAX_LINES = 20_000
"""Comparing two policies of so many lines takes up to a second (2026-11), and ever more with the square of them."""


@cache
def shipped(language: str) -> str:
    """Return the YAML of the lexicon that comes with Vigie, for a language of `SHIPPED`."""
    return files(__package__).joinpath("lexicons", f"{language}.yaml").read_text(encoding="utf-8")


@cache
def shipped_policy() -> str:
    """Return the YAML of the policy that a workspace starts with."""
    return joined(shipped(language) for language in SHIPPED)


def sources(policy: str) -> dict[str, str]:
    """Return the YAML of each lexicon of a valid policy, by language, in the order of the policy."""
    languages = [fields.text("language") for fields in documents(policy)]
    return dict(zip(languages, texts(policy), strict=True))


def joined(lexicons: Iterable[str]) -> str:
    """Return the policy that lexicons make together."""
    return "---\n".join(lexicon.strip("\n") + "\n" for lexicon in lexicons)


def parse(text: str) -> dict[str, Lexicon]:
    """Return the lexicons of a policy by language. Raises BadLexicon with the line and the reason."""
    if len(text) > MAX_CHARS:
        raise BadLexicon(1, Flaw.TOO_LONG, count=len(text), limit=MAX_CHARS)
    if (lines := len(text.splitlines())) > MAX_LINES:
        raise BadLexicon(1, Flaw.TOO_MANY_LINES, count=lines, limit=MAX_LINES)
    lexicons: dict[str, Lexicon] = {}
    for fields in documents(text):
        lexicon = _lexicon(fields)
        if lexicon.language in lexicons:
            raise BadLexicon(fields.line, Flaw.SAME_LANGUAGE_TWICE, language=lexicon.language)
        lexicons[lexicon.language] = lexicon
    if not lexicons:
        raise BadLexicon(1, Flaw.NOTHING)
    return lexicons


def _lexicon(fields: Fields) -> Lexicon:
    language = fields.text("language", pattern="[a-z]{2}")
    version = fields.text("version", pattern=".{1,40}")  # stands beside every assessment
    fields.read_sets()
    groups = tuple(_group(entry) for entry in fields.entries("groups"))
    keys = {group.key for group in groups}
    if len(keys) < len(groups):
        raise BadLexicon(fields.line_of("groups"), Flaw.SAME_GROUP_TWICE)
    lexicon = Lexicon(
        language=language,
        version=version,
        groups=groups,
        slurs=tuple(_slur(entry, keys) for entry in fields.entries("slurs")),
        predicates=tuple(_predicate(entry, keys) for entry in fields.entries("predicates")),
        others=tuple(_other(entry) for entry in fields.entries("others")),
        calls=fields.phrases("calls"),
        pronouns=fields.phrases("pronouns"),
        guards=_guards(fields.inner("guards")),
        grammar=_grammar(fields.inner("grammar")),
        profanity=fields.phrases("profanity"),
        exceptions=fields.phrases("exceptions"),
    )
    fields.refuse_the_rest()
    return lexicon


def _guards(fields: Fields) -> Guards:
    guards = Guards(**{field.name: fields.phrases(field.name) for field in dataclass_fields(Guards)})
    fields.refuse_the_rest()
    return guards


def _grammar(fields: Fields) -> Grammar:
    grammar = Grammar(**{field.name: fields.single_words(field.name) for field in dataclass_fields(Grammar)})
    fields.refuse_the_rest()
    return grammar


def _group(fields: Fields) -> Group:
    group = Group(
        key=fields.text("key", pattern="[a-z][a-z_]{1,39}"),
        label=fields.text("label"),
        names=fields.phrases("names"),
        adjectives=fields.phrases("adjectives"),
    )
    fields.refuse_the_rest()
    return group


def _slur(fields: Fields, groups: set[str]) -> Slur:
    slur = Slur(
        group=fields.choice("group", groups),
        strength=Strength(fields.choice("strength", Strength, default=Strength.NORMAL)),
        also_insult=fields.flag("also_insult"),
        words=fields.phrases("words"),
    )
    fields.refuse_the_rest()
    return slur


def _predicate(fields: Fields, groups: set[str]) -> Predicate:
    predicate = Predicate(
        kind=Kind(fields.choice("kind", SAYABLE)),
        side=Side(fields.choice("group", Side)),
        needs=Need(fields.choice("needs", Need, default=Need.NOTHING)),
        strength=Strength(fields.choice("strength", Strength, default=Strength.NORMAL)),
        words=fields.phrases("words"),
        implies=fields.choice("implies", {*groups, SOMEBODY}, default=""),
    )
    fields.refuse_the_rest()
    return predicate


def _other(fields: Fields) -> Other:
    other = Other(kind=OtherKind(fields.choice("kind", OtherKind)), words=fields.phrases("words"))
    fields.refuse_the_rest()
    return other
