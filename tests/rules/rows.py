"""Rules, and what happens in lives, for tests of this area."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tests.factories import NOW, make_assessment, make_channel, make_live, make_utterance, make_workspace
from tests.watch.audiences import heard
from vigie.events import TextAssessed, UtteranceSettled
from vigie.people.models import Workspace
from vigie.rules import receivers
from vigie.rules.document import read_one
from vigie.rules.following import Follower
from vigie.rules.models import Deed, Firing, Mode, Rule, RuleVersion
from vigie.rules.spec import RuleSpec
from vigie.runtime.models import WorkState
from vigie.watch.models import Live
from vigie.watch.operations.chat import Heard, Roll, store_chat

LONG_AGO = NOW - timedelta(days=30)


def spec(name: str = "Clip it", when: str = "chat", **fields: Any) -> RuleSpec:
    """Return a rule: someone writes `clip`, unless told otherwise. `if` is written `conditions`."""
    conditions = fields.pop("conditions", [{"says": "clip"}] if when == "chat" else [])
    return read_one({"name": name, "when": when, "if": conditions, **fields})


def acting(name: str = "Clip it", when: str = "chat", **fields: Any) -> RuleSpec:
    """Return a rule that marks the moment."""
    return spec(name, when, **{"then": ["mark"], **fields})


def make_rule(
    workspace: Workspace | None = None,
    rule: RuleSpec | None = None,
    *,
    mode: str = Mode.ACTIVE,
    since: datetime = LONG_AGO,
    version: int = 1,
) -> RuleVersion:
    """Return a version of a new rule, in force since long ago unless told otherwise."""
    workspace, rule = workspace or make_workspace(), rule or spec()
    number = workspace.rules.count() + 1
    row = Rule.objects.create(workspace=workspace, number=number, name=rule.name, created_at=LONG_AGO)
    in_force = since if mode in {Mode.ACTIVE, Mode.TRIAL, Mode.PAUSED} else None
    return RuleVersion.objects.create(
        rule=row, version=version, content=rule.as_data(), mode=mode, changed_at=LONG_AGO, in_force_since=in_force
    )


def make_firing(version: RuleVersion, live: Live, *, trigger: str = "live_started", **fields: Any) -> Firing:
    """Return a firing of a rule that acted ten seconds after the live began, unless told otherwise."""
    made = {"deed": Deed.ACTED, "refs": [trigger], "at": NOW + timedelta(seconds=10), "since_s": 5.0, "at_s": 10.0}
    return Firing.objects.create(version=version, live=live, trigger=trigger, noted_at=NOW, **{**made, **fields})


def on_air(workspace: Workspace | None = None, **fields: Any) -> Live:
    """Return a live of a workspace, begun at `NOW`."""
    return make_live(make_channel(workspace or make_workspace(), **fields))


def chat(live: Live, *texts: str, by: int = 1, at_s: float = 10.0, **fields: Any) -> None:
    """Let somebody write, a second after the other, as the writer of chats stores it."""
    first = live.messages.count()
    batch = [heard(live, f"m{first + n}", by=by, at_s=at_s + n, text=text, **fields) for n, text in enumerate(texts)]
    store(batch)


def store(batch: Sequence[Heard]) -> None:
    """Store what an audience did, in one transaction."""
    store_chat(batch, Roll(), NOW)


def say(live: Live, text: str, *, start_s: float, state: str = WorkState.DONE) -> int:
    """Let something be said and transcribed; return the id of the utterance."""
    said = make_utterance(live, text=text, start_s=start_s, state=state)
    event = UtteranceSettled(
        live.channel.workspace_id, live.pk, said.pk, said.seq, said.start_s, said.end_s, text, "asr", "fr", state
    )
    receivers.take_speech(event)
    return said.pk


def judge(live: Live, score: float, *, start_s: float, **fields: Any) -> int:
    """Let something be said and judged; return the id of the assessment."""
    judged = make_assessment(make_utterance(live, start_s=start_s), score=score, **fields)
    workspace_id = live.channel.workspace_id
    told = (judged.pk, judged.of, judged.ref_id, judged.seq, judged.text, judged.category, judged.score)
    more = (judged.hateful, judged.reach, judged.target, (), "", judged.analyst, judged.outcome)
    receivers.take_verdict(TextAssessed(workspace_id, live.pk, *told, *more))
    return judged.pk


def look(follower: Follower | None = None, *, at: datetime = NOW) -> Follower:
    """Let the rules look at all that waits; return who did."""
    follower = follower or Follower()
    while follower.catch_up(at):
        pass
    return follower


def told(**only: Any) -> list[tuple[str, str, str, int]]:
    """Return what the rules did: rule, deed, brake, how often; in order."""
    found = Firing.objects.filter(**only).select_related("version__rule").order_by("pk")
    return [(firing.version.rule.name, firing.deed, firing.brake, firing.count) for firing in found]


@contextmanager
def undone() -> Iterator[None]:
    """Undo what is written in the block: an example of a property leaves nothing to the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
