"""The one error an adapter may raise."""


class PortError(Exception):
    """The outside world did not do what was asked."""

    def __init__(
        self, message: str, *, retryable: bool = False, retry_after_s: float | None = None, permanent: bool = False
    ) -> None:
        """Say what failed and whether asking again makes sense.

        Args:
            message: one line for a person: what, which, and what to do.
            retryable: the same request may succeed later.
            retry_after_s: how long the other side asked us to wait, in seconds.
            permanent: nothing but a change by a person will help (gone, not media, wrong password).
        """
        super().__init__(message)
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.permanent = permanent


class NotLive(PortError):
    """The source answered clearly: nothing is on air now."""
