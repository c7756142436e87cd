"""What vendors call languages, in the one way that Vigie does. Pure."""

ISO_639_1 = 2


def iso_639_1(tag: str | None) -> str | None:
    """Return the code that a language tag (RFC 5646: `fr-CA`) begins with, lower case; None for what has none."""
    code = (tag or "").partition("-")[0].lower()
    return code if len(code) == ISO_639_1 and code.isascii() and code.isalpha() else None
