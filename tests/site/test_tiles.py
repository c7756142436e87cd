from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOW, make_alert, make_assessment, make_channel, make_live, make_membership, make_utterance
from vigie.moderation.models import AlertState
from vigie.people.models import Membership
from vigie.risk.models import Assessment, Outcome
from vigie.site import attention, tiles
from vigie.site.attention import Reason
from vigie.site.tiles import Tile, Wanted
from vigie.watch.models import (
    AiringState,
    Channel,
    ChatState,
    Gap,
    Live,
    LiveMark,
    LiveSample,
    LiveState,
    MarkKind,
    Platform,
    Presence,
    Thumbnail,
    Track,
)

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=10)
EDGE_S = 600.0


def tile_of(live: Live, *, with_words: bool = True, with_alerts: bool = True) -> Tile:
    [tile] = tiles.tiles_of([live], LATER, with_words=with_words, with_alerts=with_alerts)
    return tile


def say(live: Live, *, end_s: float, text: str = "Bonjour.", score: float = 0.1) -> Assessment:
    return make_assessment(make_utterance(live, text=text, start_s=end_s - 3.5), score=score)


# ── how a live does ──


def test_vitals_show_the_pace_of_a_chat_that_is_read() -> None:
    live = make_live(chat_state=ChatState.OK)
    LiveSample.objects.create(live=live, at_s=590, messages=7)
    LiveSample.objects.create(live=live, at_s=200, messages=99)

    spark = tile_of(live).vitals.spark

    assert spark is not None
    assert spark.a_minute == 7
    assert spark.path.endswith(" 58 0")


def test_vitals_show_no_pace_of_a_chat_that_nobody_reads_or_of_what_is_over() -> None:
    silent, over = make_live(), make_live(chat_state=ChatState.OK, ended_at=LATER)

    assert tile_of(silent).vitals.spark is None
    assert tile_of(over).vitals.spark is None


@pytest.mark.parametrize(
    ("kind", "age_s", "why"),
    [
        (MarkKind.BURST, 119, Reason.BURST),
        (MarkKind.BURST, 121, Reason.CALM),
        (MarkKind.PERSON, 1, Reason.CALM),
    ],
)
def test_vitals_tell_of_a_burst_for_two_minutes(kind: str, age_s: int, why: Reason) -> None:
    live = make_live()
    placed_at = LATER - timedelta(seconds=age_s)
    LiveMark.objects.create(live=live, kind=kind, from_s=0, to_s=10, placed_at=placed_at)

    assert tile_of(live).vitals.why == why


# ── what is said ──


def test_words_are_the_last_three_sentences_as_they_were_judged() -> None:
    live = make_live()
    said = [say(live, end_s=end_s) for end_s in (10, 20, 30, 40)]
    say(live, end_s=50, text="")
    Assessment.objects.filter(pk=say(live, end_s=60).pk).update(outcome=Outcome.WAITING)

    words = tile_of(live).words

    assert words is not None
    assert [sentence.said for sentence in words.sentences] == said[1:]


@pytest.mark.parametrize(("after_s", "late_s"), [(6.0, 6.0), (-2.0, 0.0), (None, None)])
def test_sentence_tells_how_late_it_was(after_s: float | None, late_s: float | None) -> None:
    live = make_live()
    said = say(live, end_s=20.0)
    said.assessed_at = None if after_s is None else NOW + timedelta(seconds=20 + after_s)

    assert tiles.sentence_of(said, live).late_s == late_s


def test_words_draw_the_risk_of_five_minutes() -> None:
    live = make_live()
    say(live, end_s=100, score=0.9)
    say(live, end_s=400, score=0.5)
    Assessment.objects.filter(pk=say(live, end_s=500, score=0.8).pk).update(outcome=Outcome.ABSTAINED)
    Gap.objects.create(live=live, from_s=550, to_s=560, cause="x")
    Gap.objects.create(live=live, from_s=100, to_s=110, cause="older")
    Gap.objects.create(live=live, from_s=540, to_s=560, cause="x", track=Track.CHAT)

    words = tile_of(live).words

    assert words is not None
    assert (words.bars.first, words.bars.peak, words.bars.high) == (61, 0.5, "")
    assert [run.x for run in words.bars.gaps] == ["110.0"]
    assert tiles.peak_of(live, LATER) == 0.5


# ── alerts ──


def test_alarm_is_the_newest_of_the_most_severe_that_wait() -> None:
    live = make_live()
    for minute, score, state in (
        (1, 0.75, AlertState.PENDING),
        (2, 0.9, AlertState.PENDING),
        (3, 0.5, AlertState.PENDING),
        (4, 0.95, AlertState.DISMISSED),
    ):
        make_alert(say(live, end_s=60 * minute, score=score), state=state, raised_at=NOW + timedelta(minutes=minute))

    alarm = tile_of(live).alarm

    two, four = NOW + timedelta(minutes=2), NOW + timedelta(minutes=4)
    assert alarm == tiles.Alarm(total=4, pending=3, score=0.9, raised_at=two, last_at=four)
    assert alarm.urgency == attention.urgency(0.9, two)


def test_alarm_of_a_live_without_alerts_has_no_urgency() -> None:
    alarm = tile_of(make_live()).alarm

    assert alarm == tiles.Alarm()
    assert alarm.urgency == 0


@pytest.mark.parametrize(
    ("score", "state", "urgent"),
    [(0.5, AlertState.PENDING, True), (0.1, AlertState.PENDING, True), (0.9, AlertState.REVIEWED, False)],
)
def test_alarm_counts_only_what_waits(score: float, state: str, *, urgent: bool) -> None:
    live = make_live()
    make_alert(say(live, end_s=60, score=score), state=state)

    alarm = tile_of(live).alarm

    assert alarm is not None
    assert (alarm.urgency > 0) == urgent


# ── tiles ──


def test_tile_leaves_out_what_its_reader_may_not_see() -> None:
    live = make_live()
    make_alert(say(live, end_s=60, score=0.9))

    tile = tile_of(live, with_words=False, with_alerts=False)

    assert (tile.words, tile.alarm) == (None, None)
    assert tile.place == attention.place(0, attention.rank(Reason.CALM))


def test_tile_knows_the_moment_of_its_picture() -> None:
    live = make_live()
    assert tile_of(live).pictured_at_s is None

    Thumbnail.objects.create(live=live, at_s=12.5, jpeg=b"x")

    assert tile_of(live).pictured_at_s == 12.5


@pytest.mark.parametrize("count", [1, 50])
def test_tiles_ask_as_much_for_one_live_as_for_fifty(count: int) -> None:
    lives = []
    for _ in range(count):
        live = make_live(chat_state=ChatState.OK)
        make_alert(say(live, end_s=400, score=0.9))
        LiveSample.objects.create(live=live, at_s=590, messages=1)
        lives.append(live)

    with CaptureQueriesContext(connection) as queries:
        shown = tiles.tiles_of(lives, LATER, with_words=True, with_alerts=True)

    assert len(queries) == 9
    assert [tile.live for tile in shown] == lives


def test_tiles_of_nothing_are_none() -> None:
    assert tiles.tiles_of([], LATER, with_words=True, with_alerts=True) == []


# ── which lives ──


@pytest.fixture
def member() -> Membership:
    return make_membership("moderator")


def on(platform: str, member: Membership, **fields: str) -> Live:
    channel = make_channel(member.workspace, platform=platform)
    Channel.objects.filter(pk=channel.pk).update(is_watched=True)
    return make_live(channel, state=fields.get("state", LiveState.OK))


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (Wanted(), ["web", "tiktok", "twitch"]),
        (Wanted(platform="tiktok"), ["tiktok"]),
        (Wanted(is_badly_heard=True), ["twitch"]),
    ],
)
def test_lives_are_those_wanted_in_the_order_in_which_they_began(
    member: Membership, wanted: Wanted, shown: list[str]
) -> None:
    on(Platform.WEB, member)
    on(Platform.TIKTOK, member)
    on(Platform.TWITCH, member, state=LiveState.LAG)
    make_live()

    assert [live.channel.platform for live in tiles.lives_of(member, wanted, LATER)] == shown


def test_lives_that_ended_stay_for_ten_minutes(member: Membership) -> None:
    live = on(Platform.WEB, member)
    Live.objects.update(ended_at=NOW, state=LiveState.ENDED)

    ten = timedelta(minutes=10)
    assert tiles.lives_of(member, Wanted(), NOW + ten - timedelta(seconds=1)) == [live]
    assert tiles.lives_of(member, Wanted(), NOW + ten) == []


def believe(channel: Channel, airing: str) -> None:
    Presence.objects.create(channel=channel, airing=airing, since=NOW, due_at=NOW)


def unknown(member: Membership) -> Channel:
    channel = make_channel(member.workspace, platform=Platform.TWITCH)
    Channel.objects.filter(pk=channel.pk).update(is_watched=True)
    believe(channel, AiringState.UNKNOWN)
    return channel


def test_unknown_channels_have_a_tile_of_their_own(member: Membership) -> None:
    channel = unknown(member)

    [tile] = tiles.unknown_of(member, Wanted(), [])

    assert tile.presence.channel == channel
    assert tile.place == attention.place(0, attention.rank(Reason.UNKNOWN))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda channel: Presence.objects.update(airing=AiringState.OFFLINE), Wanted()),
        (lambda channel: Channel.objects.update(is_watched=False), Wanted()),
        (lambda channel: Channel.objects.update(workspace=make_channel().workspace), Wanted()),
        (lambda channel: None, Wanted(platform="tiktok")),
        (lambda channel: None, Wanted(is_badly_heard=True)),
    ],
)
def test_unknown_channels_are_those_watched_and_wanted(
    member: Membership, change: Callable[[Channel], object], wanted: Wanted
) -> None:
    change(unknown(member))

    assert tiles.unknown_of(member, wanted, []) == []


def test_unknown_channels_with_a_live_are_not_shown_twice(member: Membership) -> None:
    live = make_live(unknown(member))

    assert tiles.unknown_of(member, Wanted(), [live]) == []
