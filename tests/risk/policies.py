"""Policies for tests: the made-up lexicon, or a change of it."""

import hashlib

from tests.factories import NOW
from tests.risk.blorks import LEXICON
from vigie.people.models import Workspace
from vigie.risk.models import Policy

RULES = LEXICON.strip("\n") + "\n"
OUTDATED = RULES.replace("profanity:", "swearwords:")
"""Rules of another version of Vigie, which this one cannot use."""


def make_policy(workspace: Workspace, lexicon: str = RULES, *, version: int = 1) -> Policy:
    return Policy.objects.create(
        workspace=workspace,
        version=version,
        lexicon=lexicon,
        digest=hashlib.sha256(lexicon.encode()).hexdigest(),
        note=f"note {version}",
        created_at=NOW,
    )
