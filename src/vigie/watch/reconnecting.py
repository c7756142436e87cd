"""What to do when the media of a live breaks off: ask again, when, or stop. Pure: trouble in, decision out."""

from dataclasses import dataclass, field, replace
from random import Random

from vigie.ports import NotLive, PortError


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to insist."""

    first_s: float = 0.5
    longest_s: float = 30.0
    healthy_s: float = 15.0
    """A connection that lasted this long starts the count of failures anew."""
    answers: int = 2
    """How often in a row the platform must say that the live is over."""
    refusals: int = 6
    """How often in a row a source that has worked may be refused for good before it is believed."""
    tries: int = 5
    """How often a source that has never worked is asked."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again after `delay_s` seconds."""

    delay_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Ask no more."""

    reason: str
    is_over: bool
    """The live is known to be over; otherwise it cannot be had."""
    trouble: PortError | None = field(default=None, compare=False)
    """What the other side said last, where it is the reason."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was tried since the last healthy connection."""

    has_worked: bool = False
    failures: int = 0
    answers: int = 0
    refusals: int = 0

    def connected(self, lasted_s: float, patience: Patience) -> "Attempts":
        """Return the attempts after a connection that brought sound for `lasted_s` seconds."""
        if lasted_s >= patience.healthy_s:
            return Attempts(has_worked=True)
        return replace(self, has_worked=True, answers=0, refusals=0)

    def failed(self, error: PortError, rng: Random, patience: Patience) -> tuple["Attempts", Wait | Stop]:
        """Return the attempts after `error`, and what to do.

        The wait doubles from failure to failure, is shortened by up to a half at random so that many lives do not come
        back at once, and is never shorter than the other side asked for.
        """
        over = isinstance(error, NotLive)
        after = replace(
            self,
            failures=self.failures + 1,
            answers=self.answers + 1 if over else 0,
            refusals=self.refusals + 1 if error.permanent else 0,
        )
        reason = str(error)
        if after.answers >= patience.answers:
            return after, Stop(reason, is_over=True, trouble=error)
        asked_to_wait = (error.retry_after_s or 0.0) > patience.longest_s
        if not self.has_worked and (error.permanent or asked_to_wait or after.failures >= patience.tries):
            return after, Stop(reason, is_over=False, trouble=error)
        if after.refusals >= patience.refusals:
            return after, Stop(reason, is_over=True, trouble=error)
        longest_s = min(patience.longest_s, patience.first_s * 2.0 ** min(self.failures, 30))
        return after, Wait(max(longest_s * rng.uniform(0.5, 1.0), error.retry_after_s or 0.0), reason)
