"""Telling other people's programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered, whatever it thinks of what it was sent."""

    status: int
    """HTTP."""
    body: str
    """Its beginning: at most 2,000 characters."""
    duration_s: float
    """From the first look for its address to the end of the answer, or of what is read of it."""
    retry_after_s: float | None = None
    """How long it asks to be left alone for."""


class WebhookSender(Protocol):
    """Posts what was signed elsewhere."""

    async def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer of a receiver, redirects included: nothing is followed.

        Raises PortError when there was none within 10 s; permanent where the address may not be reached at all.
        """
        ...
