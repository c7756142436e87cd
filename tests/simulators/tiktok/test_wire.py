import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.simulators.tiktok.wire import decode, encode, varint

SCHEMA = {"number": 1, "text": 2, "body": 3, "many": 4, "pairs": 5}


@pytest.mark.parametrize(
    ("value", "body"),
    [(0, b"\x00"), (1, b"\x01"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02"), (-1, b"\xff" * 9 + b"\x01")],
)
def test_integers_are_varints(value: int, body: bytes) -> None:
    assert varint(value) == body


@pytest.mark.parametrize(
    ("values", "body"),
    [
        ({"number": 150}, b"\x08\x96\x01"),
        ({"text": "testing"}, b"\x12\x07testing"),
        ({"body": b"\x00\xff"}, b"\x1a\x02\x00\xff"),
        ({"many": [1, 0, 2]}, b"\x20\x01\x20\x00\x20\x02"),
        ({"many": [b"a", b""]}, b"\x22\x01a\x22\x00"),
        ({"pairs": {"k": "v"}}, b"\x2a\x06\x0a\x01k\x12\x01v"),
        ({"number": 0, "text": "", "body": b"", "many": [], "pairs": {}}, b""),
        ({"number": True}, b"\x08\x01"),
    ],
)
def test_messages_are_written_as_protobuf_does(values: dict[str, int], body: bytes) -> None:
    assert encode(SCHEMA, **values) == body


def test_a_field_that_the_schema_lacks_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        encode(SCHEMA, other=1)


@given(number=st.integers(0, 2**64 - 1), text=st.text(), body=st.binary())
def test_what_is_written_is_read(number: int, text: str, body: bytes) -> None:
    read = decode(encode(SCHEMA, number=number, text=text, body=body))

    assert read.get(1, 0) == number
    assert read.get(2, b"") == text.encode()
    assert read.get(3, b"") == body


def test_fixed_fields_are_read_over() -> None:
    assert decode(b"\x0d\x01\x02\x03\x04\x11" + b"\x00" * 8 + b"\x18\x05") == {
        1: b"\x01\x02\x03\x04",
        2: bytes(8),
        3: 5,
    }


@pytest.mark.parametrize("body", [b"\x08", b"\x12\x05abc", b"\x0b\x00", b"\xff" * 12, b"\x0d\x01"])
def test_garbage_is_no_message(body: bytes) -> None:
    with pytest.raises(ValueError, match="no protobuf"):
        decode(body)


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        fields = decode(body)
    except ValueError:
        return
    assert all(isinstance(value, int | bytes) for value in fields.values())
