"""Which pages a person has open, as far as their session knows: a reading is accounted for once a visit."""

from collections.abc import MutableMapping
from typing import Any

KEY = "visits"
KEPT = 40
"""Pages that may be open side by side; the one opened longest ago is then forgotten, and counts again."""

Session = MutableMapping[str, Any]


def begin(session: Session, page: str) -> None:
    """Note that a page was opened (`alert:7`), and forget what was done on it before (`alert:7/sound`)."""
    others = [other for other in session.get(KEY, []) if other.partition("/")[0] != page]
    session[KEY] = [*others, page][-KEPT:]


def is_first(session: Session, page: str) -> bool:
    """Return whether a page was not known to be open, or something not to be done on it; it now is."""
    if page in session.get(KEY, []):
        return False
    begin(session, page)
    return True
