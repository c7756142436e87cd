"""Numbers that come from outside: addresses, the sockets of pages. Pure."""

LONGEST_DIGITS = 18
"""What fits into a column; Python refuses to read more than 4300, databases far fewer."""


def number(text: str) -> int | None:
    """Return the number that a text is, 0 or more; None for anything else, or for a larger one than any row has."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_DIGITS else None
