"""Things that happen in lives, and rules that look at them: as a test writes them down."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from vigie.rules.document import read_one
from vigie.rules.kinds import OF_THE_CHAT, WITH_TOTAL, When
from vigie.rules.occurrences import Occurrence
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Outcome, Ruling, Standing

START = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def at(after_s: float) -> datetime:
    return START + timedelta(seconds=after_s)


def happening(kind: When | str, after_s: float = 0.0, **fields: Any) -> Occurrence:
    """Return something that happened so many seconds after START."""
    usual: dict[str, Any] = {"key": f"{kind}:{after_s}", "live": "1", "channel": "7", "at_s": after_s}
    return Occurrence(When(kind), at=at(after_s), **(usual | fields))


def chat(after_s: float, user: str, text: str = "clip", **fields: Any) -> Occurrence:
    return happening(When.CHAT, after_s, user=user, names=(user,), text=text, key=f"chat:{user}:{after_s}", **fields)


def rule(when: str = "chat", **fields: Any) -> RuleSpec:
    """Return a rule; what YAML calls `if` is given as `if_`."""
    written = {name.rstrip("_"): value for name, value in fields.items()}
    return read_one({"name": "r", "when": when} | written)


def ruling(spec: RuleSpec, name: str = "1", **fields: Any) -> Ruling:
    return Ruling(name, spec, **fields)


def told(standing: Standing, happened: Sequence[Occurrence], said: Sequence[int] = (0,)) -> list[str]:
    """Return what the rule made of each: `acts`, the reason why not, or nothing."""
    return [word(standing.look(one, said)) for one in happened]


def word(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    return str(outcome.held) if outcome.held else "acts"


# ── generated ──────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = ("clip", "bravo", "raid", "été", "88", "on", "no")
PEOPLE = ("ana", "bob", "cy", "dan")


@st.composite
def occurrences(draw: st.DrawFn, number: int = 0) -> Occurrence:
    """Return something that happened, of any kind but a surge, in one of two lives of two teams."""
    kind = draw(st.sampled_from([kind for kind in When if kind is not When.HYPE]))
    live = draw(st.sampled_from(["1", "1", "2"]))
    fields: dict[str, Any] = {"live": live, "channel": live, "team": draw(st.sampled_from(["", "", "t"]))}
    if kind in OF_THE_CHAT:
        user = draw(st.sampled_from(PEOPLE))
        fields |= {
            "user": user,
            "names": (user,),
            "roles": frozenset(draw(st.sets(st.sampled_from(["vip", "follower"])))),
        }
        fields["is_history"] = draw(st.sampled_from([False] * 9 + [True]))
    return happening(
        kind,
        draw(st.integers(0, 300)),
        key=f"{kind}:{number}",
        text=draw(st.sampled_from(["", *WORDS, "a clip, bravo"])),
        value=draw(st.integers(0, 40)),
        count=draw(st.integers(1, 3)),
        score=draw(st.sampled_from([None, 0.2, 0.9])),
        category=draw(st.sampled_from(["", "hateful", "neutral"])),
        target=draw(st.sampled_from(["", "x"])),
        viewers=draw(st.sampled_from([None, 3, 30])),
        **fields,
    )


@st.composite
def recordings(draw: st.DrawFn) -> list[Occurrence]:
    """Return what happened, in the order of time."""
    number = draw(st.integers(0, 40))
    return sorted((draw(occurrences(place)) for place in range(number)), key=lambda happened: happened.at)


Fields = dict[str, Any]


def _conditions(when: When) -> list[st.SearchStrategy[Fields]]:
    few = st.integers(0, 40)
    known: list[st.SearchStrategy[Fields]] = [few.map(lambda number: {"viewers": number})]
    if when in OF_THE_CHAT:
        known += [
            st.sampled_from([["vip"], ["vip", "follower"]]).map(lambda roles: {"role": roles}),
            st.sampled_from([["@ANA"], ["bob", "cy"]]).map(lambda names: {"user": names}),
            st.tuples(st.integers(2, 4), durations()).map(lambda two: {"burst": two[0], "within": two[1]}),
        ]
    if when in (When.CHAT, When.GIFT, When.SUBSCRIPTION, When.SPEECH, When.ASSESSMENT):
        known += [
            st.tuples(
                st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
                st.sampled_from(["exact", "prefix", "word", "anywhere"]),
            ).map(lambda two: {"says": two[0], "place": two[1]}),
            st.sampled_from(["cl.p", "^a", "o{1,3}"]).map(lambda pattern: {"matches": pattern}),
        ]
    if when in WITH_TOTAL:
        known += [
            st.lists(st.integers(1, 40), min_size=1, max_size=3).map(lambda marks: {"reaches": marks}),
            st.integers(1, 40).map(lambda step: {"every": step}),
            st.tuples(st.sampled_from([0.1, 0.5, 1]), durations()).map(lambda two: {"drops": two[0], "within": two[1]}),
        ]
    if when in (When.GIFT, When.RAID, When.WAVE):
        known.append(few.map(lambda number: {"value": number, "at_most": number + 9}))
    if when is When.ASSESSMENT:
        known += [
            st.sampled_from([0.1, 0.5, 0.9]).map(lambda score: {"score": score}),
            st.just({"category": ["hateful"]}),
            st.just({"target": ["X"]}),
        ]
    return known


def durations() -> st.SearchStrategy[float]:
    return st.one_of(st.integers(1, 86_400), st.integers(1, 86_400_000).map(lambda ms: ms / 1000))


@st.composite
def specs(draw: st.DrawFn, name: str = "r") -> RuleSpec:
    """Return any rule that can be written, but those that wait for a surge."""
    when = draw(st.sampled_from([kind for kind in When if kind is not When.HYPE]))
    condition = st.one_of(_conditions(when))
    lasting = st.one_of([*_conditions(when)]).filter(lambda one: not {"burst", "reaches", "every", "drops"} & set(one))
    scopes = ["rule", "channel", *(["user"] if when in OF_THE_CHAT else [])]
    schedule = st.fixed_dictionaries(
        {},
        optional={
            "days": st.lists(st.sampled_from(["mon", "sun"]), min_size=1),
            "from": st.times().map(lambda time: f"{time:%H:%M}"),
            "to": st.times().map(lambda time: f"{time:%H:%M}"),
            "zone": st.sampled_from(["UTC", "Europe/Paris"]),
        },
    )
    data = {
        "name": name,
        "when": when.value,
        "channels": draw(st.lists(st.sampled_from(["1", "@Place_du_marché", "on"]), max_size=2)),
        "if": draw(st.lists(condition, min_size=when in WITH_TOTAL, max_size=3)),
        "unless": draw(st.lists(lasting, max_size=2)),
        "quorum": draw(st.none() | st.builds(lambda k, t: {"users": k, "within": t}, st.integers(2, 3), durations())),
        "cooldown": draw(st.dictionaries(st.sampled_from(scopes), durations(), max_size=2)),
        "per_hour": draw(st.integers(1, 4)),
        "schedule": draw(st.none() | schedule),
        "then": draw(
            st.lists(st.sampled_from(["mark", {"mark": {"label": "no"}}, {"clip": {"before": 3}}]), max_size=2)
        ),
    }
    return read_one(data)
