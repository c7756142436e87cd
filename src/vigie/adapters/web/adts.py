"""AAC: the header that lets each packet stand alone (ADTS). Pure.

Source: ISO 13818-7 section 6.2 (the header), ISO 14496-3 section 1.6 (AudioSpecificConfig).
"""

from functools import lru_cache

HEADER_BYTES = 7
LOW_COMPLEXITY, LAST_OBJECT = 2, 4
ON_TOP = {5, 29}
"""Spectral band replication, with and without parametric stereo: decoders find them without being told."""
UNLISTED_RATE, MOST_CHANNELS, MOST_BYTES = 15, 7, 0x1FFF


def has_header(data: bytes) -> bool:
    """Return whether a packet of AAC has its header already. Without one, none begins so."""
    return len(data) > HEADER_BYTES and data[0] == 0xFF and data[1] & 0xF6 == 0xF0


@lru_cache(maxsize=1024)  # the packets of a live are of some hundred sizes
def header(config: bytes, size_bytes: int) -> bytes | None:
    """Return the header of a packet of `size_bytes` under an AudioSpecificConfig; None where no header can say it."""
    if len(config) < 2:
        return None
    bits = int.from_bytes(config[:2])
    kind, rate, channels = bits >> 11, bits >> 7 & 15, bits >> 3 & 15
    kind = LOW_COMPLEXITY if kind in ON_TOP else kind
    size = size_bytes + HEADER_BYTES
    can_say = 1 <= kind <= LAST_OBJECT and rate < UNLISTED_RATE and 1 <= channels <= MOST_CHANNELS
    if not can_say or size > MOST_BYTES:
        return None
    fields = ((0xFFF1, 16), (kind - 1, 2), (rate, 4), (0, 1), (channels, 3), (0, 4), (size, 13), (0x7FF, 11), (0, 2))
    value = 0
    for number, width in fields:
        value = value << width | number
    return value.to_bytes(HEADER_BYTES)
