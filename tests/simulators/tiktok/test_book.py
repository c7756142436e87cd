from vigie.simulators.tiktok.book import Asked, Book, Delivered
from vigie.simulators.tiktok.faults import Route
from vigie.simulators.tiktok.frames import Frame
from vigie.simulators.tiktok.happenings import Comment, MessageKind, viewer
from vigie.simulators.tiktok.messages import Stamp, write

MESSAGE = write(Comment(viewer(1), "un"), Stamp(5, 101, 0))


def test_requests_are_kept_in_order() -> None:
    book = Book()
    asked = [Asked(route, ("alice",), "/", {}, {"x-api-key": "secret"}) for route in (Route.ALIVE, Route.SIGN)]
    for it in asked:
        book.note(it)

    assert book.asked() == asked
    assert "secret" not in repr(asked)


def test_deliveries_are_kept_by_broadcaster() -> None:
    book = Book()
    book.hand_over(11, "here:1", Frame(7, (MESSAGE,)))
    book.hand_over(11, "here:2", Frame(7, (MESSAGE,), is_history=True))

    assert book.delivered(11) == [
        Delivered(5, MessageKind.COMMENT, "here:1", 7),
        Delivered(5, MessageKind.COMMENT, "here:2", 7, is_history=True),
    ]
    assert book.delivered(12) == []


def test_what_was_lost_is_struck_out() -> None:
    book = Book()
    for connection, log_id in (("here:1", 7), ("here:1", 8), ("here:2", 8)):
        book.hand_over(11, connection, Frame(log_id, (MESSAGE,)))
    book.take_back(11, "here:1", [Frame(8)])

    assert [(it.connection, it.log_id) for it in book.delivered(11)] == [("here:1", 7), ("here:2", 8)]


def test_only_what_a_client_said_to_have_is_acknowledged() -> None:
    book = Book()
    for log_id in (7, 8):
        book.hand_over(11, "here:1", Frame(log_id, (MESSAGE,)))
    book.acknowledge("here:1", 8)
    book.acknowledge("here:2", 7)

    assert [it.log_id for it in book.acknowledged(11)] == [8]
