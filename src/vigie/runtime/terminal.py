"""What a terminal is shown: text of others as it is read, never as commands to the terminal."""

import os
import re
import sys
from pathlib import Path

_COMMANDS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but the tab; what reverses the order of a line (UAX #9), or breaks it; halves of characters."""


def visible(text: str) -> str:
    """Return `text` with a sign for each character that would move the cursor, color, erase or reverse: same length."""
    return _COMMANDS.sub(lambda command: _sign(ord(command[0])), text)


def _sign(code: int) -> str:
    """Return the picture that Unicode has of a control character of ASCII, for others the replacement character."""
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def open_streams() -> None:
    """Give empty standard streams to a program that was started without: else the first files it opens are them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 -- for good


def hush() -> None:
    """Let what is still to be printed go nowhere: it cannot be written, and Python would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
