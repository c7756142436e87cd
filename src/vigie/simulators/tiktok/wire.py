"""The wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as much as the push server needs.

A schema maps the names of fields to their numbers; the type of a value says how it is written.
"""

from collections.abc import Iterator, Mapping

VARINT, LENGTH_DELIMITED = 0, 2
FIXED_BYTES = {1: 8, 5: 4}
UINT64 = 2**64 - 1

Value = int | str | bytes | list[int] | list[bytes] | dict[str, str]


def encode(schema: Mapping[str, int], **values: Value) -> bytes:
    """Return a message. Zero, false and empty values are left out, as proto3 does. Raises KeyError for no field."""
    return b"".join(_field(schema[name], value) for name, value in values.items() if value)


def decode(body: bytes) -> dict[int, int | bytes]:
    """Return the last value of every field by its number. Raises ValueError for what is no message."""
    try:
        return dict(_fields(body))
    except (IndexError, KeyError) as error:
        raise ValueError("This is no protobuf message.") from error


def varint(value: int) -> bytes:
    """Return an integer as a varint; a negative one as its two's complement in 64 bits."""
    rest, out = value & UINT64, bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def _field(number: int, value: Value) -> bytes:
    if isinstance(value, list):
        return b"".join(_field(number, item) for item in value)
    if isinstance(value, dict):
        return b"".join(_delimited(number, _field(1, key) + _field(2, item)) for key, item in value.items())
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    return _delimited(number, value.encode() if isinstance(value, str) else value)


def _delimited(number: int, body: bytes) -> bytes:
    return varint(number << 3 | LENGTH_DELIMITED) + varint(len(body)) + body


def _fields(body: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(body):
        key, at = _read_varint(body, at)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, at = _read_varint(body, at)
            yield number, value
            continue
        size = FIXED_BYTES.get(kind, 0)
        if kind == LENGTH_DELIMITED:
            size, at = _read_varint(body, at)
        if not (size or kind == LENGTH_DELIMITED) or at + size > len(body):
            raise KeyError(kind)
        yield number, body[at : at + size]
        at += size


def _read_varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while body[at] > 0x7F:
        value |= (body[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return value | body[at] << shift, at + 1
