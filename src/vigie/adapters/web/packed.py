"""What HLS wraps around bare sound: the ID3 tag that dates packed audio, and AES-128. Pure.

Source: RFC 8216 sections 3.4 and 4.3.2.4.
"""

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from vigie.adapters.web.mpegclock import CLOCK_HZ
from vigie.adapters.web.playlist import Segment

_OWNER = b"com.apple.streaming.transportStreamTimestamp\0"
_TIMESTAMP_BYTES = 8
_CLOCK_BITS = 33
_BLOCK_BYTES = 16


def starts_at_s(data: bytes) -> float | None:
    """Return when the sound of a segment of packed audio begins, in seconds; None where its container has a clock."""
    if not data.startswith(b"ID3"):
        return None
    start = data.find(_OWNER, 0, 4096) + len(_OWNER)
    stamp = data[start : start + _TIMESTAMP_BYTES]
    if start < len(_OWNER) or len(stamp) < _TIMESTAMP_BYTES:
        return 0.0
    return (int.from_bytes(stamp) & (1 << _CLOCK_BITS) - 1) / CLOCK_HZ


def decrypt(data: bytes, key: bytes, segment: Segment) -> bytes:
    """Return the plain bytes of a segment. Raises ValueError when key or data cannot be right."""
    iv = segment.key.iv if segment.key and segment.key.iv else segment.sequence.to_bytes(_BLOCK_BYTES)
    undo = Cipher(AES(key), CBC(iv)).decryptor()
    plain = undo.update(data) + undo.finalize()
    padding = plain[-1] if plain else 0
    if not 1 <= padding <= _BLOCK_BYTES:
        raise ValueError("the segment does not decrypt")
    return plain[:-padding]
