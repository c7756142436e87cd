"""`vigie import-config`."""

from pathlib import Path
from typing import Annotated

from django_typer.management import TyperCommand
from typer import Argument, Option

from vigie.errors import VigieError
from vigie.people.models import Membership
from vigie.runtime import clock
from vigie.runtime.instance import has_database
from vigie.site import tiktok_obs

NEEDED = ("watch.manage_channels", "clips.manage_obs", "rules.publish_rules")


class NotReadable(VigieError):
    """The file cannot be read."""


class NoWorkspace(VigieError):
    """There is no workspace to take it into: run `vigie up` and make one."""


class Command(TyperCommand):
    """Takes over what another program was set up with."""

    help = "Take over tiktok_obs_config.json, the configuration of the TikTok Live Chat Detector."

    def handle(
        self,
        file: Annotated[Path, Argument(help="tiktok_obs_config.json")],
        *,
        workspace: Annotated[str, Option(help="Its address; needed where there are several.")] = "",
    ) -> None:
        """Make channels, an OBS and a rule of it, in the name of whoever manages the workspace."""
        config = tiktok_obs.parse(_text(file))
        actor = _actor(workspace)
        for line in tiktok_obs.take_over(config, actor=actor, now=clock.now()) or ["Nothing new: all of it is there."]:
            self.stdout.write(line)
        for name in config.left_out:
            self.stdout.write(f"{name}: left out, it means nothing here")


def _text(path: Path) -> str:
    if not path.is_file():
        raise NotReadable(f"{path}: there is no such file.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadable(f"{path}: this is no text in UTF-8.") from None


def _actor(slug: str) -> Membership:
    """Return who it is done in the name of: the first member who may do all of it. Raises NoWorkspace."""
    if not has_database():
        raise NoWorkspace
    found = Membership.objects.select_related("workspace", "user", "role").order_by("pk")
    members = [member for member in found if not slug or member.workspace.slug == slug]
    slugs = sorted({member.workspace.slug for member in members})
    if not slugs:
        raise NoWorkspace(f"There is no workspace “{slug}”." if slug else "")
    if len(slugs) > 1:
        raise NoWorkspace(f"There are several workspaces: choose with --workspace {'|'.join(slugs[:10])}.")
    able = [member for member in members if all(map(member.may, NEEDED))]
    if not able:
        raise NoWorkspace(f"Nobody in “{slugs[0]}” may manage channels, OBS and rules, or these are switched off.")
    return able[0]
