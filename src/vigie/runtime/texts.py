"""Texts that come from outside, on their way into a column or a header. Pure."""


def storable(text: str) -> str:
    """Return what a database can keep of a text: PostgreSQL takes no NUL, and nothing takes half a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """Return a text without line breaks: a name may hold some, the header of a mail may not."""
    return " ".join(text.split())
