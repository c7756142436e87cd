import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st

from vigie.adapters.web.packed import decrypt, starts_at_s
from vigie.adapters.web.playlist import Key, Part, Segment

KEY = b"0123456789abcdef"
OWNER = b"com.apple.streaming.transportStreamTimestamp\0"


def tag(stamp: bytes, owner: bytes = OWNER) -> bytes:
    frame = b"PRIV" + (len(owner) + len(stamp)).to_bytes(4) + b"\0\0" + owner + stamp
    return b"ID3\x04\0\0" + bytes([0, 0, 0, len(frame)]) + frame


def encrypted(data: bytes, iv: bytes) -> bytes:
    padding = 16 - len(data) % 16
    do = Cipher(AES(KEY), CBC(iv)).encryptor()
    return do.update(data + bytes([padding]) * padding) + do.finalize()


def segment(sequence: int, iv: bytes | None) -> Segment:
    return Segment(sequence, Part("1.ts"), 2.0, key=Key("key", iv))


@pytest.mark.parametrize(
    ("data", "start_s"),
    [
        (b"\x47 transport stream", None),
        (tag((900_000).to_bytes(8)) + b"\xff\xf1", 10.0),
        (tag(((1 << 33) + 90_000).to_bytes(8)), 1.0),
        (tag(b"\0\0\0"), 0.0),
        (tag(bytes(8), owner=b"someone.else\0"), 0.0),
        (b"ID3", 0.0),
    ],
)
def test_packed_audio_says_when_it_begins(data: bytes, start_s: float | None) -> None:
    assert starts_at_s(data) == start_s


@given(data=st.binary(max_size=100), iv=st.none() | st.binary(min_size=16, max_size=16), number=st.integers(0, 2**40))
def test_what_was_encrypted_is_read(data: bytes, iv: bytes | None, number: int) -> None:
    sent = encrypted(data, iv or number.to_bytes(16))

    assert decrypt(sent, KEY, segment(number, iv)) == data


@pytest.mark.parametrize("data", [b"", bytes(16), b"odd"])
def test_what_cannot_be_right_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"decrypt|block length"):
        decrypt(data, KEY, segment(0, None))


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="key size"):
        decrypt(bytes(16), b"short", segment(0, None))
