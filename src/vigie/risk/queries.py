"""What can be read of policies and assessments."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import get_language

from vigie.people.models import Membership
from vigie.risk import analysts
from vigie.risk.flaws import BadLexicon
from vigie.risk.justification import justify
from vigie.risk.models import Assessment, Policy

CONTEXT = 2
"""Texts said before that help to understand one."""
CONTEXT_S = 30.0
"""How long before; a pronoun does not reach further."""


def policies_for(membership: Membership) -> QuerySet[Policy]:
    """Return the versions of a member's workspace, newest first, without their text."""
    return (
        Policy.objects.filter(workspace=membership.workspace_id)
        .select_related("author")
        .defer("lexicon")
        .order_by("-version")
    )


def policy_in_force(workspace_id: int) -> Policy | None:
    """Return the newest policy of a workspace, without its text; None before the first text was judged."""
    return Policy.objects.filter(workspace=workspace_id).defer("lexicon").order_by("-version").first()


def justification_of(assessment: Assessment) -> str:
    """Return why a text got its score, in the active language, in at most 280 characters.

    No query where the assessment was read with its policy.
    """
    return justify(assessment.signals, label_of(assessment.target, assessment.policy))


def label_of(target: str, policy: Policy | None) -> str:
    """Return how a group is called in a sentence, in the active language where its policy has a lexicon for it.

    Its key where the policy was written for another version of Vigie: what it judged is shown all the same.
    """
    if not target or policy is None:
        return target
    try:
        analyst = analysts.of_policy(policy)
    except BadLexicon:
        return target
    return analyst.label(target, (get_language() or "")[:2])


def said_before(assessments: Iterable[Assessment]) -> dict[int, tuple[str, ...]]:
    """Return, by the id of each assessment, up to two texts of the same kind said just before in its live.

    Oldest first. One query a live.
    """
    by_live: dict[int, list[Assessment]] = {}
    for assessment in assessments:
        by_live.setdefault(assessment.live_id, []).append(assessment)
    found: dict[int, tuple[str, ...]] = {}
    for live_id, wanted in by_live.items():
        first_s = min(assessment.start_s for assessment in wanted) - CONTEXT_S
        last_s = max(assessment.start_s for assessment in wanted)
        said = list(
            Assessment.objects.filter(live=live_id, start_s__gte=first_s, start_s__lte=last_s)
            .order_by("start_s", "pk")
            .values_list("of", "seq", "start_s", "text")
        )
        for assessment in wanted:
            before = [
                text
                for of, seq, start_s, text in said
                if of == assessment.of and seq < assessment.seq and start_s >= assessment.start_s - CONTEXT_S
            ]
            found[assessment.pk] = tuple(before[-CONTEXT:])
    return found
