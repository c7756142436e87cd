"""Analysts ready to judge: by name, or by policy: compiled once, however many workspaces share its rules."""

from functools import cache, lru_cache

from vigie.errors import VigieError
from vigie.ports import Analyst
from vigie.risk.lexicon_yaml import parse, shipped_policy
from vigie.risk.models import Policy
from vigie.risk.rules_analyst import RulesAnalyst

KEPT = 16
"""Compiled policies kept in memory, about 8 MB each."""
NAMES = ("rules",)


class NoSuchAnalyst(VigieError):
    """There is no analyst of that name."""


def named(name: str) -> Analyst:
    """Return an analyst that needs no workspace: `rules` judges by the rules as shipped. Raises NoSuchAnalyst."""
    if name not in NAMES:
        raise NoSuchAnalyst(f"There is no analyst named '{name}'; there is: {', '.join(NAMES)}.")
    return _shipped()


def shipped_label(target: str, language: str) -> str:
    """Return how the shipped rules call a group in a sentence; its key where they do not know it."""
    return _shipped().label(target, language)


def of_policy(policy: Policy) -> RulesAnalyst:
    """Return the analyst that judges by a policy. Raises BadLexicon for one of another version of Vigie."""
    return _of_digest(policy.digest)


@cache
def _shipped() -> RulesAnalyst:
    return _compiled(shipped_policy())


@lru_cache(maxsize=KEPT)
def _of_digest(digest: str) -> RulesAnalyst:
    text = Policy.objects.filter(digest=digest).values_list("lexicon", flat=True)[:1].get()
    return _compiled(text)


def _compiled(text: str) -> RulesAnalyst:
    lexicons = parse(text)
    return RulesAnalyst(lexicons, version=max(lexicon.version for lexicon in lexicons.values()))
