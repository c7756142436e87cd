"""Texts that come from outside, on their way into a column. Pure."""


def storable(text: str) -> str:
    """Return what a database can keep of a text: PostgreSQL takes no NUL, and nothing takes half a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
