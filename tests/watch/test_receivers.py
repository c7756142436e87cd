"""A team that begins to pseudonymise names nobody any more, from the moment it says so."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.at_once import at_once
from tests.factories import NOW, make_channel, make_live, make_membership, make_workspace
from tests.watch.audiences import heard
from vigie.events import Acted
from vigie.people import operations as people
from vigie.people import presets
from vigie.people.models import Preset, Workspace
from vigie.people.operations import WorkspaceSettings
from vigie.watch import receivers
from vigie.watch.chatters import Identity, identity_of
from vigie.watch.models import Chatter, Live
from vigie.watch.operations import chat
from vigie.watch.operations.chat import Roll

pytestmark = pytest.mark.django_db


@pytest.fixture
def live() -> Live:
    """A live of a team that knows its chatters by their names."""
    live = make_live(make_channel(make_workspace(preset=Preset.CREATOR)))
    chat.store_chat([heard(live, "a")], Roll(), NOW)
    return live


def change(workspace: Workspace, *, preset: str, name: str = "Team") -> None:
    """Change a workspace as its page does; the areas react as they are wired."""
    wanted = WorkspaceSettings(name, preset, tuple(presets.default_modules(preset)), workspace.alert_threshold)
    people.change_workspace(make_membership("administrator", workspace=workspace), wanted)


def test_who_was_named_is_sealed_once_the_team_is_a_public_body(live: Live) -> None:
    before = Chatter.objects.get()
    change(live.channel.workspace, preset=Preset.PUBLIC_BODY)

    after = Chatter.objects.get()
    assert (before.shown, after.shown) == ("Viewer 1", before.pseudonym)
    assert identity_of(after) == Identity("", "viewer1", "Viewer 1")


def test_who_was_named_stays_so_where_the_team_does_not_pseudonymise(live: Live) -> None:
    change(live.channel.workspace, preset=Preset.CREATOR, name="Another name")

    assert Chatter.objects.get().shown == "Viewer 1"


@pytest.mark.parametrize(
    ("verb", "payload"),
    [
        ("workspace.changed", {"name": ["a", "b"]}),
        ("workspace.created", {"preset": "public_body"}),
        ("admin.changed", {"fields": ["Kind"]}),
    ],
)
def test_other_acts_seal_nobody(verb: str, payload: dict[str, object], live: Live) -> None:
    workspace = live.channel.workspace
    workspace.preset = Preset.PUBLIC_BODY
    workspace.save()

    receivers.hide_identities(Acted(workspace.pk, None, verb, "membership", payload=payload))

    assert Chatter.objects.get().shown == "Viewer 1"


def test_a_change_that_fails_seals_nobody(live: Live) -> None:
    with transaction.atomic():
        change(live.channel.workspace, preset=Preset.PUBLIC_BODY)
        transaction.set_rollback(True)

    assert Chatter.objects.get().shown == "Viewer 1"


@pytest.mark.parametrize(("preset", "shown"), [(Preset.PUBLIC_BODY, None), (Preset.COMMUNICATIONS, "Viewer 1")])
def test_a_change_in_the_administration_seals_as_the_page_does(
    client: Client, live: Live, preset: str, shown: str | None
) -> None:
    workspace, before = live.channel.workspace, Chatter.objects.get()
    client.force_login(people.create_account(people.NewAccount("ada", "ada@example.org", "x"), is_operator=True))
    kept = {"name": workspace.name, "slug": workspace.slug, "alert_threshold": 0.7}
    changed = {"preset": preset, "modules": presets.default_modules(preset)}

    client.post(reverse("admin:people_workspace_change", args=[workspace.pk]), kept | changed)

    workspace.refresh_from_db()
    assert workspace.preset == preset
    assert Chatter.objects.get().shown == (shown or before.pseudonym)


@pytest.mark.parametrize("newcomers", range(2, 6))
@pytest.mark.django_db(transaction=True)
def test_whoever_is_met_while_the_team_begins_to_pseudonymise_is_sealed_or_never_named(newcomers: int) -> None:
    """What was heard before still says that people are named; it is stored before the switch, or after it."""
    live = make_live(make_channel(make_workspace(preset=Preset.CREATOR)))
    member = make_membership("administrator", workspace=live.channel.workspace)
    wanted = WorkspaceSettings("Team", Preset.PUBLIC_BODY, (), 0.7)
    batches = [[heard(live, f"{number}", by=number)] for number in range(newcomers)]

    at_once(
        lambda: people.change_workspace(member, wanted),
        *(lambda batch=batch: chat.store_chat(batch, Roll(), NOW) for batch in batches),
    )

    assert Chatter.objects.count() == newcomers
    assert not Chatter.objects.filter(sealed="").exists()
    assert not Chatter.objects.exclude(login="", name="").exists()
