"""The root of Vigie's own errors."""


class VigieError(Exception):
    """Vigie could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        """Take the first line of the class docstring as the message, unless given one."""
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])
