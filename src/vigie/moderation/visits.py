"""What is accounted for once a visit to an alert, however many requests its page makes. Lives in the session."""

from collections.abc import MutableMapping
from typing import Any

KEY = "alert_visit"

Session = MutableMapping[str, Any]


def begin(session: Session, pk: int) -> None:
    """Note that the page of an alert was opened, and accounted for."""
    session[KEY] = {"alert": pk, "heard": False}


def is_at(session: Session, pk: int) -> bool:
    """Return whether the alert's page is the one last opened: its fragments need no account of their own."""
    visit: dict[str, Any] = session.get(KEY, {})
    return visit.get("alert") == pk


def is_first_hearing(session: Session, pk: int) -> bool:
    """Return whether the sound of an alert was not heard yet since its page was opened; it now was."""
    if is_at(session, pk) and session[KEY]["heard"]:
        return False
    session[KEY] = {"alert": pk, "heard": True}
    return True
