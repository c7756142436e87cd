from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import NOW, make_assessment, make_channel, make_live, make_membership, make_utterance
from tests.rules.rows import chat, judge, look, make_rule, on_air, say, spec, told
from vigie.people.models import Membership
from vigie.risk.models import Assessment, Subject
from vigie.rules import dryrun, previewing, sources
from vigie.rules.kinds import When
from vigie.rules.models import Firing
from vigie.rules.previewing import Preview, preview
from vigie.rules.spec import RuleSpec
from vigie.rules.standing import Ruling
from vigie.watch.models import ChatMessage, Live

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
SOON = NOW + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    previewing.forget()


@pytest.fixture
def reader() -> Membership:
    return make_membership()


@pytest.fixture
def live(reader: Membership) -> Live:
    return on_air(reader.workspace)


def previewed(reader: Membership, rule: RuleSpec | None = None, *, now: datetime = SOON) -> Preview:
    return preview(rule or spec(), reader=reader, rule=None, now=now, zone=PARIS)


# ── numbers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_preview_tells_what_a_rule_would_have_done(reader: Membership, live: Live) -> None:
    chat(live, "clip", "hello", "clip that", at_s=10)
    chat(live, "a clip", by=2, at_s=200)

    found = previewed(reader, spec(cooldown="1 min"))

    assert (found.times, found.times_held) == (2, 1)
    assert [moment.last.text for moment in found.acted] == ["a clip", "clip"]
    assert [moment.last.text for moment in found.held] == ["clip that"]
    assert found.remaining == {"if-0": 3}
    assert found.brakes == {"cooldown": 1}
    assert {moment.live for moment in found.acted} == {live}


def test_a_preview_says_what_the_dry_run_says_and_what_happens(reader: Membership, live: Live) -> None:
    rule = spec(cooldown="30 s", quorum={"users": 2, "within": "20 s"}, unless=[{"says": "no"}], per_hour=2)
    version = make_rule(reader.workspace, rule)
    for place in range(30):
        chat(live, "clip", "no clip", by=place % 4, at_s=10 + 7 * place)
    look()
    happened = list(sources.recorded(live, {When.CHAT}))
    dry = list(dryrun.run([Ruling("1", rule, None, str(reader.workspace_id))], happened))

    found = previewed(reader, rule)

    assert found.times == sum(outcome.held is None for outcome in dry)
    assert found.times_held == sum(outcome.held is not None for outcome in dry)
    assert found.times == Firing.objects.filter(version=version, deed="acted").count() > 0
    assert found.times_held == sum(count for _, deed, _, count in told() if deed == "held")


@pytest.mark.parametrize(
    ("rule", "brakes"),
    [
        (spec(unless=[{"user": "viewer1"}]), {"except": 2, "unless-0": 2}),
        (spec(unless=[{"says": "no"}, {"user": "viewer1"}]), {"except": 2, "unless-1": 2}),
        (spec(unless=[{"says": "no"}, {"says": "clip"}]), {"except": 2, "unless-0": 2}),
        (spec(quorum={"users": 2, "within": "9 s"}), {"quorum": 2}),
        (spec(schedule={"from": "01:00", "to": "02:00"}), {"schedule": 2}),
        (spec(per_hour=1), {"hourly_cap": 1}),
    ],
)
def test_each_brake_says_how_often_it_held_back(
    reader: Membership, live: Live, rule: RuleSpec, brakes: dict[str, int]
) -> None:
    chat(live, "clip", "clip")

    assert previewed(reader, rule).brakes == brakes


def test_each_condition_says_how_much_it_left(reader: Membership, live: Live) -> None:
    chat(live, "clip", "hello", at_s=5)
    chat(live, "clip", by=2, at_s=9)

    found = previewed(reader, spec(conditions=[{"says": "clip"}, {"user": "viewer2"}]))

    assert found.remaining == {"if-0": 2, "if-1": 1}


def test_channels_narrow_a_preview(reader: Membership) -> None:
    plaza, market = (on_air(reader.workspace, name=name) for name in ("Plaza", "Market"))
    chat(plaza, "clip")
    chat(market, "clip", "clip")

    assert previewed(reader, spec(channels=["plaza"])).times == 1
    assert previewed(reader, spec(channels=["nowhere"])).times == 0
    assert previewed(reader).times == 3


def test_lives_at_the_same_time_are_looked_at_as_they_happened(reader: Membership) -> None:
    first, second = on_air(reader.workspace), on_air(reader.workspace)
    chat(first, "clip", at_s=10)
    chat(second, "clip", at_s=5)
    chat(first, "clip", at_s=40)

    found = previewed(reader, spec(cooldown={"rule": "20 s"}))

    assert [moment.last.at_s for moment in found.acted] == [40, 5]


def test_another_team_is_not_seen(reader: Membership) -> None:
    chat(on_air(), "clip")

    found = previewed(reader)

    assert (found.times, found.recorded.lives, found.recorded.is_all) == (0, [], True)


def test_what_is_older_than_a_week_is_left_out(reader: Membership, live: Live) -> None:
    chat(live, "clip")

    assert previewed(reader, now=NOW + timedelta(days=6)).times == 1
    previewing.forget()
    assert previewed(reader, now=NOW + timedelta(days=7, minutes=1)).recorded.lives == []


def test_what_the_version_in_force_did_is_told(reader: Membership, live: Live) -> None:
    version = make_rule(reader.workspace)
    chat(live, "clip", "clip")
    look()

    found = preview(spec(), reader=reader, rule=version.rule, now=SOON, zone=UTC)

    assert found.former_times == 2
    assert previewed(reader).former_times is None


@pytest.mark.parametrize(("of", "may_read"), [(Subject.CHAT, False), (Subject.UTTERANCE, True)])
def test_what_was_judged_of_a_chat_is_read_by_who_may_read_it(
    reader: Membership, live: Live, of: Subject, *, may_read: bool
) -> None:
    judge(live, 0.9, start_s=1)
    Assessment.objects.update(of=of)
    reader.workspace.modules = ["rules"]

    [moment] = previewed(reader, spec(when="assessment")).acted

    assert moment.may_read is may_read


def test_what_was_erased_is_not_read_for_as_long_as_the_preview_remembers_it(reader: Membership, live: Live) -> None:
    chat(live, "clip", by=1)
    chat(live, "clip too", by=2, at_s=20)
    previewed(reader)
    ChatMessage.objects.filter(text="clip").delete()

    found = previewed(reader, spec(cooldown="1 h"))

    assert [(moment.last.text, moment.may_read) for moment in found.acted] == [("clip", False)]
    assert [(moment.last.text, moment.may_read) for moment in found.held] == [("clip too", True)]


# ── how much is read, and how often ────────────────────────────────────────────────────────────────────────────────


def test_what_was_recorded_is_read_once_a_minute(
    reader: Membership, live: Live, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    chat(live, "clip")
    previewed(reader)
    chat(live, "clip", at_s=30)

    assert previewed(reader, now=SOON + timedelta(seconds=59)).times == 1
    assert previewed(reader, now=SOON + timedelta(seconds=61)).times == 2
    previewing.forget()
    previewed(reader)
    with django_assert_num_queries(2):  # which of the moments that are listed are still there, what was made of them
        previewed(reader)


def test_only_so_many_recordings_are_kept(reader: Membership, live: Live) -> None:
    for when in ("chat", "speech", "assessment", "live_started", "live_ended", "wave"):
        previewed(reader, spec(when=when, conditions=[{"says": "x"}] if when == "chat" else []))

    assert len(previewing._kept) == previewing.MOST_KEPT


def test_of_too_much_the_last_is_read(reader: Membership, live: Live) -> None:
    chat(live, *["clip"] * 9)

    found = previewing.lately(reader.workspace_id, frozenset({When.CHAT}), SOON, most=3)

    assert not found.is_all
    written = [happened.at_s for happened in found.happened if happened.kind is When.CHAT]
    assert written == [15, 16, 17, 18]  # with what came at the moment of the cut


def test_of_too_many_lives_the_last_are_read(reader: Membership, live: Live) -> None:
    chat(live, "clip")
    later = make_live(make_channel(reader.workspace), started_at=NOW + timedelta(minutes=5))
    chat(later, *["clip"] * 2)

    found = previewing.lately(reader.workspace_id, frozenset({When.CHAT}), SOON, most=3)

    assert (found.lives, found.is_all) == ([later], False)


def test_lives_are_as_long_as_they_were(reader: Membership, live: Live) -> None:
    make_live(live.channel, started_at=NOW - timedelta(minutes=10), ended_at=NOW)

    assert previewed(reader).recorded.length_s == 40 * 60


# ── what its reader may see ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("modules", "may_read"), [(["rules", "chat"], True), (["rules"], False)])
def test_a_chat_is_read_by_who_may(reader: Membership, live: Live, modules: list[str], *, may_read: bool) -> None:
    chat(live, "clip")
    reader.workspace.modules = modules

    [moment] = previewed(reader).acted

    assert moment.may_read is may_read


def test_what_was_made_of_a_text_stands_with_it(reader: Membership, live: Live) -> None:
    judge(live, 0.9, start_s=10, spans=[[0, 4, "slur"]])
    said = say(live, "a clip", start_s=30)

    [judged] = previewed(reader, spec(when="assessment")).acted
    assert judged.judged
    assert (judged.judged.score, judged.judged.spans) == (0.9, [[0, 4, "slur"]])
    assert {moment.last.key for moment in previewed(reader, spec(when="speech")).acted} >= {f"speech:{said}"}


def test_only_the_last_moments_are_listed(
    reader: Membership, live: Live, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    chat(live, *["clip"] * 9)

    assert [len(previewed(reader).acted), previewed(reader).times] == [previewing.SHOWN, 9]


def test_texts_are_known_by_their_kind() -> None:
    words = make_utterance(make_live(make_channel()))
    judged = make_assessment(words, score=0.4)
    keys = [f"speech:{words.pk}", f"chat:{words.pk}", f"assessment:{judged.pk}", "viewers:120", "live_started"]

    found = previewing.judged_of(keys)

    assert {key: row.pk for key, row in found.items()} == {
        f"speech:{words.pk}": judged.pk,
        f"assessment:{judged.pk}": judged.pk,
    }


# ── the axis ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_axis_has_the_readers_days(reader: Membership, live: Live) -> None:
    days = previewed(reader, now=NOW).days  # 11:00 in Paris on the 5th

    assert [day.on.day for day in days] == [29, 30, 31, 1, 2, 3, 4, 5]
    assert days[0].left == 0
    assert days[1].left == round(100 * 13 / 168, 2)
    assert [day.has_room for day in days] == [True] * 8


def test_a_day_of_which_little_is_left_is_not_named(reader: Membership) -> None:
    days = previewed(reader, now=datetime(2026, 1, 5, 1, 0, tzinfo=UTC)).days

    assert [day.has_room for day in days][-2:] == [True, False]


def test_a_place_on_the_axis_is_drawn_once(reader: Membership, live: Live) -> None:
    chat(live, *["clip"] * 50)

    found = previewed(reader, spec(cooldown="30 s"))

    assert (found.times, found.times_held) == (2, 48)
    assert [(dot.left, dot.has_acted) for dot in found.dots] == [(99.64, False), (99.64, True)]


@pytest.mark.parametrize(("texts", "is_too_wide"), [(20, False), (21, True)])
def test_a_rule_that_matches_all_the_time_is_told(
    reader: Membership, live: Live, texts: int, *, is_too_wide: bool
) -> None:
    chat(live, *["clip"] * texts, at_s=0)

    found = previewed(reader)

    assert found.most_a_minute == texts
    assert found.is_too_wide is is_too_wide


def test_ten_thousand_keywords_are_tried(reader: Membership, live: Live) -> None:
    chat(live, "keyword9999 comes", "nothing")

    found = previewed(reader, spec(conditions=[{"says": [f"keyword{n}" for n in range(10_000)]}]))

    assert found.times == 1
