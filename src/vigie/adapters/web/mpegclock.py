"""The clock of MPEG streams, which begins again every 26.5 hours: 33 bits at 90 kHz (ISO 13818-1). Pure."""

CLOCK_HZ = 90_000
TURN_S = 2**33 / CLOCK_HZ


class MpegClock:
    """Counts the turns of one clock, so that times go on growing."""

    def __init__(self, near_s: float | None = None) -> None:
        """Begin with the turn in which `near_s` lies; without it, with the turn of the first sound."""
        self._near_s = near_s

    def of_sound(self, pts_s: float) -> float:
        """Return the time of the next sound, which what follows will be near to."""
        self._near_s = self.unwrapped(pts_s)
        return self._near_s

    def unwrapped(self, pts_s: float) -> float:
        """Return the one of the times that `pts_s` may stand for that is nearest to the sound."""
        return pts_s if self._near_s is None else pts_s + round((self._near_s - pts_s) / TURN_S) * TURN_S

    def near(self, pts_s: float) -> float:
        """Return the same as `unwrapped`; where no sound came yet, it will be near to this."""
        if self._near_s is None:
            self._near_s = pts_s
        return self.unwrapped(pts_s)

    def forget(self) -> None:
        """What follows is dated by another clock."""
        self._near_s = None
