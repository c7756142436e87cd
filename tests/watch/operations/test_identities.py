"""Everybody of one workspace is hidden, and nobody of another."""

import pytest

from tests.factories import NOW, make_channel, make_live, make_workspace
from tests.watch.audiences import heard
from vigie.events import ModeratorActed
from vigie.people.models import Preset
from vigie.watch import operations
from vigie.watch.chatters import Identity, identity_of
from vigie.watch.models import Chatter, Live, LiveMark
from vigie.watch.operations import chat, identities
from vigie.watch.operations.chat import Roll
from vigie.watch.timeline import Hole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]
MANY = identities.BATCH + 5


def audience(size: int) -> Live:
    live = make_live()
    chat.store_chat([heard(live, str(number), by=number) for number in range(size)], Roll(), NOW)
    return live


def test_seal_identities_seals_everyone_of_a_workspace_and_nobody_else() -> None:
    live, other = audience(MANY), audience(2)

    assert identities.seal_identities(live.channel.workspace_id) == MANY

    found = Chatter.objects.filter(workspace=live.channel.workspace).order_by("pk")
    assert {(chatter.login, chatter.name) for chatter in found} == {("", "")}
    assert [identity_of(found[number]) for number in (0, MANY - 1)] == [
        Identity("", f"viewer{number}", f"Viewer {number}") for number in (0, MANY - 1)
    ]
    assert not Chatter.objects.filter(workspace=other.channel.workspace).exclude(sealed="").exists()


def test_seal_identities_leaves_those_who_are_sealed() -> None:
    live = make_live(make_channel(make_workspace(preset=Preset.PUBLIC_BODY)))
    chat.store_chat([heard(live, "a")], Roll(), NOW)
    before = Chatter.objects.get().sealed

    assert identities.seal_identities(live.channel.workspace_id) == 0
    assert Chatter.objects.get().sealed == before


def test_seal_identities_names_nobody_in_marks() -> None:
    live, other = audience(1), audience(1)
    for where in (live, other):
        operations.mark_act(where, ModeratorActed("1", NOW, "ban", "momo", "viewer0", "spam", target_id="1000"), 1.0)
        operations.mark_act(where, ModeratorActed("2", NOW, "slow", "momo"), 2.0)
        LiveMark.objects.create(live=where, from_s=3.0, to_s=3.0, label="mine", placed_at=NOW)
    operations.mark_burst(live, Hole(4.0, 5.0), now=NOW)

    identities.seal_identities(live.channel.workspace_id)

    pseudonym = Chatter.objects.get(workspace=live.channel.workspace).pseudonym
    shown = [list(where.marks.order_by("from_s").values_list("label", flat=True)) for where in (live, other)]
    assert shown == [[f"ban {pseudonym}", "slow", "mine", ""], ["ban viewer0 spam", "slow", "mine"]]
