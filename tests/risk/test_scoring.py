"""From frames to a verdict: bands, categories, spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.risk.blorks import found, read
from vigie.ports import HIGH, MEDIUM, Span, Verdict
from vigie.risk import scoring
from vigie.risk.frames import Frame
from vigie.risk.lexicon import Strength
from vigie.risk.reading import Nature, Target
from vigie.risk.scoring import verdict
from vigie.risk.signals import Circumstance, Kind

GROUP = Target(0, 1, Nature.GROUP, "blorks")
FRAMES = st.builds(
    Frame,
    start=st.just(2),
    end=st.just(3),
    kind=st.sampled_from(Kind),
    target=st.just(GROUP),
    strength=st.sampled_from(Strength),
    circumstances=st.frozensets(st.sampled_from(Circumstance), max_size=4),
)


def judged(text: str) -> Verdict:
    return verdict(read(text), found(text))


def test_a_verdict_tells_what_was_seen_and_where() -> None:
    assert judged("Look: all blorks are VERMIN!") == Verdict(
        state="analysed",
        category="hateful",
        score=0.9,
        hateful=True,
        target="blorks",
        stance="asserts",
        spans=(Span(10, 16, "target"), Span(21, 27, "dehumanization")),
        signals=("dehumanization", "everyone"),
    )


@pytest.mark.parametrize(
    ("text", "low", "high", "category", "stance"),
    [
        ("we should boil all blorks", 0.9, 1.0, "hateful", "asserts"),
        ("blorks are vermin", 0.7, 0.9, "hateful", "asserts"),
        ("that blorkface", 0.7, 0.9, "hateful", "asserts"),
        ("filthy snorks", 0.5, 0.7, "hateful", "asserts"),
        ("you snorkel", 0.4, 0.5, "polemic", "asserts"),
        ("we should boil them all", 0.4, 0.5, "polemic", "asserts"),
        ("we should boil drummers", 0.3, 0.4, "polemic", "asserts"),
        ("the government is vermin", 0.1, 0.4, "polemic", "asserts"),
        ("drummers are vermin", 0.1, 0.4, "polemic", "asserts"),
        ("blorks and their many vermin", 0.2, 0.4, "polemic", "asserts"),
        ('stop saying "blorks are vermin"', 0.0, 0.2, "neutral", "denounces"),
        ('he said that "blorks are vermin"', 0.0, 0.2, "neutral", "quotes"),
        ("blorks are not vermin", 0.0, 0.2, "neutral", "unclear"),
        ("I am a blorkface", 0.0, 0.3, "neutral", "unclear"),
        ("blorks live here", 0.0, 0.1, "neutral", "asserts"),
        ("darn it", 0.0, 0.1, "neutral", "asserts"),
        ("good morning", 0.0, 0.1, "neutral", "asserts"),
    ],
)
def test_scores_lie_in_their_band(text: str, low: float, high: float, category: str, stance: str) -> None:
    made = judged(text)

    assert low <= made.score <= high
    assert (made.category, made.stance, made.hateful) == (category, stance, category == "hateful")


@pytest.mark.parametrize(
    ("text", "signals", "target"),
    [
        ("blorks live here", ("mention",), "blorks"),
        ("blorks, darn", ("mention",), "blorks"),
        ("darn it", ("profanity",), ""),
        ("good morning", ("nothing",), ""),
        ("the government works", ("nothing",), ""),
    ],
)
def test_where_nothing_is_said_of_anybody_a_remark_tells_what_there_is(
    text: str, signals: tuple[str, ...], target: str
) -> None:
    made = judged(text)

    assert (made.signals, made.target, made.spans) == (signals, target, ())


def test_the_strongest_signal_comes_first_and_what_changes_most_next() -> None:
    assert judged("all blorks are not vermin. unacceptable").signals == (
        "dehumanization",
        "negated",
        "denounced",
        "everyone",
    )


def test_another_kind_of_statement_adds_to_the_score() -> None:
    alone, twice = judged("blorks are vermin"), judged("blorks are vermin, death to blorks")

    assert judged("blorks are vermin, blorks are rats").score == alone.score
    assert twice.score > judged("death to blorks").score > alone.score


def test_spans_do_not_overlap_and_follow_the_text() -> None:
    made = judged("filthy blorkface, blorks are vermin, I hate them")

    assert [span.reason for span in made.spans] == ["inferiority", "slur", "target", "dehumanization", "hate", "target"]
    assert all(a.end <= b.start for a, b in zip(made.spans, made.spans[1:], strict=False))


@given(st.lists(FRAMES, min_size=1, max_size=8))
def test_every_verdict_is_consistent(frames: list[Frame]) -> None:
    made = verdict(read("blorks are vermin"), frames)

    assert 0 <= made.score <= 1
    assert made.hateful is (made.category == "hateful")
    assert made.score >= scoring.HATEFUL_FROM or not made.hateful
    assert made.stance in {"asserts", "quotes", "denounces", "unclear"}
    assert len(made.signals) == len(set(made.signals))


@given(FRAMES, st.sampled_from([Circumstance.NEGATED, Circumstance.DENOUNCED, Circumstance.QUOTED, Circumstance.LOOSE]))
def test_taking_back_never_raises_the_score(frame: Frame, seen: Circumstance) -> None:
    reading = read("blorks are vermin")
    taken_back = frame._replace(circumstances=frame.circumstances | {seen})

    assert verdict(reading, [taken_back]).score <= verdict(reading, [frame]).score


def scored(kind: Kind, *seen: Circumstance, strength: Strength = Strength.NORMAL) -> float:
    """Return the score of one thing said of a group."""
    return verdict(read("blorks are vermin"), [Frame(2, 3, kind, GROUP, strength, frozenset(seen))]).score


def test_the_graver_kind_of_statement_is_looked_at_first() -> None:
    assert sorted(Kind, key=scored, reverse=True) == [
        Kind.THREAT,
        Kind.DEHUMANIZATION,
        Kind.HATE,
        Kind.SLUR,
        Kind.EXCLUSION,
        Kind.INFERIORITY,
        Kind.ACCUSATION,
        Kind.DENIAL,
        Kind.UNNAMED_THREAT,
        Kind.PERSONAL_THREAT,
        Kind.INSULT,
        Kind.CRITICISM,
        Kind.ABUSE,
    ]


@pytest.mark.parametrize(
    ("kinds", "low", "high"),
    [
        ([Kind.THREAT, Kind.DEHUMANIZATION, Kind.HATE, Kind.SLUR, Kind.EXCLUSION, Kind.INFERIORITY], HIGH, 1.0),
        ([Kind.ACCUSATION], HIGH, 1.0),
        ([Kind.DENIAL], MEDIUM, HIGH),
        ([Kind.UNNAMED_THREAT, Kind.PERSONAL_THREAT, Kind.INSULT, Kind.CRITICISM, Kind.ABUSE], 0.1, MEDIUM),
    ],
)
def test_a_plain_statement_has_the_severity_of_its_kind(kinds: list[Kind], low: float, high: float) -> None:
    assert all(low <= scored(kind) < high for kind in kinds)


@pytest.mark.parametrize("kind", Kind)
def test_how_a_thing_is_said_makes_it_graver_or_milder(kind: Kind) -> None:
    graver = {seen for seen in Circumstance if scored(kind, seen) > scored(kind)}
    milder = {seen for seen in Circumstance if scored(kind, seen) < scored(kind)}

    assert graver == {
        Circumstance.EVERYONE,
        Circumstance.ADDRESSED,
        Circumstance.DISCLAIMED,
        Circumstance.DISGUISED,
    }
    assert milder == set(Circumstance) - graver
    assert scored(kind, strength=Strength.WEAK) < scored(kind) < scored(kind, strength=Strength.STRONG)


@pytest.mark.parametrize(
    "seen",
    [
        Circumstance.NEGATED,
        Circumstance.RECLAIMED,
        Circumstance.PLAYING,
        Circumstance.LOOSE,
        Circumstance.DENOUNCED,
    ],
)
def test_what_is_taken_back_raises_no_alert_whatever_makes_it_graver(seen: Circumstance) -> None:
    said = (Circumstance.EVERYONE, Circumstance.DISGUISED, seen)

    assert all(scored(kind, *said) < HIGH for kind in Kind)


@pytest.mark.parametrize("seen", [Circumstance.QUOTED, Circumstance.REPORTED, Circumstance.PRAISED])
def test_somebody_else_s_words_alone_raise_no_alert(seen: Circumstance) -> None:
    assert all(scored(kind, seen) < HIGH for kind in Kind)


def test_at_most_three_further_kinds_add_to_a_score() -> None:
    kinds = [Kind.THREAT, Kind.DEHUMANIZATION, Kind.HATE, Kind.SLUR, Kind.EXCLUSION]
    frames = [Frame(n, n + 1, kind, GROUP) for n, kind in enumerate(kinds)]
    reading = read("blorks are vermin and so on")

    scores = [verdict(reading, frames[:count]).score for count in range(1, 6)]

    assert scores == sorted(scores)
    assert scores[0] < scores[1] < scores[2] < scores[3] == scores[4]


def test_a_further_statement_that_weighs_nothing_adds_nothing() -> None:
    threat, opinion = Frame(2, 3, Kind.THREAT, GROUP), Frame(0, 1, Kind.CRITICISM, GROUP)
    reading = read("blorks are vermin")

    assert verdict(reading, [opinion, threat]).score == verdict(reading, [threat]).score


@given(FRAMES)
def test_opinions_are_never_hateful(frame: Frame) -> None:
    for kind in (Kind.CRITICISM, Kind.ABUSE, Kind.PERSONAL_THREAT, Kind.UNNAMED_THREAT):
        assert not verdict(read("blorks are vermin"), [frame._replace(kind=kind)]).hateful


def test_every_kind_and_circumstance_has_a_weight() -> None:
    assert set(scoring._KINDS) == set(Kind)
    assert set(scoring._CIRCUMSTANCES) == set(Circumstance)
    assert set(scoring._STRENGTHS) == set(Strength)
