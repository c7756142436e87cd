"""What can be set in an OBS, and what its machine is like."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

DATE = {"%CCYY": "%Y", "%MM": "%m", "%DD": "%d", "%hh": "%H", "%mm": "%M", "%ss": "%S"}
"""The signs of OBS's names of files, as strftime knows them."""


@dataclass(slots=True)
class Settings:
    """May be changed at any time; `password` holds for who connects from then on."""

    password: str = "simulated-obs"  # noqa: S105 (of nobody)
    """Empty: none is asked for."""
    told_folder: str = ""
    """How the machine of the OBS spells the folder of its replays; empty: as this one does."""
    file_pattern: str = "%CCYY-%MM-%DD %hh-%mm-%ss"
    ending: str = "mp4"
    """What files are called after their dot; their content is MP4 all the same."""
    has_replay_buffer: bool = True
    """Whether one is enabled in the settings of the profile."""
    write_s: float = 0.3
    """How long it takes from a request to the file: 0.2 s to 0.4 s as measured with OBS 29."""
    version: str = "29.0.2"

    def change(self, changes: Mapping[str, object]) -> None:
        """Set some of them. Raises ValueError for unknown names and values of another kind; then nothing is set."""
        known = {one.name: type(getattr(self, one.name)) for one in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"{name}: not one of {', '.join(known)}.")
            if type(value) is not known[name] and not (known[name] is float and type(value) is int):
                raise ValueError(f"{name}: {value!r} is of another kind.")
        for name, value in changes.items():
            setattr(self, name, value)

    def strftime(self) -> str:
        """Return the name of a replay without its ending, as a pattern for `strftime`."""
        pattern = self.file_pattern
        for theirs, ours in DATE.items():
            pattern = pattern.replace(theirs, ours)
        return f"Replay {pattern}"
