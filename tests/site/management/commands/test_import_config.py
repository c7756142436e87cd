import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.factories import make_membership, make_workspace
from vigie.people.models import Preset, Role
from vigie.rules.models import Rule
from vigie.site.management.commands.import_config import NotReadable, NoWorkspace
from vigie.site.tiktok_obs import BadConfig
from vigie.watch.models import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiktok_obs_config.json"
    said = {"username": ["ana_live"], "keywords": "wow", "obs_password": "s3cret", "source_name": "Window Capture"}
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def take(file: Path, *options: str) -> list[str]:
    printed = StringIO()
    call_command("import_config", str(file), *options, stdout=printed)
    return printed.getvalue().splitlines()


def test_it_tells_what_it_made_and_what_it_left(file: Path) -> None:
    make_membership(Role.SUPERVISOR, workspace=make_workspace(preset=Preset.CREATOR))

    assert take(file) == [
        "channel @ana_live: added and watched",
        "OBS at 127.0.0.1:4455: added",
        "rule 1, “Chat keywords: save the replay”: in force",
        "source_name: left out, it means nothing here",
    ]
    assert take(file)[0] == "Nothing new: all of it is there."


def test_workspace_is_chosen_where_there_are_several(file: Path) -> None:
    for slug in ("north", "south"):
        make_membership(Role.SUPERVISOR, workspace=make_workspace(slug, preset=Preset.CREATOR))

    with pytest.raises(NoWorkspace, match=r"choose with --workspace north\|south"):
        take(file)
    take(file, "--workspace", "south")

    assert Channel.objects.get().workspace.slug == "south"
    assert Rule.objects.get().workspace.slug == "south"


@pytest.mark.parametrize(
    ("slug", "told"), [("", "There is no workspace to take it into"), ("east", "There is no workspace “east”")]
)
def test_without_a_workspace_nothing_is_made(file: Path, slug: str, told: str) -> None:
    with pytest.raises(NoWorkspace, match=told):
        take(file, *(["--workspace", slug] if slug else []))

    assert not Channel.objects.exists()


def test_somebody_must_be_allowed_to_do_it(file: Path) -> None:
    make_membership(Role.ANALYST, workspace=make_workspace("north", preset=Preset.CREATOR))

    with pytest.raises(NoWorkspace, match="Nobody in “north” may manage channels, OBS and rules"):
        take(file)


def test_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(NotReadable, match="there is no such file"):
        take(tmp_path / "nothing.json")
    with pytest.raises(NotReadable, match="no text in UTF-8"):
        take(tmp_path / "other.json")


def test_nothing_is_made_of_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    make_membership(Role.SUPERVISOR, workspace=make_workspace(preset=Preset.CREATOR))
    file = tmp_path / "config.json"
    file.write_text('{"username": ["ana_live", "no such name!"]}', encoding="utf-8")

    with pytest.raises(BadConfig, match="username"):
        take(file)

    assert not Channel.objects.exists()
