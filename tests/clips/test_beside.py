import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.clips.rows import make_clip
from tests.factories import make_assessment, make_channel, make_live, make_membership, make_utterance
from tests.site.audiences import make_audience, write
from vigie.clips.beside import MOST, Line, Span, beside, span_of
from vigie.clips.models import Clip
from vigie.people.models import Membership, Preset
from vigie.watch.models import Gap, Live, Track

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_membership("moderator")


@pytest.fixture
def live(member: Membership) -> Live:
    return make_audience(member.workspace)


@pytest.fixture
def clip(live: Live) -> Clip:
    """From 10 to 50 s of its live."""
    return make_clip(live, starts_s=10.0, duration_s=40.0)


@pytest.mark.parametrize(
    ("duration_s", "starts_s", "span"),
    [
        (None, None, Span(30.0, 70.0)),
        (40.0, 29.5, Span(29.5, 69.5)),
        (40.0, None, Span(30.0, 70.0, is_about=True)),
        (100.0, None, Span(0.0, 70.0, is_about=True)),
    ],
)
def test_a_clip_lies_where_it_was_cut_or_about_there(
    duration_s: float | None, starts_s: float | None, span: Span
) -> None:
    clip = Clip(from_s=30.0, to_s=70.0, duration_s=duration_s, starts_s=starts_s)

    assert span_of(clip) == span


def test_words_and_chat_of_a_clip_stand_beside_it(member: Membership, live: Live, clip: Clip) -> None:
    before, into, inside, after = (make_utterance(live, start_s=start_s) for start_s in (2.0, 8.0, 30.0, 50.0))
    judged = make_assessment(inside, score=0.8)
    early, late = write(live, "early", at_s=9.0) + write(live, "late", at_s=50.0)
    written = write(live, "clip it", at_s=30.0)

    shown = beside(clip, member)

    assert shown.words is not None
    assert shown.words.shown == [Line(8.0, into), Line(30.0, inside, judged)]
    assert shown.chat is not None
    assert [line.message for line in shown.chat.shown] == written
    assert not {before.pk, after.pk} & {line.utterance.pk for line in shown.words.shown if line.utterance}
    assert {early.pk, late.pk}.isdisjoint(line.message.pk for line in shown.chat.shown if line.message)


def test_gaps_are_lines_each_among_its_own(member: Membership, live: Live, clip: Clip) -> None:
    heard = Gap.objects.create(live=live, track=Track.MEDIA, from_s=5.0, to_s=12.0, cause="x")
    read = Gap.objects.create(live=live, track=Track.CHAT, from_s=40.0, to_s=60.0, cause="x")
    Gap.objects.create(live=live, track=Track.CHAT, from_s=60.0, to_s=61.0, cause="x")

    shown = beside(clip, member)

    assert shown.words is not None
    assert shown.words.shown == [Line(5.0, gap=heard)]
    assert shown.chat is not None
    assert shown.chat.shown == [Line(40.0, gap=read)]


def test_whoever_may_not_read_gets_nothing(live: Live, clip: Clip) -> None:
    administrator = make_membership("administrator", workspace=live.channel.workspace)
    administrator.workspace.preset = Preset.PUBLIC_BODY

    shown = beside(clip, administrator)

    assert (shown.words, shown.chat) == (None, None)


def test_a_team_that_reads_no_chats_has_words_alone(member: Membership, clip: Clip) -> None:
    member.workspace.modules = ["moderation", "clips"]

    shown = beside(clip, member)

    assert shown.words is not None
    assert shown.chat is None


def test_a_live_of_the_web_has_no_chat(member: Membership) -> None:
    clip = make_clip(make_live(make_channel(member.workspace)))

    assert beside(clip, member).chat is None


def test_a_clip_whose_live_is_gone_stands_alone(member: Membership, clip: Clip) -> None:
    clip.live = None

    shown = beside(clip, member)

    assert (shown.words, shown.chat) == (None, None)


def test_of_a_busy_chat_the_first_lines_are_shown(member: Membership, live: Live, clip: Clip) -> None:
    for at_s in range(10, 45):
        write(live, *["more"] * 9, at_s=at_s / 1.0, by=at_s)

    shown = beside(clip, member)

    assert shown.chat is not None
    assert (len(shown.chat.shown), shown.chat.has_more) == (MOST, True)


@pytest.mark.parametrize("count", [1, 3])
def test_three_lines_ask_as_much_as_one(member: Membership, live: Live, clip: Clip, count: int) -> None:
    for number in range(count):
        make_assessment(make_utterance(live, start_s=11.0 + number))
        write(live, "clip", at_s=12.0 + number)
    assert member.permissions
    fresh = Clip.objects.select_related("live__channel").get(pk=clip.pk)

    with CaptureQueriesContext(connection) as asked:
        beside(fresh, member)

    assert len(asked) == 5
