import json

import pytest
from django.core.validators import validate_slug
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import make_membership, make_user, make_workspace
from vigie.governance.models import AuditEntry
from vigie.people import operations
from vigie.people.models import Preset, Workspace

pytestmark = pytest.mark.django_db


def test_whoever_creates_a_workspace_administers_it() -> None:
    user = make_user()

    membership = operations.create_workspace(user, name="Cellule de veille", preset=Preset.PUBLIC_BODY)

    workspace = membership.workspace
    assert (membership.user, membership.role.name) == (user, "administrator")
    assert (workspace.slug, workspace.preset, workspace.modules) == (
        "cellule-de-veille",
        "public_body",
        ["moderation", "rules"],
    )
    assert AuditEntry.objects.get(verb="workspace.created").chain.workspace == workspace


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        (["Newsroom", "Newsroom", "newsroom"], ["newsroom", "newsroom-2", "newsroom-3"]),
        (["Éléphant & Cie"], ["elephant-cie"]),
        (["監視"], ["workspace"]),
        (["a" * 80], ["a" * 50]),
        (["News 2", "News", "News"], ["news-2", "news", "news-3"]),
    ],
)
def test_every_workspace_has_an_address_of_its_own(names: list[str], slugs: list[str]) -> None:
    user = make_user()

    made = [operations.create_workspace(user, name=name, preset=Preset.CREATOR).workspace.slug for name in names]

    assert made == slugs


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=80)
"""What the form lets through."""


@given(names=st.lists(NAMES, min_size=1, max_size=4))
@settings(max_examples=25, deadline=None)
def test_whatever_its_name_a_workspace_has_a_good_address(names: list[str]) -> None:
    user = make_user()

    slugs = [operations.create_workspace(user, name=name, preset=Preset.CREATOR).workspace.slug for name in names]

    assert len(set(slugs)) == len(slugs)
    for slug in slugs:
        validate_slug(slug)


def settings_of(workspace: Workspace) -> operations.WorkspaceSettings:
    return operations.WorkspaceSettings(
        workspace.name, workspace.preset, tuple(workspace.modules), workspace.alert_threshold
    )


def test_settings_are_changed_and_the_address_stays() -> None:
    membership = make_membership("administrator", workspace=make_workspace("newsroom"))
    wanted = operations.WorkspaceSettings("Desk", Preset.COMMUNICATIONS, ("publishing", "moderation"), 0.8)

    changed = operations.change_workspace(membership, wanted)

    assert changed == ("name", "preset", "modules", "alert_threshold")
    workspace = Workspace.objects.get(slug="newsroom")
    assert (workspace.name, workspace.preset, workspace.modules, workspace.alert_threshold) == (
        "Desk",
        "communications",
        ["moderation", "publishing"],
        0.8,
    )


def test_only_what_changed_is_told() -> None:
    membership = make_membership("administrator", workspace=make_workspace("newsroom"))
    now = settings_of(membership.workspace)

    changed = operations.change_workspace(
        membership, operations.WorkspaceSettings("Desk", now.preset, now.modules, now.alert_threshold)
    )

    assert changed == ("name",)
    assert json.loads(AuditEntry.objects.get().payload.body) == {"name": ["Newsroom", "Desk"]}


def test_nothing_is_told_when_nothing_changed() -> None:
    membership = make_membership("administrator")

    assert operations.change_workspace(membership, settings_of(membership.workspace)) == ()
    assert not AuditEntry.objects.exists()


def test_a_public_body_cannot_publish() -> None:
    membership = make_membership("administrator")
    wanted = operations.WorkspaceSettings("Desk", Preset.PUBLIC_BODY, ("publishing",), 0.7)

    with pytest.raises(operations.ModuleNotAllowed):
        operations.change_workspace(membership, wanted)

    membership.workspace.refresh_from_db()
    assert membership.workspace.preset == Preset.CHANNEL_MODERATION


def test_whom_the_separation_of_duties_binds_does_not_lift_it() -> None:
    membership = make_membership("administrator", workspace=make_workspace(preset="public_body"))
    wanted = operations.WorkspaceSettings("Desk", Preset.CREATOR, ("moderation",), 0.7)

    with pytest.raises(operations.DutiesStaySeparate):
        operations.change_workspace(membership, wanted)

    membership.workspace.refresh_from_db()
    assert membership.workspace.preset == Preset.PUBLIC_BODY
