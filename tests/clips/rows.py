"""Clips with their files, and a stand-in for what writes and reads video files."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from tests.factories import NOW, make_channel, make_live, make_membership, make_workspace
from tests.rules.rows import make_rule
from vigie.clips import folders
from vigie.clips.models import Clip, ClipState, ObsInstance, ObsState
from vigie.clips.operations import Wish, request_clip
from vigie.clips.placing import look
from vigie.people.models import Membership, Preset, Workspace
from vigie.ports import PortError, Reel, VideoFacts
from vigie.rules.models import Deed, Firing
from vigie.watch.models import Chatter, Live

FACTS = VideoFacts(40.0, 720, 1280, has_sound=True, errors=0)
JPEG = b"a picture"

_numbers = count(1)


class Videos:
    """The port VideoFiles: a file holds the data of its packets; `troubles` are met first, one a call."""

    def __init__(self) -> None:
        self.troubles: dict[str, list[PortError | Callable[[Path], None]]] = {"write": [], "probe": [], "poster": []}
        self.facts = FACTS
        self.written: list[Path] = []

    def write(self, reels: Sequence[Reel], path: Path) -> None:
        self._meet("write", path)
        with path.open("xb") as file:
            file.write(b"".join(packet.data for reel in reels for packet in reel.packets))
        self.written.append(path)

    def probe(self, path: Path) -> VideoFacts:
        self._meet("probe", path)
        if not path.exists():
            raise PortError(f"{path.name}: no such file.", permanent=True)
        return self.facts

    def poster(self, path: Path, at_s: float) -> bytes:
        self._meet("poster", path)
        return JPEG + f" at {at_s:g}".encode()

    def _meet(self, what: str, path: Path) -> None:
        if self.troubles[what]:
            trouble = self.troubles[what].pop(0)
            if isinstance(trouble, PortError):
                raise trouble
            trouble(path)


def make_team(*, preset: str = Preset.CREATOR, slug: str = "") -> Workspace:
    return make_workspace(slug, preset=preset)


def on_air(workspace: Workspace | None = None, **fields: Any) -> Live:
    """Return a live of a team that makes clips, begun at `NOW`."""
    return make_live(make_channel(workspace or make_team(), name="moonlit"), **fields)


def make_firing(live: Live, *, at_s: float = 60.0) -> Firing:
    """Return a rule that acted on a live."""
    return Firing.objects.create(
        version=make_rule(live.channel.workspace),
        live=live,
        deed=Deed.ACTED,
        trigger=f"chat:{next(_numbers)}",
        refs=[],
        at=live.started_at + timedelta(seconds=at_s),
        since_s=at_s,
        at_s=at_s,
        noted_at=NOW,
    )


def make_chatter(workspace: Workspace, name: str = "anna_92") -> Chatter:
    number = next(_numbers)
    return Chatter.objects.create(
        workspace=workspace,
        platform="tiktok",
        key=f"{number:032x}",
        pseudonym=f"c-{number:010x}",
        login=name,
        name=name,
        first_seen_at=NOW,
    )


def make_obs(workspace: Workspace, name: str = "studio", **fields: Any) -> ObsInstance:
    values = {"is_used": True, "changed_at": NOW, "state": ObsState.READY}
    return ObsInstance.objects.create(workspace=workspace, name=name, **{**values, **fields})


def wish(live: Live, **fields: Any) -> Wish:
    """Return what a rule wants of a live at 60 s: 40 s, unless told otherwise."""
    usual = {"at_s": 60.0, "from_s": 30.0, "to_s": 70.0, "template": "{chatter}_{trigger}", "trigger": "clip it"}
    return Wish(live, **{**usual, **fields})


def at(live: Live, seconds: float) -> datetime:
    return live.started_at + timedelta(seconds=seconds)


def make_clip(
    live: Live | None = None, state: str = ClipState.VERIFIED, *, content: bytes = b"video", **fields: Any
) -> Clip:
    """Return a clip of 40 s, with the file that goes with its state; asked for at the moment that it is about."""
    live = live or on_air()
    asked = {name: fields.pop(name) for name in ("author", "trigger", "obs", "firing", "assessment") if name in fields}
    clip = request_clip(wish(live, template="clip {seq}", **asked), by=None, now=at(live, 60))
    clip.state = state
    if state not in (ClipState.REQUESTED, ClipState.SAVING):
        clip.saved_at, clip.starts_s, clip.size_bytes = at(live, 71), 29.5, len(content)
    if state in (ClipState.RENAMED, ClipState.VERIFIED):
        clip.name = f"clip {clip.seq:04}.mp4"
    if state == ClipState.VERIFIED:
        clip.duration_s, clip.width, clip.height, clip.sha256 = 40.5, 720, 1280, "0" * 64
    for name, value in fields.items():
        setattr(clip, name, value)
    if clip.state in (ClipState.SAVED, ClipState.RENAMED, ClipState.VERIFIED):
        put(clip, content)
    clip.save()
    return clip


def saved(live: Live, **fields: Any) -> Clip:
    """Return a clip whose file waits for its name."""
    return make_clip(live, ClipState.SAVED, **{"template": "{chatter}_{trigger}", "chatter": "anna", **fields})


def put(clip: Clip, content: bytes = b"video") -> Path:
    """Write the file of a clip where it is to be, and remember how it looks."""
    path = folders.path_of(clip) if clip.name else folders.incoming(clip)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    seen = look(path)
    clip.look = [seen.size_bytes, seen.modified_ns]
    return path


def editor(clip: Clip, role: str = "supervisor") -> Membership:
    """Return somebody of the clip's team."""
    return make_membership(role, workspace=clip.workspace)


def files(workspace: Workspace) -> dict[str, bytes]:
    """Return what lies in the folder of a team's clips."""
    folder = folders.folder_of(workspace.pk)
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def incoming_files() -> list[str]:
    return sorted(path.name for path in (folders.root() / "incoming").glob("*"))


def states(*clips: Clip) -> list[tuple[str, str]]:
    """Return where clips stand, and why."""
    return [(fresh.state, fresh.reason) for fresh in (Clip.objects.get(pk=clip.pk) for clip in clips)]


def fresh(clip: Clip) -> Clip:
    return Clip.objects.get(pk=clip.pk)
