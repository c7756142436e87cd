import pytest

from tests.factories import make_membership
from tests.site.audiences import make_audience, write
from vigie.site import chat_lines
from vigie.site.chat_lines import ChatLine
from vigie.watch.models import ChatMessage, Gap, Live, Track

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Live:
    return make_audience(make_membership().workspace)


@pytest.fixture
def said(live: Live) -> list[ChatMessage]:
    """A message a second, more than fit on a page."""
    return write(live, *(str(number) for number in range(450)))


def texts(lines: list[ChatLine]) -> list[int]:
    return [int(line.message.text) for line in lines if line.message]


def test_tail_is_the_end_and_what_comes_before(live: Live, said: list[ChatMessage]) -> None:
    last = chat_lines.tail(live)
    middle = chat_lines.tail(live, said[250])
    first = chat_lines.tail(live, said[50])

    assert texts(last.shown) == list(range(250, 450))
    assert (last.earlier, last.later) == (said[250].pk, None)
    assert texts(middle.shown) == list(range(50, 250))
    assert texts(first.shown) == list(range(50))
    assert first.earlier is None


def test_after_is_what_follows(live: Live, said: list[ChatMessage]) -> None:
    page = chat_lines.after(live, said[9])

    assert texts(page.shown) == list(range(10, 210))
    assert page.later == said[209].pk
    assert chat_lines.after(live, said[300]).later is None


@pytest.mark.parametrize(
    ("at_s", "first", "last", "has_earlier", "has_later"),
    [
        (0.0, 0, 99, False, True),
        (200.0, 100, 299, True, True),
        (449.0, 349, 449, True, False),
        (9000.0, 350, 449, True, False),
    ],
)
def test_around_is_both_sides_of_a_moment(
    live: Live, said: list[ChatMessage], *, at_s: float, first: int, last: int, has_earlier: bool, has_later: bool
) -> None:
    page = chat_lines.around(live, at_s)

    assert texts(page.shown) == list(range(first, last + 1))
    assert (page.earlier is not None, page.later is not None) == (has_earlier, has_later)
    assert page.earlier in {None, said[first].pk}
    assert page.later in {None, said[last].pk}


def test_around_nothing_is_nothing(live: Live) -> None:
    assert chat_lines.around(live, 10.0).shown == []


def test_messages_of_the_same_moment_are_kept_apart(live: Live) -> None:
    together = [write(live, str(number), at_s=5.0)[0] for number in range(5)]

    assert texts(chat_lines.tail(live, together[3]).shown) == [0, 1, 2]
    assert texts(chat_lines.after(live, together[1]).shown) == [2, 3, 4]


def test_pages_tell_each_gap_of_the_chat_once(live: Live, said: list[ChatMessage]) -> None:
    for from_s, track in ((10.5, Track.CHAT), (249.5, Track.CHAT), (300.5, Track.CHAT), (301.5, Track.MEDIA)):
        Gap.objects.create(live=live, track=track, from_s=from_s, to_s=from_s + 0.2, cause="x")

    pages = [chat_lines.tail(live), chat_lines.tail(live, said[250]), chat_lines.tail(live, said[50])]

    assert [[line.at_s for line in page.shown if line.gap] for page in pages] == [[300.5], [249.5], [10.5]]


def test_a_gap_before_the_first_message_is_told(live: Live) -> None:
    Gap.objects.create(live=live, track=Track.CHAT, from_s=0, to_s=3, cause="x")
    write(live, "1", at_s=4)

    assert [line.gap is not None for line in chat_lines.tail(live).shown] == [True, False]
