"""What a media server plays: lives, their faults, plain files. Written in Python by tests, in YAML for the command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from vigie.simulators.media.faults import Fault, Kind, Resource

PREPARED = Path(__file__).parent / "lives"


@dataclass(frozen=True, slots=True)
class Live:
    """A media file played as a live. Times are seconds on the live's own clock, which starts at `preroll_s`."""

    name: str
    media: Path
    captions: Path | None = None
    language: str = "fr"
    faults: tuple[Fault, ...] = ()
    loops: bool = True
    preroll_s: float = 6.0
    """How much of it was on air before the server started."""
    window: int = 6
    """How many segments a playlist lists."""
    burst_s: float = 3.0
    """How much an FLV connection gets at once, as CDNs give it."""
    signed_for_s: float | None = None
    """How long an address is good; None for addresses that need no signature."""


@dataclass(frozen=True, slots=True)
class Script:
    """Everything a server offers; `files` are served as they are, by name, with ranges."""

    lives: tuple[Live, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)


DEMO_FAULTS = {"en": (Fault(Kind.SKIP, at_s=56.0, for_s=6.0),)}
"""Less than a minute after the demo began, a few seconds are lost while an onion is cut."""


def demo_script() -> Script:
    """Return the two prepared lives, `fr` and `en`, and their files; something goes wrong in the second."""
    lives = tuple(
        Live(name, PREPARED / f"{name}.mp4", PREPARED / f"{name}.vtt", name, DEMO_FAULTS.get(name, ()))
        for name in ("fr", "en")
    )
    return Script(lives, {live.media.name: live.media for live in lives})


def read_script(path: Path) -> Script:
    """Return the script of a YAML file, whose paths start at its folder. Raises ValueError for unknown words.

    The words are the fields of `Live` and `Fault`:

        lives:
          town:
            media: town.mp4
            captions: town.vtt
            faults:
              - {kind: reset, at_s: 20}
              - {kind: refuse, at_s: 40, for_s: 6, status: 404, resources: [segment]}
        files: {town.mp4: town.mp4}
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        lives = tuple(_live(name, entry, path.parent) for name, entry in content.get("lives", {}).items())
        return Script(lives, {name: path.parent / file for name, file in content.get("files", {}).items()})
    except (yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        reason = " ".join(f"{type(error).__name__} {error}".split())
        raise ValueError(f"{path.name} is no script: {reason}") from error


def read_fault(entry: Mapping[str, Any]) -> Fault:
    """Return the fault that YAML or `/control` describes. Raises ValueError or TypeError for what it does not know."""
    resources = frozenset(map(Resource, entry.get("resources", ())))
    return Fault(**{**entry, "kind": Kind(entry.get("kind", "")), "resources": resources})


def _live(name: str, entry: Mapping[str, Any], folder: Path) -> Live:
    captions = folder / entry["captions"] if "captions" in entry else None
    faults = tuple(map(read_fault, entry.get("faults", ())))
    return Live(**{**entry, "name": name, "media": folder / entry["media"], "captions": captions, "faults": faults})
