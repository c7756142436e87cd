"""The chat of a live, read from its end, around a moment, by words."""

import pytest
from django.db import connection

from tests.factories import NOW, make_live
from tests.watch.audiences import heard
from vigie.events import ActivityKind
from vigie.watch import queries
from vigie.watch.models import ChatMessage, Live
from vigie.watch.operations import chat
from vigie.watch.operations.chat import Roll
from vigie.watch.queries import ChatPage

pytestmark = pytest.mark.django_db
IGNORES_ACCENTS = connection.vendor == "sqlite"
"""PostgreSQL looks for words as they are written."""


def texts(page: ChatPage) -> tuple[list[str], bool]:
    return [message.text for message in page.messages], page.has_more


@pytest.fixture
def live() -> Live:
    live = make_live()
    batch = [heard(live, str(number), by=number % 3, at_s=float(number), text=f"m{number}") for number in range(6)]
    chat.store_chat([*batch, heard(live, "like", kind=ActivityKind.LIKE, at_s=2.0)], Roll(), NOW)
    return live


def write(live: Live, *words: str) -> None:
    chat.store_chat(
        [heard(live, text, text=text, at_s=float(number)) for number, text in enumerate(words)], Roll(), NOW
    )


def test_the_tail_is_the_end_in_order_without_likes(live: Live) -> None:
    assert texts(queries.chat_tail(live, most=3)) == (["m3", "m4", "m5"], True)
    assert texts(queries.chat_tail(live)) == ([f"m{number}" for number in range(6)], False)
    assert texts(queries.chat_tail(make_live())) == ([], False)


def test_before_a_message_come_those_that_were_written_earlier(live: Live) -> None:
    third = ChatMessage.objects.get(text="m3")

    assert texts(queries.chat_tail(live, third, most=2)) == (["m1", "m2"], True)


def test_messages_of_the_same_moment_are_paged_once_each() -> None:
    live = make_live()
    chat.store_chat([heard(live, str(number), text=str(number), at_s=1.0) for number in range(5)], Roll(), NOW)
    last = queries.chat_tail(live, most=2)
    before = queries.chat_tail(live, last.messages[0], most=2)

    assert (texts(last), texts(before)) == ((["3", "4"], True), (["1", "2"], True))


def test_between_two_moments_lie_the_first_messages(live: Live) -> None:
    assert texts(queries.chat_between(live, 1.0, 4.0)) == (["m1", "m2", "m3"], False)
    assert texts(queries.chat_between(live, 1.0, 4.0, most=2)) == (["m1", "m2"], True)
    assert queries.count_between(live, 1.0, 4.0) == 3


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("clip", ["Clip ça", "clip"]),
        ("cli", ["Clip ça", "clip"]),
        ("ÇA clip", ["Clip ça"]),
        ("ca", ["Clip ça"] if IGNORES_ACCENTS else []),
        ("absent", []),
        ('"; DROP TABLE', []),
        ("* OR NEAR(", []),
        ("", []),
        ("!!!", []),
    ],
)
def test_words_are_found_by_their_beginning_and_without_their_accents(words: str, found: list[str]) -> None:
    live = make_live()
    write(live, "Clip ça", "rien", "clip")

    assert texts(queries.chat_found(live, words)) == (found, False)


def test_what_is_erased_is_found_no_more() -> None:
    live = make_live()
    write(live, "clip", "clip encore")
    ChatMessage.objects.filter(text="clip").delete()
    ChatMessage.objects.update(text="changé")

    assert texts(queries.chat_found(live, "clip")) == ([], False)
    assert texts(queries.chat_found(live, "changé")) == (["changé"], False)


def test_words_of_other_lives_are_not_found(live: Live) -> None:
    write(make_live(), "clip")

    assert texts(queries.chat_found(live, "clip")) == ([], False)


def test_every_message_is_all_that_was_done(live: Live) -> None:
    assert sum(1 for _ in queries.every_message(live)) == 7


def test_among_rows_are_what_was_said_in_order_without_replayed_history(live: Live) -> None:
    batch = [
        heard(live, "old", text="before", at_s=9.0, is_history=True),
        heard(live, "late", text="second", at_s=8.0),
        heard(live, "early", text="first", at_s=7.0),
        heard(live, "another like", kind=ActivityKind.LIKE, at_s=7.5),
    ]
    chat.store_chat(batch, Roll(), NOW)
    ids = list(ChatMessage.objects.filter(at_s__gte=7.0).values_list("pk", flat=True))

    assert len(ids) == len(batch)
    assert [message.text for message in queries.messages_among(ids)] == ["first", "second"]
    assert queries.messages_among([]) == []


def test_chatters_are_counted(live: Live) -> None:
    found = queries.chatters_for(live.channel.workspace_id).order_by("login")

    assert list(found.values_list("login", "messages_count")) == [  # type: ignore[misc] # annotated there
        ("viewer0", 2),
        ("viewer1", 3),
        ("viewer2", 2),
    ]


def test_reading_a_chat_is_one_query(live: Live, django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator] # a fixture that is called
        assert [message.chatter.shown for message in queries.chat_tail(live).messages]


@pytest.mark.skipif(not IGNORES_ACCENTS, reason="PostgreSQL has no index of words")
def test_the_index_of_words_is_kept_by_triggers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'watch_chatmessage'")
        assert {name for (name,) in cursor.fetchall()} == {
            "chat_search_delete",
            "chat_search_insert",
            "chat_search_update",
        }


@pytest.mark.parametrize("sought", ["été", "ÉTÉ", "e\u0301te\u0301"])
def test_an_accent_may_be_a_sign_of_its_own(sought: str) -> None:
    live = make_live()
    write(live, "une fete", "un " + ("e\u0301te\u0301" if IGNORES_ACCENTS else sought))

    assert len(queries.chat_found(live, sought).messages) == 1


def test_chatters_of_other_teams_are_not_counted(live: Live) -> None:
    write(make_live(), "clip")

    assert queries.chatters_for(live.channel.workspace_id).count() == 3
